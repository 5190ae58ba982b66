"""What understanding knows of an installation, handed to components that Rasa makes.

Rasa makes the components of a model itself, from their configuration alone. Whoever loads or trains a model therefore
says beforehand for which installation: ``with using(knowledge): agent.load_model(path)``. It holds for this thread or
task only, so that models of several installations can be loaded in one process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import yaml

from catalogue.approved import approved_folders, load_written
from catalogue.knowledge_base import KnowledgeBase
from catalogue.record import Procedure
from catalogue.store import CatalogueStore
from contract.wording import wording_of
from understanding.learned_phrases import LearnedPhrases, learned_folders
from understanding.never_without import Needed, never_without_of
from understanding.phrase_index import PhraseIndex
from understanding.questions import QuestionReader, questions_of
from understanding.readings.markers import Markers, markers_of
from understanding.readings.openings import Openings, openings_of
from understanding.search import CatalogueSearch
from understanding.side_phrases import side_phrases_of


@dataclass(frozen=True)
class ReadingWords:
    """What the weighing of readings knows of a language."""

    openings: Openings
    questions: QuestionReader
    markers: Markers
    side_phrases: PhraseIndex
    often: frozenset[str]
    """Codes of the most asked procedures."""
    never_without: Needed
    """Words without which a procedure is never meant."""

    @classmethod
    def of(cls, nlu_data: Path) -> ReadingWords:
        """Read the files of a folder of language data."""
        often = yaml.safe_load((nlu_data / "most_asked.yml").read_text(encoding="utf-8"))["codes"]
        return cls(
            openings_of(nlu_data),
            questions_of(nlu_data),
            markers_of(nlu_data),
            side_phrases_of(nlu_data),
            frozenset(often),
            never_without_of(nlu_data),
        )


class NoKnowledge(RuntimeError):
    """A component was made outside :func:`using`; the message says what to do."""


class Knowledge:
    """Data of one installation.

    Args:
        nlu_data: its procedures, cues and language data.
        data: its data folder, where labelled phrases lie.
        open_catalogue: gives its procedures.
        today: the local date.
    """

    def __init__(
        self, nlu_data: Path, data: Path, open_catalogue: Callable[[], CatalogueStore], today: Callable[[], date]
    ) -> None:
        self.nlu_data = nlu_data
        self.today = today
        self._data = data
        self._open_catalogue = open_catalogue

    @cached_property
    def search(self) -> CatalogueSearch:
        """The phrase index, shared by every component of this installation."""
        learned = LearnedPhrases(learned_folders(self.nlu_data, self._data))
        return CatalogueSearch(self._open_catalogue(), learned, self.beside_procedures)

    def written(self) -> tuple[Procedure, ...]:
        """The written procedures, those approved at the desk over those of the program, without a database.

        Raises:
            CatalogueFileError: a file has a mistake.
        """
        return load_written(self.nlu_data / "procedures", approved_folders(self.nlu_data, self._data), self.today())

    @cached_property
    def beside_procedures(self) -> KnowledgeBase:
        """What is known about the service, the desk and the portal."""
        return KnowledgeBase(self.nlu_data / "knowledge", wording_of(self.nlu_data).contacts)

    @cached_property
    def reading(self) -> ReadingWords:
        """What the weighing of readings knows of the language."""
        return ReadingWords.of(self.nlu_data)


_in_use: ContextVar[Knowledge | None] = ContextVar("knowledge", default=None)


def in_use() -> Knowledge:
    """What the component being made belongs to.

    Raises:
        NoKnowledge: nobody said.
    """
    knowledge = _in_use.get()
    if knowledge is None:
        raise NoKnowledge("no installation is open: run Rasa's commands as `motcua rasa ...`")
    return knowledge


@contextmanager
def using(knowledge: Knowledge) -> Iterator[None]:
    """Components made inside the block belong to this installation."""
    token = _in_use.set(knowledge)
    try:
        yield
    finally:
        _in_use.reset(token)
