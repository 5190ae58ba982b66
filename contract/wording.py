"""The sentences around the facts, read from YAML so that an officer can correct them without Python."""

from __future__ import annotations

import string
import unicodedata
from pathlib import Path

import yaml


class WordingError(ValueError):
    """A wording file is incomplete or has other marks than its Vietnamese original; names file and line key."""


def _marks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


class Wording:
    """Texts by language and key; every language has exactly the keys and marks of Vietnamese.

    Args:
        folder: holds ``vi.yml`` and one file a further language.

    Raises:
        WordingError: when a language lacks a key or uses other marks.
    """

    def __init__(self, folder: Path) -> None:
        self._texts: dict[str, dict[str, str]] = {}
        for path in sorted(folder.glob("*.yml")):
            texts = yaml.safe_load(path.read_text(encoding="utf-8"))
            self._texts[path.stem] = {key: unicodedata.normalize("NFC", value.strip()) for key, value in texts.items()}
        original = self._texts["vi"]
        for language, texts in self._texts.items():
            if missing := original.keys() ^ texts.keys():
                raise WordingError(
                    f"{folder.name}/{language}.yml: keys differ from vi.yml: {', '.join(sorted(missing))}"
                )
            for key, text in texts.items():
                if not _marks(text) <= _marks(original[key]):
                    raise WordingError(f"{folder.name}/{language}.yml: {key}: other marks than in vi.yml")

    @property
    def languages(self) -> frozenset[str]:
        """The languages there are."""
        return frozenset(self._texts)

    def texts(self, language: str) -> dict[str, str]:
        """Every text of a language by key, its marks not yet filled in; for pages that fill them in themselves."""
        return dict(self._texts[language])

    def text(self, language: str, key: str, **values: object) -> str:
        """One text with its marks filled in; an unknown language falls back to Vietnamese."""
        return self._texts.get(language, self._texts["vi"])[key].format(**values)
