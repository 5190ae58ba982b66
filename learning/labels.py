"""A chosen label becomes training data."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from catalogue.store import CatalogueStore
from language import data
from language.procedure_code import find_procedure_code
from learning.kept import KeptUtterance, Reason, State
from learning.rule import without_tags
from learning.store import LearningStore
from learning.writing import add_intent_example, add_procedure_phrase
from runtime.messages import Message
from understanding.features import Utterance
from understanding.learned_phrases import LearnedPhrases, as_understood

_MARKUP = re.compile(r"[\[\](){}]")
"""Rasa reads brackets in an example as an entity."""
_LOOSE_SIGNS = re.compile(r"(?: ?[,;:])* ?([,;:.?!])")


class LabelRefused(ValueError):
    """An utterance cannot be labelled like this; the message says why and what to do instead.

    Args:
        message: for a terminal.
        why: key of the sentence for a page.
        values: of its marks.
    """

    def __init__(self, message: str, why: str, **values: object) -> None:
        super().__init__(message)
        self.why = why
        self.values = values


@dataclass(frozen=True)
class Labelled:
    """What a label has done."""

    phrase: str
    label: str
    """The code or intent."""
    name: str
    """Short name of the procedure; the intent itself for an intent."""
    file: Path
    at_once: bool
    """Whether the running system understands it already; an intent has to be trained."""


class Labels:
    """Turns labels into training data.

    Args:
        store: the kept utterances.
        catalogue: the procedures.
        intents: intents that may be chosen.
        measured: texts of the accuracy sets, which must never be learnt from.
        learned: the phrases labelled so far.
        folder: where new ones are written.
        today: the clock.
    """

    def __init__(
        self,
        store: LearningStore,
        catalogue: CatalogueStore,
        intents: Iterable[str],
        measured: Iterable[str],
        learned: LearnedPhrases,
        folder: Path,
        today: Callable[[], date],
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._intents = frozenset(intents)
        self._measured = measured
        self._learned = learned
        self._folder = folder
        self._today = today

    def label(self, number: int, label: str) -> Labelled:
        """Write an utterance into the training data of a procedure or an intent.

        Args:
            number: id of the utterance.
            label: code of a procedure, or name of an intent.

        Raises:
            LabelRefused: nothing was written; the message names the cure.
        """
        phrase = self._phrase(number)
        if any(same_words(phrase, text) for text in self._measured):
            raise LabelRefused(
                Message(
                    "“{phrase}” stands in nlu_data/eval: learnt by heart it would no longer measure anything. "
                    "`motcua learn drop {number}` takes it off the list.",
                    phrase=phrase,
                    number=number,
                ),
                "label_is_measured",
            )
        done = self._as_intent(phrase, label) if label in self._intents else self._as_procedure(phrase, label)
        self._store.mark_labelled(number, done.label)
        return done

    def _phrase(self, number: int) -> str:
        utterance = self._store.get(number)
        if utterance is None:
            raise LabelRefused(
                Message("no utterance {number}: `motcua learn review` lists them with their ids", number=number),
                "label_is_settled",
            )
        if utterance.state is not State.OPEN:
            raise LabelRefused(
                Message(
                    "utterance {number} is {state}; `motcua learn review` lists the open ones",
                    number=number,
                    state=_what_became(utterance),
                ),
                "label_is_settled",
            )
        if utterance.kept.reason is Reason.FOLLOW_UP:
            raise LabelRefused(
                Message(
                    "utterance {number} is a question about what was talked of before and names no matter of its "
                    "own: it can teach no procedure. Mend the readings, then `motcua learn drop {number}` takes it "
                    "off the list",
                    number=number,
                ),
                "label_names_nothing",
            )
        return as_phrase(utterance.kept.text)

    def _as_intent(self, phrase: str, intent: str) -> Labelled:
        path = add_intent_example(self._folder, intent, phrase, self._today())
        return Labelled(phrase, intent, intent, path, at_once=False)

    def _as_procedure(self, phrase: str, label: str) -> Labelled:
        code = find_procedure_code(label)
        if code is None:
            intents = ", ".join(sorted(self._intents))
            raise LabelRefused(
                Message(
                    "“{label}” is neither a code like 1.001193 nor an intent; the intents are {intents}",
                    label=label,
                    intents=intents,
                ),
                "label_unknown",
            )
        procedure = self._catalogue.current(code)
        if procedure is None:
            raise LabelRefused(
                Message(
                    "no procedure {code}: `motcua catalogue list` shows all, `motcua catalogue import` adds some",
                    code=code,
                ),
                "label_unknown",
            )
        other = self._other_owner(phrase, procedure.code)
        if other is not None:
            raise LabelRefused(
                Message(
                    "“{phrase}” is already a phrase of {other}, and one cannot lead to two procedures: label it "
                    "{other}, or take it out there first (asked_as in nlu_data/procedures/{other}.yml or "
                    "{other}.yml in {folder})",
                    phrase=phrase,
                    other=other,
                    folder=self._folder,
                ),
                "label_is_taken",
                code=other,
            )
        path = add_procedure_phrase(self._folder, procedure.code, phrase, self._today())
        return Labelled(phrase, procedure.code, procedure.short_name, path, at_once=True)

    def _other_owner(self, phrase: str, code: str) -> str | None:
        """Another procedure that is called this."""
        for row in self._catalogue.light():
            names = (row.official_name, row.short_name, *row.asked_as.all)
            if row.code != code and any(same_words(phrase, name) for name in names):
                successor = self._catalogue.current(row.code)
                if successor is None or successor.code != code:
                    return row.code
        learned = (known for known in self._learned.phrases() if known.code != code)
        return next((known.code for known in learned if same_words(phrase, known.text)), None)


def as_phrase(redacted: str) -> str:
    """A kept text as it is learnt: without tags and what stood around them."""
    words = " ".join(_MARKUP.sub(" ", without_tags(redacted)).split())
    return _LOOSE_SIGNS.sub(r"\1", words).strip(" ,;:#-")


def same_words(one: str, other: str) -> bool:
    """Whether two texts read the same; diacritics count only where both have them."""
    first, second = _understood(one), _understood(other)
    if first.has_diacritics and second.has_diacritics:
        return first.normalised == second.normalised
    return first.folded == second.folded


@data.cached(maxsize=100_000)
def _understood(text: str) -> Utterance:
    """Kept, because one text is compared with every name in the catalogue."""
    return as_understood(text)


def _what_became(utterance: KeptUtterance) -> Message:
    if utterance.state is State.DROPPED:
        return Message("dropped")
    return Message("already labelled {label}", label=utterance.label)
