"""Nearest-phrase search over everything people call the procedures.

Rebuilt whenever the catalogue changes, so that an imported procedure is understood at once, without training. Words
weigh by how few procedures use them (inverse document frequency over procedures, not over phrases).
"""

from __future__ import annotations

import math
import operator
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter

import numpy as np
from scipy.sparse import csr_matrix, vstack

from understanding.features import Utterance
from understanding.postings import Numbers, Postings

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
    """One kind of features, and what each weighs in a message."""

    extract: Extract
    share: float
    vocabulary: dict[str, int]
    """Number of each feature among those of all kinds."""
    idf: list[float]
    """The weights of the features of all kinds."""
    strongest: float
    """The weight of this kind's rarest feature."""

    def read(self, features: Sequence[str]) -> tuple[list[int], float]:
        """Which features of a message are known, and its length: the root of its squared weights.

        Unknown features lengthen the message as a rare word would, by a quarter of its weight: a message about
        something else must not look like a match because of one shared word.
        """
        known = [row for row in map(self.vocabulary.get, features) if row is not None]
        unknown = len(features) - len(known)
        once = dict.fromkeys(known)
        # A word said oftener is not meant more than twice as much.
        twice = [row for row, count in Counter(known).items() if count > 1] if len(once) < len(known) else []
        squared = _squared(self.idf, once) + 3.0 * _squared(self.idf, twice)
        return [*once, *twice], math.sqrt(squared + 0.25 * unknown * self.strongest * self.strongest)


def _squared(weights: Sequence[float], rows: Iterable[int]) -> float:
    found = [weights[row] for row in rows]
    squared: float = sum(map(operator.mul, found, found))
    return squared


def _words_with_diacritics(utterance: Utterance) -> list[str]:
    return utterance.words_with_diacritics if utterance.has_diacritics else []


BLOCKS: tuple[tuple[Extract, float], ...] = (
    (attrgetter("words"), 0.5),
    (attrgetter("letters"), 0.3),
    (_words_with_diacritics, 0.2),
)
"""What is compared and with which share; chosen on the development set."""

PRECISION = np.float32
"""Of the weights: single precision has half the memory and is exact to a millionth, far below any lead that decides."""


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
        self._place = number
        self._first_phrase = np.array([codes.index(code) for code in self._codes])
        self._size = len(ordered)
        self._blocks: list[_Block] = []
        idf: list[float] = []
        weights: list[csr_matrix] = []
        for extract, share in BLOCKS:
            block, matrix = _build(ordered, extract, share, number, idf)
            self._blocks.append(block)
            weights.append(matrix)
        self._postings = Postings(vstack(weights, format="csr", dtype=PRECISION))

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
        order = first(best, limit)
        scores = zip(order.tolist(), best[order].tolist(), strict=True)
        return [Hit(self._codes[position], score) for position, score in scores if score > 0.0]

    def similarities(self, utterance: Utterance, codes: Iterable[str]) -> dict[str, float]:
        """The similarity of the nearest phrase of each code, 0 to 1."""
        best = self._best(utterance)
        return {code: float(best[self._place[code]]) for code in codes}

    def _best(self, utterance: Utterance) -> Numbers:
        """For each procedure the similarity of its best phrase: the cosine of the features, kind by kind."""
        groups: list[tuple[list[int], float]] = []
        share_sum = 0.0
        for block in self._blocks:
            features = block.extract(utterance)
            if features:
                # Counted also when none of them is known: strange words must not be forgotten because a few letters
                # of theirs are like those of a phrase.
                share_sum += block.share
                known, length = block.read(features)
                if known:
                    groups.append((known, block.share / length))
        return np.maximum.reduceat(self._postings.sums(*groups), self._first_phrase) / (share_sum or 1.0)


def first(values: Numbers, limit: int) -> Numbers:
    """The places of the highest values, highest first and of equal ones the earlier first."""
    if limit < len(values):
        # Nearly all are far below; ordering them was a third of a search.
        least = np.partition(values, len(values) - limit)[len(values) - limit]
        places: Numbers = np.flatnonzero(values >= least)
    else:
        places = np.arange(len(values))
    ordered: Numbers = places[np.argsort(-values[places], kind="stable")[:limit]]
    return ordered


def _build(
    phrases: Sequence[Phrase], extract: Extract, share: float, number: dict[str, int], idf_of_all: list[float]
) -> tuple[_Block, csr_matrix]:
    """The phrases by one kind of features, whose weights are added to those of the kinds before."""
    vocabulary: dict[str, int] = {}
    users: defaultdict[int, set[int]] = defaultdict(set)
    rows, columns = array("i"), array("i")
    for column, phrase in enumerate(phrases):
        for feature in extract(phrase.text):
            row = vocabulary.setdefault(feature, len(vocabulary))
            users[row].add(number[phrase.code])
            rows.append(row)
            columns.append(column)
        phrase.text.let_go()
    total = max(1, len(number))
    idf = np.array([math.log(1.0 + total / len(users[row])) for row in range(len(vocabulary))])
    matrix = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(vocabulary), len(phrases)))
    # A word said twice in one phrase is not meant twice as much.
    matrix.data = np.minimum(matrix.data, 2.0)
    matrix = matrix.multiply(idf[:, None]).tocsc()
    lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=0)).ravel())
    lengths[lengths == 0.0] = 1.0
    matrix = matrix.multiply(1.0 / lengths[None, :]).tocsr()
    # Each weight is multiplied with the feature's own weight in a message once here, not for every message.
    matrix.data = matrix.data * np.repeat(idf, np.diff(matrix.indptr))
    numbers = {feature: len(idf_of_all) + row for feature, row in vocabulary.items()}
    idf_of_all += idf.tolist()
    return _Block(extract, share, numbers, idf_of_all, max(idf, default=0.0)), matrix
