"""The words for the ten states of a dossier, read from ``nlu_data/dossier_statuses.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from actions.dossiers.model import DossierStatus
from actions.dossiers.textfile import DEFAULT_LANGUAGE, TextFileError, entries, read_mapping, template


@dataclass(frozen=True, slots=True)
class StatusWords:
    """How one state is told in one language."""

    text: str
    """A sentence without its full stop."""
    next_step: str
    """What to do now; ``{office}`` stands for the office."""


@dataclass(frozen=True, slots=True)
class StatusBook:
    """The words for every state, by language."""

    names: Mapping[DossierStatus, str]
    """Official Vietnamese names."""
    by_language: Mapping[str, Mapping[DossierStatus, StatusWords]]

    def words(self, status: DossierStatus, language: str = DEFAULT_LANGUAGE) -> StatusWords:
        """The words for ``status``; Vietnamese when ``language`` has none."""
        return self.by_language.get(language, self.by_language[DEFAULT_LANGUAGE])[status]


def read_statuses(path: Path) -> StatusBook:
    """The words in the file at ``path``.

    Raises:
        TextFileError: a state, a language or a text is missing or does not fit.
    """
    by_code = read_mapping(path, "statuses")
    if set(by_code) != {int(status) for status in DossierStatus}:
        raise TextFileError(f"{path}: the states must be numbered 1 to 10")
    names: dict[DossierStatus, str] = {}
    by_language: dict[str, dict[DossierStatus, StatusWords]] = {}
    for status in DossierStatus:
        state = entries(path, f"state {status:d}", by_code[status])
        names[status] = template(path, f"state {status:d}, name", state.get("name"), frozenset())
        for language, words in state.items():
            if language == "name":
                continue
            where = f"state {status:d}, {language}"
            told = entries(path, where, words)
            by_language.setdefault(language, {})[status] = StatusWords(
                text=template(path, f"{where}, text", told.get("text"), frozenset()),
                next_step=template(path, f"{where}, next_step", told.get("next_step"), frozenset({"office"})),
            )
    for language in {DEFAULT_LANGUAGE, *by_language}:
        if len(by_language.get(language, {})) < len(DossierStatus):
            raise TextFileError(f"{path}: {language} does not have words for every state")
    return StatusBook(names, by_language)
