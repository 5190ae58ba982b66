"""The phrase index over the current catalogue, rebuilt when the catalogue changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextvars import copy_context

from catalogue.knowledge_base import KnowledgeBase
from catalogue.notices import Named
from catalogue.record import Procedure
from catalogue.store import CatalogueStore
from language.normalise import fold, normalise
from understanding.empty_words import empty_words, generic_words
from understanding.features import Utterance
from understanding.knowledge_index import KnowledgeHit, KnowledgeIndex
from understanding.learned_phrases import LearnedPhrases
from understanding.phrase_index import Phrase, PhraseIndex

SHORT_PHRASE = 6
"""Words of a phrase that names a matter; a longer one tells of a life."""

CHECK_SECONDS = 1.0
"""How often the catalogue's version is looked at: an import is understood at once, a turn pays nothing."""


class CatalogueSearch:
    """Holds the index; a newer catalogue is indexed beside it and swapped in.

    Args:
        store: the catalogue.
        learned: phrases somebody labelled.
        knowledge: questions beside procedures.
    """

    def __init__(
        self, store: CatalogueStore, learned: LearnedPhrases | None = None, knowledge: KnowledgeBase | None = None
    ) -> None:
        self._store = store
        self._learned = learned or LearnedPhrases(())
        self._knowledge = knowledge
        self._version = self._present_version()
        named = store.named()
        phrases = list(_phrases(store, self._learned, named))
        self._named = frozenset(one.code for one in named)
        self._index = PhraseIndex(phrases)
        self._known = _known_index(knowledge, phrases)
        self._names = _Names(store)
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

    def knowledge(self, utterance: Utterance, limit: int = 3) -> list[KnowledgeHit]:
        """The entries of knowledge that a message may ask for, best first."""
        return self._known.search(utterance, limit) if self._known is not None else []

    def asked_as(self, entry: str) -> str:
        """The first way of asking for an entry of knowledge, normalised; empty where there is no such entry."""
        known = self._knowledge.entries().get(entry) if self._knowledge is not None else None
        return normalise(known.asked_as[0]) if known is not None else ""

    def called_exactly(self, matter: str) -> str | None:
        """The one procedure called by exactly these words: "tạm trú", where others are called by more.

        Args:
            matter: folded, without cues and fillers.
        """
        return self._names.exactly(frozenset(matter.split()) - generic_words())

    def called_plainly(self, matter: str) -> str | None:
        """The one procedure whose short name these words are: "làm khai sinh", where others are called by more.

        Args:
            matter: folded, without cues and fillers.
        """
        return self._names.plainly(_plain_words(matter))

    def called_inside(self, folded: str) -> str | None:
        """The one procedure that the longest name in a message is of: "e sv năm nhất, đk tạm trú ktx hay chủ trọ làm".

        Args:
            folded: the whole message.
        """
        return self._names.inside(folded.split())

    def names(self, code: str) -> frozenset[str]:
        """The folded words a procedure is called by: its names and what people ask for it in few words."""
        return self._names.of(code)

    def named(self) -> frozenset[str]:
        """Codes of procedures of which only the name is known."""
        return self._named

    def called(self, code: str | None) -> str:
        """What a procedure is called in short, folded; empty where there is none."""
        return self._names.called(code) if code is not None else ""

    def field(self, code: str | None) -> str | None:
        """The portal's field of a procedure; None where there is none."""
        return self._names.field(code) if code is not None else None

    def told(self, code: str) -> frozenset[str]:
        """The folded words a record tells of: its papers, conditions, payments, steps and result."""
        return self._names.told(code)

    def _rebuild_beside(self) -> None:
        # With the context, so that its words are those of this installation.
        run = copy_context().run
        threading.Thread(target=run, args=(self._rebuild,), name="catalogue-index", daemon=True).start()

    def _rebuild(self) -> None:
        try:
            version = self._present_version()
            named = self._store.named()
            phrases = list(_phrases(self._store, self._learned, named))
            self._named = frozenset(one.code for one in named)
            self._index = PhraseIndex(phrases)
            self._known = _known_index(self._knowledge, phrases)
            self._version = version
        finally:
            self._rebuilding.release()

    def _present_version(self) -> str:
        known = self._knowledge.signature() if self._knowledge is not None else 0
        return f"{self._store.version()}.{self._learned.signature()}.{known}"


def _known_index(knowledge: KnowledgeBase | None, others: Sequence[Phrase]) -> KnowledgeIndex | None:
    """The ways people ask for each entry of knowledge, beside what they say for procedures; None without entries."""
    if knowledge is None or not knowledge.entries():
        return None
    phrases = [
        Phrase(entry.id, Utterance.of(normalise(phrase)))
        for entry in knowledge.entries().values()
        for phrase in entry.asked_as
    ]
    return KnowledgeIndex(phrases, [phrase.text for phrase in others])


def _phrases(store: CatalogueStore, learned: LearnedPhrases, named: Sequence[Named] = ()) -> Iterator[Phrase]:
    """Every name and phrase; those of a replaced procedure lead to the one that took its place."""
    for row in store.light():
        code = row.code
        if row.is_superseded:
            successor = store.current(row.code)
            code = successor.code if successor is not None else row.code
        names = (row.official_name, row.short_name, *row.asked_as.all)
        for text in dict.fromkeys(names):
            yield Phrase(code, Utterance.of(normalise(text)))
    for one in named:
        yield Phrase(one.code, Utterance.of(normalise(one.name)))
    for phrase in learned.phrases():
        if (known := store.current(phrase.code)) is not None:
            yield Phrase(known.code, phrase.utterance)


class _Names:
    """Words procedures are called by, read when a conversation first needs them."""

    def __init__(self, store: CatalogueStore) -> None:
        self._store = store
        self._version: str | None = None
        self._words: dict[str, frozenset[str]] = {}
        self._told: dict[str, frozenset[str]] = {}
        self._called: dict[str, str] = {}
        self._exact_version: str | None = None
        self._exact: dict[frozenset[str], str] = {}
        self._plain: dict[frozenset[str], str] = {}
        self._whole: dict[str, str | None] = {}
        self._fields: dict[str, str] = {}

    def exactly(self, words: frozenset[str]) -> str | None:
        self._read_what_is_said()
        return self._exact.get(words)

    def plainly(self, words: frozenset[str]) -> str | None:
        self._read_what_is_said()
        return self._plain.get(words)

    def inside(self, words: Sequence[str]) -> str | None:
        self._read_what_is_said()
        for length in range(min(LONGEST_INSIDE, len(words)), SHORTEST_INSIDE - 1, -1):
            parts = (" ".join(words[start : start + length]) for start in range(len(words) - length + 1))
            found = {self._whole[part] for part in parts if part in self._whole}
            if found:
                return found.pop() if len(found) == 1 else None
        return None

    def _read_what_is_said(self) -> None:
        version = self._store.version()
        if version != self._exact_version:
            self._exact_version = version
            self._exact, self._plain = _exact_names(self._store), _plain_names(self._store)
            self._whole = _whole_names(self._store)
            self._fields = {row.code: row.field for row in self._store.light()}

    def of(self, code: str) -> frozenset[str]:
        self._forget_what_changed()
        if code not in self._words:
            found = self._store.current(code)
            self._words[code] = _words_of(found) if found is not None else frozenset()
        return self._words[code]

    def called(self, code: str) -> str:
        self._forget_what_changed()
        if code not in self._called:
            found = self._store.current(code)
            self._called[code] = fold(normalise(found.short_name or found.official_name)) if found is not None else ""
        return self._called[code]

    def field(self, code: str) -> str | None:
        self._read_what_is_said()
        return self._fields.get(code)

    def told(self, code: str) -> frozenset[str]:
        self._forget_what_changed()
        if code not in self._told:
            found = self._store.current(code)
            self._told[code] = _told_words(found) if found is not None else frozenset()
        return self._told[code]

    def _forget_what_changed(self) -> None:
        version = self._store.version()
        if version != self._version:
            self._version, self._words, self._told, self._called = version, {}, {}, {}


def _exact_names(store: CatalogueStore) -> dict[frozenset[str], str]:
    """Hand-written procedures by the words of their short names, where only one has them."""
    found: dict[frozenset[str], set[str]] = {}
    for row in store.light():
        if row.is_superseded or not row.asked_as.all:
            continue
        for phrase in dict.fromkeys((row.short_name, *row.asked_as.all)):
            folded = fold(normalise(phrase)).split()
            telling = frozenset(folded) - generic_words()
            if telling and len(folded) <= SHORT_PHRASE:
                found.setdefault(telling, set()).add(row.code)
    return {telling: next(iter(codes)) for telling, codes in found.items() if len(codes) == 1}


def _plain_words(name: str) -> frozenset[str]:
    return frozenset(name.split()) - generic_words()


def _plain_names(store: CatalogueStore) -> dict[frozenset[str], str]:
    """Hand-written procedures by the words of their short names alone, where only one has them."""
    found: dict[frozenset[str], set[str]] = {}
    for row in store.light():
        if not row.is_superseded and row.asked_as.all and row.short_name:
            found.setdefault(_plain_words(fold(normalise(row.short_name))), set()).add(row.code)
    return {words: next(iter(codes)) for words, codes in found.items() if words and len(codes) == 1}


def _whole_names(store: CatalogueStore) -> dict[str, str | None]:
    """Hand-written procedures by what they are called, folded; None where several are called so."""
    found: dict[str, str | None] = {}
    for row in store.light():
        if row.is_superseded or not row.asked_as.all:
            continue
        for name in {fold(normalise(phrase)) for phrase in (row.short_name, *row.asked_as.all)}:
            if SHORTEST_INSIDE <= len(name.split()) <= LONGEST_INSIDE:
                found[name] = row.code if found.get(name, row.code) == row.code else None
    return found


def _told_words(procedure: Procedure) -> frozenset[str]:
    papers = [(case.case, case.choice, *(paper.text for paper in case.items)) for case in procedure.papers]
    money = [(paid.what, paid.case, paid.note) for paid in (*procedure.besides, *procedure.receive)]
    ways = [
        (way.note, *(fee.case for fee in way.fees), *(time.case for time in way.times)) for way in procedure.submissions
    ]
    lines = [line for group in (*papers, *money, *ways) for line in group if line]
    lines += [*procedure.conditions, *procedure.steps, *(exempt.who for exempt in procedure.exemptions)]
    lines += [line for line in (procedure.summary, procedure.result, procedure.where) if line]
    return frozenset(word for line in lines for word in fold(normalise(line)).split()) - empty_words()


def _words_of(procedure: Procedure) -> frozenset[str]:
    short = [phrase for phrase in procedure.asked_as.all if len(phrase.split()) <= SHORT_PHRASE]
    names = (procedure.official_name, procedure.short_name or "", procedure.english_name or "", *short)
    return frozenset(word for name in names for word in fold(normalise(name)).split()) - empty_words()


SHORTEST_INSIDE, LONGEST_INSIDE = 3, 7
"""Syllables of a name that is looked for inside a message; shorter ones stand in most stories."""
