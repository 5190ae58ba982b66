"""Answers to single questions, written where the law is clear: may somebody else do it, how long is it valid.

Files under ``nlu_data/question_answers`` hold entries by kind of question and by procedure, field, or for every
procedure; ``things.yml`` there holds what things are called ("CCCD" is a "căn cước").
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Final

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

from catalogue.dated_answer import DatedAnswer
from catalogue.record import CODE_PATTERN, Line, Procedure
from contract.questions import QuestionKind
from language import data
from language.normalise import fold, normalise

FOLDER: Final = "question_answers"
THINGS: Final = "things.yml"

_FastLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
Code = Annotated[str, Field(pattern=CODE_PATTERN.pattern)]


class QuestionAnswer(DatedAnswer):
    """One answer to one kind of question."""

    kind: QuestionKind
    codes: tuple[Code, ...] = ()
    """Of the procedures it is about; with ``fields`` empty, too, it holds for every procedure."""
    fields: tuple[Line, ...] = ()
    about: tuple[tuple[Line, ...], ...] = ()
    """Groups of words: of each group one must stand in what was said. A difference has one group a thing compared."""
    from_age: int | None = None
    """Full years from which everybody is old enough, where the answer is a lower bound of age."""
    some_from_age: int | None = None
    """Full years from which some are, where that is less."""
    source: Line
    """Law and article."""
    checked_on: date

    @model_validator(mode="after")
    def _whole(self) -> QuestionAnswer:
        if self.kind is QuestionKind.DIFFERENCE and len(self.about) < 2:
            raise ValueError("a difference names the things it compares")
        if self.some_from_age is not None and (self.from_age is None or self.some_from_age >= self.from_age):
            raise ValueError("some_from_age is less than from_age")
        return self

    @property
    def name(self) -> str:
        """The kind of question and what it is asked of."""
        return " ".join([self.kind, *self.codes, *self.fields])

    @cached_property
    def _groups(self) -> tuple[re.Pattern[str], ...]:
        return tuple(words_pattern(group) for group in self.about)

    def named(self, folded: str) -> int:
        """How many of its groups of words stand in a folded text."""
        return sum(group.search(folded) is not None for group in self._groups)

    def is_about(self, procedure: Procedure) -> bool:
        """Whether it may be told of a procedure."""
        if not self.codes and not self.fields:
            return True
        return procedure.code in self.codes or procedure.field in self.fields


@dataclass(frozen=True)
class Thing:
    """A paper or a person, and what it is called."""

    name: str
    """As it is said in an answer."""
    called: re.Pattern[str]
    """Matches its names in a folded text."""
    is_person: bool = False


@dataclass(frozen=True)
class Circumstance:
    """What may be said of somebody's case, and the ways to put it: "trẻ em", "con nít", "dưới 14 tuổi"."""

    name: str
    called: re.Pattern[str]
    """Matches its names in a folded text, of a question and of a record."""


def words_pattern(phrases: Sequence[str]) -> re.Pattern[str]:
    """Matches one of the phrases on syllable borders in a folded, normalised text."""
    forms = {form for phrase in phrases for form in (fold(normalise(phrase)), fold(phrase.lower())) if form}
    return re.compile(rf"(?<!\w)(?:{'|'.join(sorted(map(re.escape, forms), key=len, reverse=True))})(?!\w)")


class AnswersFile(BaseModel):
    """One file of answers."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    entries: tuple[QuestionAnswer, ...]


def read_things(path: Path) -> tuple[Thing, ...]:
    """What things are called, from ``things.yml``."""
    content = _read(path)
    return tuple(
        Thing(name, words_pattern((name, *called)), is_person=group == "people")
        for group in ("papers", "people")
        for name, called in content[group].items()
    )


def read_circumstances(path: Path) -> tuple[Circumstance, ...]:
    """What may be said of somebody's case, from ``things.yml``."""
    listed = _read(path)["circumstances"]
    return tuple(Circumstance(name, words_pattern((name, *called))) for name, called in listed.items())


@data.cached()
def things() -> tuple[Thing, ...]:
    """The things the installation being served knows."""
    return read_things(data.folder() / FOLDER / THINGS)


@data.cached()
def circumstances() -> tuple[Circumstance, ...]:
    """The circumstances the installation being served knows."""
    return read_circumstances(data.folder() / FOLDER / THINGS)


def _read(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_FastLoader)
