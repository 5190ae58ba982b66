"""Nearest-phrase search over everything people call the procedures.

Rebuilt whenever the catalogue changes, so that an imported procedure is understood at once, without training. Words
weigh by how few procedures use them (inverse document frequency over procedures, not over phrases).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from assistant.nlu.features import Utterance, char_features, word_features

Extract = Callable[[Utterance], list[str]]


@dataclass(frozen=True)
class Phrase:
    """One thing people say for a procedure."""

    code: str
    text: Utterance
    weight: float = 1.0
    """Below 1 for phrases that say less, such as a field of government."""


@dataclass(frozen=True)
class Hit:
    """How well one procedure fits."""

    code: str
    score: float
    """0 to 1: similarity of the best phrase."""
    coverage: float
    """0 to 1: share of that phrase's weighted words found in the message."""


@dataclass(frozen=True)
class _Block:
    extract: Extract
    share: float
    vocabulary: dict[str, int]
    idf: np.ndarray
    by_feature: csr_matrix
    """Features x phrases, columns of unit length."""


def _words(utterance: Utterance) -> list[str]:
    return word_features(utterance.folded)


def _letters(utterance: Utterance) -> list[str]:
    return char_features(utterance.folded)


def _words_with_diacritics(utterance: Utterance) -> list[str]:
    return word_features(utterance.normalised) if utterance.has_diacritics else []


BLOCKS: tuple[tuple[Extract, float], ...] = ((_words, 0.5), (_letters, 0.3), (_words_with_diacritics, 0.2))
"""What is compared and with which share; chosen on the development set."""


class PhraseIndex:
    """Search over phrases, answered by procedure.

    Args:
        phrases: every phrase of every procedure; at least one.
    """

    def __init__(self, phrases: Sequence[Phrase]) -> None:
        self._codes = sorted({phrase.code for phrase in phrases})
        number = {code: position for position, code in enumerate(self._codes)}
        self._phrase_code = np.array([number[phrase.code] for phrase in phrases], dtype=np.int32)
        self._weight = np.array([phrase.weight for phrase in phrases])
        self._blocks = [_build(phrases, extract, share, number) for extract, share in BLOCKS]

    def __len__(self) -> int:
        return len(self._phrase_code)

    def search(self, utterance: Utterance, limit: int = 10, skip_phrases: Iterable[int] = ()) -> list[Hit]:
        """The best procedures, best first.

        Args:
            utterance: what the citizen said.
            limit: number of procedures.
            skip_phrases: positions of phrases to leave out, for measuring on the phrases themselves.
        """
        score = np.zeros(len(self._phrase_code))
        share_sum = 0.0
        coverage = np.zeros(len(self._phrase_code))
        for position, block in enumerate(self._blocks):
            query, found, length = _query(block, utterance)
            if length == 0.0:
                continue
            share_sum += block.share
            similarity = (query @ block.by_feature).toarray().ravel()
            score += block.share * similarity
            if position == 0:
                present = query.copy()
                present.data = block.idf[present.indices]
                coverage = (present @ block.by_feature).toarray().ravel()
        if share_sum == 0.0:
            return []
        score *= self._weight / share_sum
        for position in skip_phrases:
            score[position] = 0.0
        best = np.zeros(len(self._codes))
        np.maximum.at(best, self._phrase_code, score)
        order = np.argpartition(-best, min(limit, len(best) - 1))[:limit]
        order = order[np.argsort(-best[order], kind="stable")]
        hits = []
        for code in order:
            if best[code] <= 0.0:
                continue
            members = np.flatnonzero((self._phrase_code == code) & (score >= best[code] - 1e-9))
            hits.append(Hit(self._codes[code], float(best[code]), float(min(1.0, coverage[members].max()))))
        return hits


def _build(phrases: Sequence[Phrase], extract: Extract, share: float, number: dict[str, int]) -> _Block:
    vocabulary: dict[str, int] = {}
    users: defaultdict[int, set[int]] = defaultdict(set)
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for column, phrase in enumerate(phrases):
        for feature in extract(phrase.text):
            row = vocabulary.setdefault(feature, len(vocabulary))
            users[row].add(number[phrase.code])
            rows.append(row)
            columns.append(column)
            values.append(1.0)
    total = max(1, len(number))
    idf = np.array([math.log(1.0 + total / len(users[row])) for row in range(len(vocabulary))])
    matrix = csr_matrix((values, (rows, columns)), shape=(len(vocabulary), len(phrases)))
    matrix.data = np.minimum(matrix.data, 2.0)
    matrix = matrix.multiply(idf[:, None]).tocsc()
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=0)).ravel())
    lengths[lengths == 0.0] = 1.0
    matrix = matrix.multiply(1.0 / lengths[None, :]).tocsr()
    return _Block(extract, share, vocabulary, idf, matrix)


def _query(block: _Block, utterance: Utterance) -> tuple[csr_matrix, int, float]:
    """The message as a unit row vector over the block's features, how many are known, and its raw length.

    Unknown features count in the length with the highest weight: a message that talks about something else must not
    look like a perfect match because of one shared word.
    """
    counts: dict[int, float] = {}
    unknown = 0
    for feature in block.extract(utterance):
        row = block.vocabulary.get(feature)
        if row is None:
            unknown += 1
        else:
            counts[row] = min(2.0, counts.get(row, 0.0) + 1.0)
    if not counts:
        return csr_matrix((1, len(block.vocabulary))), 0, 0.0
    indices = np.fromiter(counts, dtype=np.int32, count=len(counts))
    data = np.fromiter(counts.values(), dtype=float, count=len(counts)) * block.idf[indices]
    strongest = float(block.idf.max())
    length = math.sqrt(float(data @ data) + 0.25 * unknown * strongest * strongest)
    row_vector = csr_matrix((data / length, indices, [0, len(indices)]), shape=(1, len(block.vocabulary)))
    return row_vector, len(counts), length
