"""The phrase index over the current catalogue, rebuilt when the catalogue changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextvars import copy_context

from catalogue.store import CatalogueStore
from language.normalise import normalise
from understanding.features import Utterance
from understanding.learned_phrases import LearnedPhrases
from understanding.phrase_index import Phrase, PhraseIndex

CHECK_SECONDS = 1.0
"""How often the catalogue's version is looked at: an import is understood at once, a turn pays nothing."""


class CatalogueSearch:
    """Holds the index; a newer catalogue is indexed beside it and swapped in.

    Args:
        store: the catalogue.
        learned: phrases somebody labelled.
    """

    def __init__(self, store: CatalogueStore, learned: LearnedPhrases | None = None) -> None:
        self._store = store
        self._learned = learned or LearnedPhrases(())
        self._version = self._present_version()
        self._index = PhraseIndex(list(_phrases(store, self._learned)))
        self._checked = time.monotonic()
        self._rebuilding = threading.Lock()

    def index(self, wait: bool = False) -> PhraseIndex:
        """The index to search now.

        Args:
            wait: rebuild in the calling thread when the catalogue has changed, for one-shot commands.
        """
        now = time.monotonic()
        if now - self._checked >= CHECK_SECONDS or wait:
            self._checked = now
            if self._present_version() != self._version and self._rebuilding.acquire(blocking=False):
                if wait:
                    self._rebuild()
                else:
                    self._rebuild_beside()
        return self._index

    def labelled(self, utterance: Utterance) -> str | None:
        """The procedure that somebody labelled exactly these words with; known at once, before the index is."""
        code = self._learned.code_for(utterance)
        return self.current(code) if code is not None else None

    def current(self, code: str) -> str | None:
        """The code that answers for a typed one, or None when the catalogue does not know it."""
        found = self._store.current(code)
        return found.code if found is not None else None

    def _rebuild_beside(self) -> None:
        # With the context, so that its words are those of this installation.
        run = copy_context().run
        threading.Thread(target=run, args=(self._rebuild,), name="catalogue-index", daemon=True).start()

    def _rebuild(self) -> None:
        try:
            version = self._present_version()
            self._index = PhraseIndex(list(_phrases(self._store, self._learned)))
            self._version = version
        finally:
            self._rebuilding.release()

    def _present_version(self) -> str:
        return f"{self._store.version()}.{self._learned.signature()}"


def _phrases(store: CatalogueStore, learned: LearnedPhrases) -> Iterator[Phrase]:
    """Every name and phrase; those of a replaced procedure lead to the one that took its place."""
    for row in store.light():
        code = row.code
        if row.is_superseded:
            successor = store.current(row.code)
            code = successor.code if successor is not None else row.code
        names = (row.official_name, row.short_name, *row.asked_as.all)
        for text in dict.fromkeys(names):
            yield Phrase(code, Utterance.of(normalise(text)))
    for phrase in learned.phrases():
        if (known := store.current(phrase.code)) is not None:
            yield Phrase(known.code, phrase.utterance)
