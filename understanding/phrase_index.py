"""Nearest-phrase search over everything people call the procedures.

Rebuilt whenever the catalogue changes, so that an imported procedure is understood at once, without training. Words
weigh by how few procedures use them (inverse document frequency over procedures, not over phrases).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from understanding.features import Utterance, char_features, word_features

Numbers = npt.NDArray[Any]
Extract = Callable[[Utterance], list[str]]


@dataclass(frozen=True)
class Phrase:
    """One thing people say for a procedure."""

    code: str
    text: Utterance


@dataclass(frozen=True)
class Hit:
    """How well one procedure fits."""

    code: str
    score: float
    """0 to 1: similarity of the best phrase."""


@dataclass(frozen=True)
class _Block:
    """One kind of features: for each feature the phrases that have it, with their unit-length weights."""

    extract: Extract
    share: float
    vocabulary: dict[str, int]
    idf: Numbers
    strongest: float
    """The weight of the rarest feature."""
    starts: list[int]
    phrases: Numbers
    weights: Numbers
    """Unit-length weight of the feature in the phrase, times its weight in a message."""


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
        ordered = sorted(phrases, key=lambda phrase: phrase.code)
        codes = [phrase.code for phrase in ordered]
        self._codes = sorted(set(codes))
        number = {code: position for position, code in enumerate(self._codes)}
        self._first_phrase = np.array([codes.index(code) for code in self._codes])
        self._size = len(ordered)
        self._blocks = [_build(ordered, extract, share, number) for extract, share in BLOCKS]

    def __len__(self) -> int:
        return self._size

    def search(
        self, utterance: Utterance, matter: Utterance | None = None, matter_share: float = 0.0, limit: int = 10
    ) -> list[Hit]:
        """The best procedures for what a citizen said, best first.

        Args:
            utterance: the whole message.
            matter: the part that names the matter, compared besides.
            matter_share: how much that part counts, 0 to 1.
            limit: most hits returned.
        """
        best = self._best(utterance)
        if matter is not None:
            best = (1.0 - matter_share) * best + matter_share * self._best(matter)
        order = np.argsort(-best, kind="stable")[:limit]
        return [Hit(self._codes[position], float(best[position])) for position in order if best[position] > 0.0]

    def _best(self, utterance: Utterance) -> Numbers:
        """For each procedure the similarity of its best phrase."""
        score = np.zeros(self._size)
        share_sum = 0.0
        for block in self._blocks:
            features = block.extract(utterance)
            if features:
                # Counted also when none of them is known: strange words must not be forgotten because a few letters
                # of theirs are like those of a phrase.
                share_sum += block.share
                score += block.share * _similarity(block, features, self._size)
        return np.maximum.reduceat(score, self._first_phrase) / (share_sum or 1.0)


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
    # A word said twice in one phrase is not meant twice as much.
    matrix.data = np.minimum(matrix.data, 2.0)
    matrix = matrix.multiply(idf[:, None]).tocsc()
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=0)).ravel())
    lengths[lengths == 0.0] = 1.0
    matrix = matrix.multiply(1.0 / lengths[None, :]).tocsr()
    # Each weight is multiplied with the feature's own weight in a message once here, not for every message.
    weights = matrix.data * np.repeat(idf, np.diff(matrix.indptr))
    strongest = float(idf.max()) if len(idf) else 0.0
    return _Block(extract, share, vocabulary, idf, strongest, matrix.indptr.tolist(), matrix.indices, weights)


def _similarity(block: _Block, features: Sequence[str], size: int) -> Numbers:
    """Cosine of the message's features with every phrase.

    Unknown features lengthen the message as a rare word would, by a quarter of its weight: a message about something
    else must not look like a match because of one shared word.
    """
    counts: dict[int, float] = {}
    unknown = 0
    for feature in features:
        row = block.vocabulary.get(feature)
        if row is None:
            unknown += 1
        else:
            counts[row] = min(2.0, counts.get(row, 0.0) + 1.0)
    if not counts:
        return np.zeros(size)
    rows = np.fromiter(counts, dtype=np.int64, count=len(counts))
    values = np.fromiter(counts.values(), dtype=float, count=len(counts)) * block.idf[rows]
    length = math.sqrt(float(values @ values) + 0.25 * unknown * block.strongest * block.strongest)
    # A feature said twice stands twice in the sum.
    said = [row for row, count in counts.items() for _ in range(int(count))]
    found = [slice(block.starts[row], block.starts[row + 1]) for row in said]
    phrases = np.concatenate([block.phrases[part] for part in found])
    weights = np.concatenate([block.weights[part] for part in found])
    return np.bincount(phrases, weights=weights, minlength=size) / length
