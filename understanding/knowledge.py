"""What understanding knows of an installation, handed to components that Rasa makes.

Rasa makes the components of a model itself, from their configuration alone. Whoever loads or trains a model therefore
says beforehand for which installation: ``with using(knowledge): agent.load_model(path)``. It holds for this thread or
task only, so that models of several installations can be loaded in one process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from pathlib import Path

from catalogue.store import CatalogueStore
from understanding.learned_phrases import LearnedPhrases, learned_folders
from understanding.search import CatalogueSearch


class NoKnowledge(RuntimeError):
    """A component was made outside :func:`using`; the message says what to do."""


class Knowledge:
    """Data of one installation.

    Args:
        nlu_data: its procedures, cues and language data.
        data: its data folder, where labelled phrases lie.
        open_catalogue: gives its procedures.
    """

    def __init__(self, nlu_data: Path, data: Path, open_catalogue: Callable[[], CatalogueStore]) -> None:
        self.nlu_data = nlu_data
        self._data = data
        self._open_catalogue = open_catalogue

    @cached_property
    def search(self) -> CatalogueSearch:
        """The phrase index, shared by every component of this installation."""
        return CatalogueSearch(self._open_catalogue(), LearnedPhrases(learned_folders(self.nlu_data, self._data)))


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
