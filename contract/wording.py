"""The sentences of the product: one store, a folder a language, a file a room: officers correct them there.

``nlu_data/wording/<language>/<room>.yml`` holds texts by key. A text is a sentence, or a sentence with variants for
channels where the same words would be wrong there::

    utter_help:
      text: … Gõ “cán bộ” để biết cách gặp người thật.
      phone: … Nói “cán bộ” để biết cách gặp người thật.

Marks in braces are filled in by whoever says the text; those of ``nlu_data/wording/contacts.yml`` (``{hotline}``) are
filled in when the file is read.
"""

from __future__ import annotations

import string
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from language import data
from language.languages import Languages, has_languages, read_languages

FOLDER: Final = "wording"
"""In the folder of the installation's data."""
CONTACTS: Final = "contacts.yml"
TEXT: Final = "text"
CHANNELS: Final = frozenset({"sms", "phone", "kiosk"})
"""Names variants of a text may have."""

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class WordingError(ValueError):
    """A wording file is incomplete or has other marks than its original; names file and key."""


@dataclass(frozen=True, slots=True)
class Text:
    """One text and how channels say it that need other words."""

    text: str
    variants: Mapping[str, str] = field(default_factory=dict)

    def on(self, channel: str | None) -> str:
        """The words for a channel."""
        return self.variants.get(channel, self.text) if channel else self.text

    def marks(self) -> dict[str, set[str]]:
        """Names of the marks, by variant."""
        return {name: _marks(text) for name, text in {TEXT: self.text, **self.variants}.items()}


class Wording:
    """The texts of one room by language and key.

    Args:
        texts: by language and key.
        default: the language that has every text; others fall back to it.
    """

    def __init__(self, texts: Mapping[str, Mapping[str, Text]], default: str) -> None:
        self._texts = texts
        self.default = default

    @property
    def languages(self) -> frozenset[str]:
        """The languages there are texts in."""
        return frozenset(self._texts)

    @property
    def keys(self) -> frozenset[str]:
        """Every key."""
        return frozenset(self._texts[self.default])

    def texts(self, language: str, channel: str | None = None) -> dict[str, str]:
        """Every text of a language by key, its marks not yet filled in; for pages that fill them in themselves."""
        return {key: self._found(language, key).on(channel) for key in self._texts[self.default]}

    def text(self, language: str, key: str, channel: str | None = None, /, **values: object) -> str:
        """One text with its marks filled in.

        Args:
            language: an unknown or incomplete one falls back to the default.
            key: of the room.
            channel: the one it is said on (``sms``, ``phone``, ``kiosk``), where that matters.
            values: of its marks.
        """
        return self._found(language, key).on(channel).format(**values)

    def every(self, language: str, on: str | None = None) -> tuple[str, ...]:
        """Every sentence of a language; with ``on`` only those that channel may say, else all variants."""
        found = [self._found(language, key) for key in self._texts[self.default]]
        if on is not None:
            return tuple(text.on(on) for text in found)
        return tuple(words for text in found for words in (text.text, *text.variants.values()))

    def over(self, beneath: Wording) -> Wording:
        """These texts, and another store's where these have none, or name marks that the program does not fill."""
        said = beneath._texts[beneath.default]
        merged = {
            tag: {
                **(said if tag == self.default else {}),
                **beneath._texts.get(tag, {}),
                **{key: text for key, text in self._texts.get(tag, {}).items() if _fits(text, said.get(key))},
            }
            for tag in self._texts.keys() | beneath.languages
        }
        return Wording(merged, self.default)

    def _found(self, language: str, key: str) -> Text:
        return self._texts.get(language, {}).get(key) or self._texts[self.default][key]


class WordingStore:
    """Every room's texts.

    Args:
        folder: ``nlu_data/wording``.
        beneath: whose texts are said where the folder has none that this program can say: a kiosk's bundle may be older
            than the program, and a province need write down only what it says otherwise.

    Raises:
        WordingError: when a complete language lacks a key or has other marks; room by room, as they are asked for.
    """

    def __init__(self, folder: Path, beneath: WordingStore | None = None) -> None:
        self._folder = folder
        self._beneath = beneath
        self._rooms: dict[str, Wording] = {}
        if beneath is None or has_languages(folder):
            self.languages: Languages = read_languages(folder)
        else:
            self.languages = beneath.languages
        self.contacts: dict[str, str] = dict(beneath.contacts) if beneath is not None else {}
        if beneath is None or (folder / CONTACTS).exists():
            self.contacts |= read_contacts(folder / CONTACTS)

    @property
    def rooms(self) -> tuple[str, ...]:
        """Names of the rooms."""
        default = self._folder / self.languages.default
        own = {path.stem for path in default.glob("*.yml") if path.stem not in self.languages.FILES}
        return tuple(sorted(own.union(self._beneath.rooms if self._beneath is not None else ())))

    def room(self, name: str) -> Wording:
        """The texts of a room."""
        if name not in self._rooms:
            self._rooms[name] = self._read(name)
        return self._rooms[name]

    def _read(self, room: str) -> Wording:
        default = self.languages.default
        if self._beneath is not None and not (self._folder / default / f"{room}.yml").exists():
            return self._beneath.room(room)
        texts = {
            tag: read_texts(path, self.contacts)
            for tag in self.languages.tags
            if (path := self._folder / tag / f"{room}.yml").exists() or self.languages[tag].complete
        }
        for tag, own in texts.items():
            _compare(f"{tag}/{room}.yml", own, texts[default], complete=self.languages[tag].complete)
        wording = Wording(texts, default)
        return wording if self._beneath is None else wording.over(self._beneath.room(room))


@cache
def wording_of(nlu_data: Path) -> WordingStore:
    """The store in a folder of data, over the project's own, read once a process."""
    project = Path(data.PROJECT)
    return WordingStore(nlu_data / FOLDER, None if nlu_data == project else wording_of(project))


def read_contacts(path: Path) -> dict[str, str]:
    """Telephone numbers and addresses by the name of their mark.

    Raises:
        WordingError: when one has no value, source or date.
    """
    found = {}
    for name, entry in _mapping(path).items():
        for needed in ("value", "source", "checked_on"):
            if not entry.get(needed):
                raise WordingError(f"{path.name}: {name} has no {needed}")
        found[name] = str(entry["value"])
    return found


def read_texts(path: Path, contacts: Mapping[str, str]) -> dict[str, Text]:
    """The texts of one file, composed (NFC), marks of contacts filled in.

    Raises:
        WordingError: for what is no text.
    """
    return {key: _text(path, key, value, contacts) for key, value in _mapping(path).items()}


def _text(path: Path, key: str, value: object, contacts: Mapping[str, str]) -> Text:
    where = f"{path.parent.name}/{path.name}: {key}"
    variants: dict[str, str] = {}
    for name, words in (value if isinstance(value, dict) else {TEXT: value}).items():
        if name != TEXT and name not in CHANNELS:
            raise WordingError(f"{where}: {name} is no channel")
        if not isinstance(words, str) or not words.strip():
            raise WordingError(f"{where} is empty or no text; put it in quotes")
        variants[name] = _filled(where, unicodedata.normalize("NFC", words.strip()), contacts)
    if TEXT not in variants:
        raise WordingError(f"{where} has variants and no text")
    return Text(variants.pop(TEXT), variants)


def _filled(where: str, text: str, contacts: Mapping[str, str]) -> str:
    try:
        marks = _marks(text)
    except ValueError:
        raise WordingError(f"{where} has a stray brace") from None
    for name in marks & contacts.keys():
        text = text.replace(f"{{{name}}}", contacts[name])
    return text


def _compare(file: str, own: Mapping[str, Text], original: Mapping[str, Text], *, complete: bool) -> None:
    differing = own.keys() ^ original.keys() if complete else own.keys() - original.keys()
    if differing:
        raise WordingError(f"{file}: keys differ from the default language's: {', '.join(sorted(differing))}")
    for key, text in own.items():
        if text.marks() != original[key].marks():
            raise WordingError(f"{file}: {key}: other marks or variants than in the default language")


def _fits(own: Text, other: Text | None) -> bool:
    """Whether a text names no mark that the other does not name; a text the other store lacks is nobody's to say."""
    return other is None or set().union(*own.marks().values()) <= set().union(*other.marks().values())


def _marks(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _mapping(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise WordingError(f"{path.parent.name}/{path.name}: cannot be read: {error}") from None
    if not isinstance(content, dict):
        raise WordingError(f"{path.parent.name}/{path.name}: a list of named texts was expected")
    return content
