"""A linear classifier over counted text features: what the intents and the known procedures look like.

Plain numbers on disk (no pickles): a vocabulary as JSON, weights as arrays. Nine of ten weights are nought and left
out, the others have two bytes each, in memory as on the disk: a small box holds 13 MB in place of 102.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from understanding.vocabulary import Vocabulary

Features = Counter[str]
Numbers = npt.NDArray[Any]

SHARPNESS = 9.4
"""Factor on the margins that makes probabilities honest: smallest log loss on held-out phrases, the same whether the
catalogue had 62 or 238 procedures."""


@dataclass(frozen=True)
class Weights:
    """Features x classes, row by row, so that one message reads few of them."""

    starts: Numbers
    """Where the row of each feature begins, and where the last one ends."""
    columns: Numbers
    """Numbers of classes, of two bytes."""
    values: Numbers
    """Of two bytes."""

    @classmethod
    def of(cls, matrix: csr_matrix) -> Weights:
        """Those of a fitted machine."""
        return cls(matrix.indptr, matrix.indices.astype(np.uint16), matrix.data.astype(np.float16))

    def sums(self, rows: Numbers, factors: Numbers, size: int) -> Numbers:
        """For each class the sum of some rows, each with its factor.

        Args:
            rows: numbers of features.
            factors: one for each of them.
            size: how many classes there are.
        """
        begins = self.starts[rows].astype(np.int64)
        lengths = self.starts[rows + 1] - begins
        ends = np.cumsum(lengths)
        places = np.repeat(begins - ends + lengths, lengths) + np.arange(ends[-1])
        products = self.values[places].astype(float) * np.repeat(factors, lengths)
        sums: Numbers = np.bincount(self.columns[places], products, size)
        return sums


@dataclass(frozen=True)
class LinearModel:
    """One weight vector a class; probabilities by a softmax over the margins."""

    classes: tuple[str, ...]
    vocabulary: Vocabulary
    idf: Numbers
    weights: Weights
    intercepts: Numbers
    features: tuple[str, ...] = field(default=(), repr=False)
    """Known ones, by their number: of a model that was just fitted. One that answers needs none of their texts."""

    @classmethod
    def fit(cls, examples: Sequence[Features], labels: Sequence[str], weights: Sequence[float]) -> LinearModel:
        """Train on counted features.

        Args:
            examples: features of each example.
            labels: class of each example.
            weights: how much each example counts; made-up variants count less than real ones.
        """
        from sklearn.svm import LinearSVC

        documents = Counter(feature for features in examples for feature in features)
        known = tuple(sorted(feature for feature, count in documents.items() if count > 1))
        vocabulary = Vocabulary(known)
        total = len(examples)
        idf = np.array([math.log(1 + total / documents[feature]) for feature in known])
        classes = tuple(sorted(set(labels)))
        number = {name: position for position, name in enumerate(classes)}
        matrix = _matrix(examples, vocabulary, idf)
        target = np.array([number[label] for label in labels])
        # A loose tolerance: tighter ones took twice the time and were no better on held-out phrases.
        machine = LinearSVC(C=1.0, tol=0.1, max_iter=40, random_state=7)
        machine.fit(matrix, target, np.asarray(weights))
        return cls(
            classes,
            vocabulary,
            idf,
            Weights.of(csr_matrix(machine.coef_.T, dtype=np.float32)),
            machine.intercept_.astype(np.float32),
            known,
        )

    def probabilities(self, features: Features) -> Numbers:
        """Probability of each class, in the order of ``classes``."""
        rows, values = _row(features, self.vocabulary, self.idf)
        margins = self.intercepts.astype(float)
        if len(rows):
            margins = margins + self.weights.sums(rows, values, len(margins))
        return _softmax(margins * SHARPNESS)

    def save(self, folder: Path) -> None:
        """Write a model that was just fitted into a folder."""
        (folder / "vocabulary.json").write_text(
            json.dumps({"classes": self.classes, "features": self.features}, ensure_ascii=False)
        )
        np.savez(
            folder / "weights.npz",
            idf=self.idf,
            weights=self.weights.values,
            columns=self.weights.columns,
            starts=self.weights.starts,
            intercepts=self.intercepts,
        )

    @classmethod
    def load(cls, folder: Path) -> LinearModel:
        """Read what :meth:`save` wrote."""
        names = json.loads((folder / "vocabulary.json").read_text())
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            return cls(
                tuple(names["classes"]),
                Vocabulary(names["features"]),
                arrays["idf"],
                Weights(arrays["starts"], arrays["columns"], arrays["weights"]),
                arrays["intercepts"],
            )


def _row(features: Features, vocabulary: Vocabulary, idf: Numbers) -> tuple[Numbers, Numbers]:
    """Rows and unit-length tf-idf values of the known features."""
    numbers = vocabulary.numbers(features)
    known = numbers >= 0
    if not known.any():
        return np.empty(0, dtype=np.int32), np.empty(0)
    rows = numbers[known]
    values = (1.0 + np.log(np.fromiter(features.values(), float)[known])) * idf[rows]
    return rows, values / np.sqrt(values @ values)


def _matrix(examples: Sequence[Features], vocabulary: Vocabulary, idf: Numbers) -> csr_matrix:
    pointers, indices, data = [0], [], []
    for features in examples:
        rows, values = _row(features, vocabulary, idf)
        indices.append(rows)
        data.append(values)
        pointers.append(pointers[-1] + len(rows))
    return csr_matrix((np.concatenate(data), np.concatenate(indices), pointers), shape=(len(examples), len(vocabulary)))


def _softmax(margins: Numbers) -> Numbers:
    shifted = np.exp(margins - margins.max(axis=-1, keepdims=True))
    shares: Numbers = shifted / shifted.sum(axis=-1, keepdims=True)
    return shares
