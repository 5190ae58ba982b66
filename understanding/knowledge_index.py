"""Finds the entry of knowledge a question is about, by how much its words are an entry's own.

A smoothed likelihood ratio (Jelinek-Mercer): each piece of a message counts by how much more often an entry says it
than everybody does, procedures included. Nearest phrases alone found 76 of 96 development questions first, this 89:
people word such questions in more ways than ten.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from understanding.features import Utterance
from understanding.phrase_index import Phrase, PhraseIndex, first
from understanding.postings import Postings

_SMOOTHING = 0.6
"""Share of what everybody says in what an entry is taken to say; set on the development questions."""


@dataclass(frozen=True)
class KnowledgeHit:
    """How well one entry fits a message."""

    entry: str
    evidence: float
    """Nats for each piece of the message, from 0."""
    ahead: float
    """By how much the evidence is above that of the best other entry; negative where that one is better."""
    phrase: float
    """Similarity of its nearest phrase, 0 to 1."""


class KnowledgeIndex:
    """Search over the ways people ask for entries.

    Args:
        phrases: every way of asking, with the entry's id as its code; at least one.
        others: what people say for other things, against which an entry's words are weighed.
    """

    def __init__(self, phrases: Sequence[Phrase], others: Iterable[Utterance]) -> None:
        said: defaultdict[str, Counter[str]] = defaultdict(Counter)
        everybody: Counter[str] = Counter()
        for phrase in phrases:
            pieces = _pieces(phrase.text)
            phrase.text.let_go()
            said[phrase.code].update(pieces)
            everybody.update(pieces)
        known = set(everybody)
        beside = 0
        for utterance in others:
            pieces = _pieces(utterance)
            utterance.let_go()
            beside += len(pieces)
            everybody.update(piece for piece in pieces if piece in known)
        total = sum(everybody[piece] for piece in known) + beside
        self._phrases = PhraseIndex(phrases)
        self._entries = sorted(said)
        self._row = {piece: row for row, piece in enumerate(sorted(known))}
        rows: list[int] = []
        columns: list[int] = []
        values: list[float] = []
        for column, entry in enumerate(self._entries):
            length = sum(said[entry].values())
            for piece, count in said[entry].items():
                ratio = (count / length) / (everybody[piece] / total)
                rows.append(self._row[piece])
                columns.append(column)
                values.append(math.log((1.0 - _SMOOTHING) * ratio / _SMOOTHING + 1.0))
        shape = (len(self._row), len(self._entries))
        self._weights = Postings(csr_matrix((np.array(values, np.float32), (rows, columns)), shape=shape))

    def search(self, utterance: Utterance, limit: int = 3) -> list[KnowledgeHit]:
        """The best entries, best first."""
        pieces = _pieces(utterance)
        rows = [row for row in map(self._row.get, pieces) if row is not None]
        if not rows:
            return []
        evidence = self._weights.sums((rows, 1.0 / len(pieces)))
        order = [column for column in first(evidence, max(limit, 2)).tolist() if evidence[column] > 0.0]
        near = self._phrases.similarities(utterance, (self._entries[column] for column in order))
        values = [float(evidence[column]) for column in order]
        rivals = [*values[1:2], *[values[0]] * (len(values) - 1)] if len(values) > 1 else [0.0]
        return [
            KnowledgeHit(self._entries[column], value, value - rival, near[self._entries[column]])
            for column, value, rival in zip(order, values, rivals, strict=True)
        ][:limit]


def _pieces(utterance: Utterance) -> list[str]:
    return [*utterance.letters, *(f"={word}" for word in utterance.words)]
