"""The data of the call dialogue, read once: phrases, fields of procedures, office hours, wording."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import yaml
from rapidfuzz import fuzz, process

from contract.wording import Wording, wording_of
from language import data
from language.characters import fold, lowered
from language.languages import installed
from tickets.hours import OfficeHours, office_hours

ROOM: Final = Path(__file__).resolve().parents[1]

NEAREST_AT_LEAST: Final = 80.0
"""Likeness (0 to 100, rapidfuzz's ratio without diacritics) from which words count as one of a closed list.

Measured with short phone recordings: the nearest phrase of a list was right in 91 %, where open recognition had
every second word wrong.
"""


class Command(StrEnum):
    """What steers the call itself, on every screen."""

    REPEAT = "repeat"
    BACK = "back"
    MENU = "menu"
    MORE = "more"
    TEXT = "text"
    SLOWER = "slower"
    FASTER = "faster"
    NORTH = "north"
    CENTRAL = "central"
    SOUTH = "south"
    OFFICER = "officer"
    CALL_BACK = "call_back"
    PROCEDURES = "procedures"
    DOSSIER = "dossier"
    TICKET = "ticket"
    REPORT = "report"
    VOICE = "voice"
    OWN_DATA = "own_data"
    YES = "yes"
    NO = "no"
    GOODBYE = "goodbye"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of procedures that can be picked with keys alone."""

    key: str
    procedures: tuple[str, ...]
    """Codes."""


@dataclass(frozen=True, slots=True)
class DialogueData:
    """Everything the dialogue says and understands by itself."""

    wording: Wording
    phrases: dict[Command, tuple[str, ...]]
    asked_most: tuple[str, ...]
    """Codes of the procedures that are offered first."""
    fields: tuple[Field, ...]
    hours: OfficeHours
    told_by_keys: frozenset[str]
    """Sentences that have other words where nothing listens."""
    asking: frozenset[str]
    """Words of whoever asks or wants something; "cấp" and "cặp" are told apart."""

    def name_of(self, code: str, language: str) -> str:
        """What a procedure is called in a menu."""
        return self.wording.text(language, f"procedure_{code}")

    def short_name_of(self, code: str, language: str) -> str:
        """What a procedure asked most is called where it is offered first."""
        return self.wording.text(language, f"asked_most_{code}")

    def keyed_name_of(self, code: str, language: str) -> str | None:
        """The shortest name of a procedure that is asked with keys; None of any other."""
        names = (f"asked_most_{code}", f"procedure_{code}")
        return next((self.wording.text(language, key) for key in names if key in self.wording.keys), None)

    def asks(self, words: str) -> bool:
        """Whether words sound like somebody's who asks or wants something."""
        said = f" {' '.join(lowered(unicodedata.normalize('NFC', words)).split())} "
        return any(f" {one} " in said for one in self.asking)

    def language_asked(self, words: str) -> str | None:
        """The language words ask for, to the letter."""
        bare = plain(words)
        languages = installed()
        return next((tag for tag in languages.offered if bare in map(plain, languages[tag].asked_aloud)), None)

    def command(self, words: str, among: frozenset[Command] | None = None) -> Command | None:
        """The command words are, to the letter; with ``among`` the nearest of those few."""
        bare = plain(words)
        by_phrase = _by_phrase(tuple(self.phrases.items()))
        exact = by_phrase.get(bare)
        if exact is not None or among is None:
            return exact
        near = {phrase: command for phrase, command in by_phrase.items() if command in among}
        found = nearest(bare, list(near))
        return near[found] if found is not None else None


def plain(words: str) -> str:
    """Words for comparing: lower case, no diacritics, letters and digits only."""
    kept = "".join(sign if sign.isalnum() else " " for sign in fold(lowered(unicodedata.normalize("NFC", words))))
    return " ".join(kept.split())


def nearest(bare: str, phrases: list[str]) -> str | None:
    """The phrase most like the words, if one is like enough; both without diacritics."""
    found = process.extractOne(bare, phrases, scorer=fuzz.ratio, score_cutoff=NEAREST_AT_LEAST)
    return found[0] if found is not None else None


@data.cached()
def _by_phrase(phrases: tuple[tuple[Command, tuple[str, ...]], ...]) -> dict[str, Command]:
    return {plain(phrase): command for command, group in phrases for phrase in group}


@data.cached()
def dialogue_data() -> DialogueData:
    """The data of this installation. Raises ``KeyError`` or ``ValueError`` for files that do not fit."""
    phrases = {Command(name): tuple(map(str, group)) for name, group in _read("phrases").items()}
    if missing := set(Command) - phrases.keys():
        raise ValueError(f"phrases.yml lacks {', '.join(sorted(missing))}")
    keyed = _read("keyed_procedures")
    asked_most = tuple(keyed["asked_most"])
    fields = tuple(Field(field["field"], tuple(field["procedures"])) for field in keyed["fields"])
    if not 1 <= len(asked_most) <= 8:
        raise ValueError("keyed_procedures.yml: one to eight procedures are asked most, for keys 1 to 8")
    if not 1 <= len(fields) <= 8 or not all(1 <= len(field.procedures) <= 8 for field in fields):
        raise ValueError("keyed_procedures.yml: one to eight fields of one to eight procedures, for keys 1 to 8")
    wording = wording_of(data.folder()).room("phone")
    told_by_keys = frozenset(key.removesuffix("_by_keys") for key in wording.keys if key.endswith("_by_keys"))
    asking = frozenset(map(str, _read("asking_words")["asking"]))
    return DialogueData(wording, phrases, asked_most, fields, office_hours(), told_by_keys, asking)


def _read(name: str) -> Any:
    return yaml.safe_load((ROOM / "data" / f"{name}.yml").read_text(encoding="utf-8"))
