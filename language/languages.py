"""The languages of an installation, each told by its folder ``nlu_data/wording/<tag>``. No code names one.

``language.yml`` of the folder says what it is called and whether it has every sentence; see docs/extending.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

import yaml

FILE: Final = "language.yml"


class LanguageError(ValueError):
    """A language's folder does not fit; names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language."""

    tag: str
    """BCP 47 primary tag, the name of its folder."""
    name: str
    """As those who speak it call it; in menus."""
    complete: bool
    """Whether it has every sentence, and may be chosen. One that is not lends what it has."""


class Languages(Mapping[str, Language]):
    """The languages there are, the default one first.

    Args:
        found: in the order of menus.
        default: what is spoken until somebody asks for another.
    """

    FILES: ClassVar[frozenset[str]] = frozenset({"language"})
    """Files of a language's folder that hold no sentences of a room."""

    def __init__(self, found: Mapping[str, Language], default: str) -> None:
        self._found = dict(found)
        self.default = default

    def __getitem__(self, tag: str) -> Language:
        return self._found[tag]

    def __iter__(self) -> Any:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    @property
    def tags(self) -> tuple[str, ...]:
        """Their tags."""
        return tuple(self._found)

    @property
    def offered(self) -> tuple[str, ...]:
        """Tags of those that can be chosen."""
        return tuple(tag for tag, language in self._found.items() if language.complete)


def read_languages(folder: Path) -> Languages:
    """The languages whose folders lie in ``folder``.

    Raises:
        LanguageError: when a file does not fit, or not exactly one language is the default.
    """
    files = {path.parent.name: _content(path) for path in sorted(folder.glob(f"*/{FILE}"))}
    defaults = [tag for tag, content in files.items() if content.get("default")]
    if len(defaults) != 1:
        raise LanguageError(f"{folder}: exactly one {FILE} must say default: true")
    found = {
        tag: Language(tag, str(files[tag]["name"]), bool(files[tag].get("complete")))
        for tag in sorted(files, key=lambda tag: (tag != defaults[0], tag))
    }
    return Languages(found, defaults[0])


def _content(path: Path) -> dict[str, Any]:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict) or not content.get("name"):
        raise LanguageError(f"{path}: must say the name of the language")
    return content
