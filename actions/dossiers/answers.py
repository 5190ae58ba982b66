"""The sentences around a state, read from ``nlu_data/dossier_answers.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

from actions.dossiers.textfile import DEFAULT_LANGUAGE, TextFileError, entries, read_mapping, template


@dataclass(frozen=True, slots=True)
class AnswerWords:
    """The sentences of one language; what may stand in braces is listed in :data:`BLANKS`."""

    procedure: str
    procedure_in_full: str
    overdue: str
    overdue_next_step: str
    appointment: str
    appointment_today: str
    appointment_unknown: str
    appointment_may_move: str
    appointment_passed: str
    supplement: str
    received: str
    finished: str
    ended: str
    collect: str
    updated: str
    as_of: str
    office_unknown: str
    mismatch: str
    mismatch_next_step: str
    ambiguous: str
    ambiguous_next_step: str
    locked: str
    unavailable: str
    try_again: str
    go_to_desk: str


BLANKS: Final[Mapping[str, frozenset[str]]] = {
    "procedure": frozenset({"procedure"}),
    "procedure_in_full": frozenset({"procedure", "code"}),
    "overdue": frozenset({"days", "date"}),
    "overdue_next_step": frozenset({"office"}),
    "appointment": frozenset({"date"}),
    "appointment_today": frozenset({"date"}),
    "appointment_may_move": frozenset({"date"}),
    "appointment_passed": frozenset({"date"}),
    "supplement": frozenset({"supplement"}),
    "received": frozenset({"date"}),
    "finished": frozenset({"date"}),
    "ended": frozenset({"date"}),
    "collect": frozenset({"office"}),
    "updated": frozenset({"time", "date"}),
    "as_of": frozenset({"time", "date"}),
    "mismatch": frozenset({"tries"}),
    "locked": frozenset({"time", "date"}),
}
"""What each sentence may use; sentences not named here use nothing."""


@dataclass(frozen=True, slots=True)
class AnswerBook:
    """The sentences by language."""

    by_language: Mapping[str, AnswerWords]

    def words(self, language: str = DEFAULT_LANGUAGE) -> AnswerWords:
        """The sentences of ``language``; Vietnamese when there are none."""
        return self.by_language.get(language, self.by_language[DEFAULT_LANGUAGE])


def read_answers(path: Path) -> AnswerBook:
    """The sentences in the file at ``path``.

    Raises:
        TextFileError: a sentence is missing, unknown, or uses a word in braces that it cannot have.
    """
    languages = read_mapping(path, "answers")
    if DEFAULT_LANGUAGE not in languages:
        raise TextFileError(f"{path}: {DEFAULT_LANGUAGE} is missing")
    return AnswerBook({language: _words(path, language, given) for language, given in languages.items()})


def _words(path: Path, language: str, given: object) -> AnswerWords:
    sentences = entries(path, language, given)
    names = [field.name for field in fields(AnswerWords)]
    unknown = sorted(str(name) for name in sentences if name not in names)
    if unknown:
        raise TextFileError(f"{path}: {language} has entries nobody uses: {', '.join(unknown)}")
    return AnswerWords(
        **{
            name: template(path, f"{language}, {name}", sentences.get(name), BLANKS.get(name, frozenset()))
            for name in names
        }
    )
