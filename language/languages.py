"""The languages of an installation, each told by its folder ``nlu_data/wording/<tag>``. No code names one.

``language.yml`` of the folder says what the language is called, how people ask for it and which voices speak it;
``speech.yml`` how numbers, dates, codes and signs are said in it; ``words.yml`` by which words its messages are told;
``facts.yml`` facts of procedures in it (:mod:`catalogue.translations`); the other files are its sentences, a room each.
One language is the default, the one facts are written in. It has no ``speech.yml``: :mod:`language.spoken` reads it.
How to add one: docs/extending.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Final

import yaml

from language import data

FILE: Final = "language.yml"
SPEECH: Final = "speech.yml"
WORDS: Final = "words.yml"


class LanguageError(ValueError):
    """A language's folder does not fit; names the file and what is wrong."""


@dataclass(frozen=True, slots=True)
class SpeechForms:
    """How a language other than the default is read aloud: the content of its ``speech.yml``."""

    signs: Mapping[str, str]
    """What is said for a sign."""
    short_forms: Mapping[str, str]
    """What is said for an abbreviation."""
    own_words: frozenset[str]
    """Its words, in lower case, that are spelt like words of the default language."""
    months: tuple[str, ...]
    """Twelve names."""
    dot: str
    dash: str
    span: str
    """Between two numbers: 3-5."""
    choice: str
    """Between two words: and/or."""


@dataclass(frozen=True, slots=True)
class ForeignWords:
    """By what a message in a language other than the default is told: the content of its ``words.yml``."""

    grammar: frozenset[str]
    """Words without which hardly a sentence is made: "the", "how"."""
    pairs: frozenset[tuple[str, str]]
    """Two words that only together are surely of this language: "can i"."""
    names: frozenset[str]
    """Words that name something."""
    neutral: frozenset[str]
    """Words speakers of the default language use, too: "ok", "email"."""
    empty: frozenset[str]
    """Words that name no matter."""


@dataclass(frozen=True, slots=True)
class Language:
    """One language."""

    tag: str
    """BCP 47 primary tag, the name of its folder."""
    name: str
    """As those who speak it call it; in menus."""
    complete: bool
    """Whether it has every sentence, and may be chosen. One that is not lends what it has."""
    asked_for: re.Pattern[str] | None
    """Finds its name in a message without diacritics."""
    asked_aloud: tuple[str, ...]
    """Whole phrases by which a caller asks for it."""
    speech: SpeechForms | None
    """None: it is read aloud by :mod:`language.spoken`."""
    espeak: str | Mapping[str, str] | None
    """espeak-ng's voice, or its voices by accent; None: it has none."""
    words_a_minute: int
    """Of espeak-ng at speed 1."""
    twilio: Mapping[str, str] = field(default_factory=dict)
    """The provider's ``tag`` and ``voice``."""
    words: ForeignWords | None = None
    """By what its messages are told; None: they are not."""
    procedure_name: str | None = None
    """Field of a procedure's record that holds its name in this language, where there is one."""


class Languages(Mapping[str, Language]):
    """The languages there are, the default one first.

    Args:
        found: in the order of menus.
        default: what is spoken until somebody asks for another.
    """

    FILES: ClassVar[frozenset[str]] = frozenset({"language", "speech", "words", "facts"})
    """Files of a language's folder that hold no sentences of a room."""

    def __init__(self, found: Mapping[str, Language], default: str) -> None:
        self._found = dict(found)
        self.default = default

    def __getitem__(self, tag: str) -> Language:
        return self._found[tag]

    def __iter__(self) -> Iterator[str]:
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

    def others(self, tag: str) -> tuple[str, ...]:
        """Those that can be chosen instead of one."""
        return tuple(other for other in self.offered if other != tag)

    def known(self, tag: str | None) -> str:
        """The tag, where it can be chosen, else the default's."""
        return tag if tag in self.offered else self.default

    def named_in(self, folded: str) -> str | None:
        """The one named in a message in lower case without diacritics; None when it names none, or several."""
        named = [tag for tag in self.offered if (name := self[tag].asked_for) is not None and name.search(folded)]
        return named[0] if len(named) == 1 else None


@data.cached()
def installed() -> Languages:
    """Those of the installation being served; the project's where its data has none."""
    own = data.folder() / "wording"
    return read_languages(own if has_languages(own) else Path(data.PROJECT) / "wording")


def has_languages(folder: Path) -> bool:
    """Whether a folder of wording has languages of its own; that of a bundle made long ago may have none."""
    return any(folder.glob(f"*/{FILE}"))


def read_languages(folder: Path) -> Languages:
    """The languages whose folders lie in ``folder``.

    Raises:
        LanguageError: when a file does not fit, or not exactly one language is the default.
    """
    files = {path.parent.name: _content(path, "name") for path in sorted(folder.glob(f"*/{FILE}"))}
    defaults = [tag for tag, content in files.items() if content.get("default")]
    if len(defaults) != 1:
        raise LanguageError(f"{folder}: exactly one {FILE} must say default: true")
    order = sorted(files, key=lambda tag: (tag != defaults[0], tag))
    return Languages({tag: _language(folder / tag, tag, files[tag]) for tag in order}, defaults[0])


def _language(folder: Path, tag: str, content: Mapping[str, Any]) -> Language:
    speech, words = folder / SPEECH, folder / WORDS
    return Language(
        tag=tag,
        name=str(content["name"]),
        complete=bool(content.get("complete")),
        asked_for=_any_of(content.get("asked_for") or ()),
        asked_aloud=tuple(map(str, content.get("asked_aloud") or ())),
        speech=_speech(speech) if speech.exists() else None,
        espeak=content.get("espeak"),
        words_a_minute=int(content.get("words_a_minute") or 140),
        twilio=content.get("twilio") or {},
        words=_words(words) if words.exists() else None,
        procedure_name=content.get("procedure_name"),
    )


def _words(path: Path) -> ForeignWords:
    content = _content(path, "grammar", "names")
    listed = {
        name: frozenset(str(content.get(name) or "").split()) for name in ("grammar", "names", "neutral", "empty")
    }
    pairs = [tuple(str(pair).split()) for pair in content.get("pairs") or ()]
    if any(len(pair) != 2 for pair in pairs):
        raise LanguageError(f"{path}: pairs: each must be two words")
    return ForeignWords(pairs=frozenset((pair[0], pair[1]) for pair in pairs), **listed)


def _speech(path: Path) -> SpeechForms:
    content = _content(path, "signs", "months", "between")
    months = tuple(str(content["months"]).split())
    if len(months) != 12 or not {"dot", "dash", "span", "choice"} <= content["between"].keys():
        raise LanguageError(f"{path}: needs twelve months, and dot, dash, span and choice under between")
    return SpeechForms(
        signs=content["signs"],
        short_forms=content.get("short_forms") or {},
        own_words=frozenset(str(content.get("own_words") or "").split()),
        months=months,
        **{name: str(content["between"][name]) for name in ("dot", "dash", "span", "choice")},
    )


def _any_of(names: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile(rf"\b(?:{'|'.join(re.escape(str(name)) for name in names)})\b") if names else None


def _content(path: Path, *needed: str) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise LanguageError(f"{path}: cannot be read: {error}") from None
    for name in needed:
        if not isinstance(content, dict) or not content.get(name):
            raise LanguageError(f"{path}: {name} is missing")
    return dict(content)


def default_language() -> str:
    """What is spoken until somebody asks for another language, in the installation being served."""
    return installed().default
