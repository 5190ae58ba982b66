"""An answer written as a sentence, with the day until which it holds and what is said from then on.

The day changes the answer by itself. Before it people hear what comes; after it, where nobody has written what holds,
the sentence is told as one that may have changed.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from catalogue.record import Line
from language.languages import default_language


class DatedAnswer(BaseModel, ABC):
    """What is said, by language, and until when."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer: Mapping[str, Line]
    """By language, that of the installation always; the first sentence answers, the next give the reason."""
    valid_until: date | None = None
    """Last day the answer holds, where the rule itself names one; None: until somebody changes it."""
    then: Mapping[str, Line] = {}
    """The answer from the day after ``valid_until``, by language; empty where that is not known yet."""

    @field_validator("answer")
    @classmethod
    def _told_in_the_first_language(cls, answer: Mapping[str, str]) -> Mapping[str, str]:
        if default_language() not in answer:
            raise ValueError(f"{default_language()} is missing")
        return answer

    @model_validator(mode="after")
    def _then_stands_beside_it(self) -> DatedAnswer:
        if self.then and self.valid_until is None:
            raise ValueError("then needs valid_until")
        if set(self.then) not in (set(), set(self.answer)):
            raise ValueError("then is not in the languages of the answer")
        return self

    def language_of(self, language: str) -> str:
        """The language it is told in to somebody who speaks ``language``."""
        return language if language in self.answer else default_language()

    def told_on(self, language: str, today: date) -> str:
        """The answer that holds on ``today``, in ``language`` where it is there."""
        texts = self.then if self.then and self._has_ended(today) else self.answer
        return texts[self.language_of(language)]

    @property
    @abstractmethod
    def name(self) -> str:
        """What an editor finds it by."""

    def is_overtaken(self, today: date) -> bool:
        """Whether its last day is over and nobody has written what holds now."""
        return self._has_ended(today) and not self.then

    def ends_by(self, last: date) -> bool:
        """Whether its last day is ``last`` or one before it."""
        return self.valid_until is not None and self.valid_until <= last

    def _has_ended(self, today: date) -> bool:
        return self.valid_until is not None and today > self.valid_until
