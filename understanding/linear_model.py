"""A linear classifier over counted text features: what the intents and the known procedures look like.

Plain numbers on disk (no pickles): a vocabulary as JSON, weights as arrays. Nine of ten weights are nought and left
out: a small box holds 21 MB in place of 102.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

from understanding.postings import Postings

Features = Counter[str]
Numbers = npt.NDArray[Any]

SHARPNESS = 9.4
"""Factor on the margins that makes probabilities honest: smallest log loss on held-out phrases, the same whether the
catalogue had 62 or 238 procedures."""


@dataclass(frozen=True)
class LinearModel:
    """One weight vector a class; probabilities by a softmax over the margins."""

    classes: tuple[str, ...]
    vocabulary: dict[str, int]
    idf: Numbers
    weights: csr_matrix
    """Features x classes, so that one message reads few rows."""
    intercepts: Numbers

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
        vocabulary = {feature: row for row, feature in enumerate(sorted(f for f, n in documents.items() if n > 1))}
        total = len(examples)
        idf = np.array([math.log(1 + total / documents[feature]) for feature in vocabulary])
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
            csr_matrix(machine.coef_.T, dtype=np.float32),
            machine.intercept_.astype(np.float32),
        )

    def probabilities(self, features: Features) -> Numbers:
        """Probability of each class, in the order of ``classes``."""
        rows, values = _row(features, self.vocabulary, self.idf)
        margins = self.intercepts.astype(float)
        if len(rows):
            margins = margins + self._postings.sums(*(((row,), value) for row, value in zip(rows, values, strict=True)))
        return _softmax(margins * SHARPNESS)

    @cached_property
    def _postings(self) -> Postings:
        return Postings(self.weights)

    def save(self, folder: Path) -> None:
        """Write the model into a folder."""
        (folder / "vocabulary.json").write_text(
            json.dumps({"classes": self.classes, "features": list(self.vocabulary)}, ensure_ascii=False)
        )
        np.savez(
            folder / "weights.npz",
            idf=self.idf,
            weights=self.weights.data.astype(np.float16),
            columns=self.weights.indices.astype(np.uint16),
            starts=self.weights.indptr,
            intercepts=self.intercepts,
        )

    @classmethod
    def load(cls, folder: Path) -> LinearModel:
        """Read what :meth:`save` wrote."""
        names = json.loads((folder / "vocabulary.json").read_text())
        with np.load(folder / "weights.npz", allow_pickle=False) as arrays:
            weights = csr_matrix(
                (arrays["weights"].astype(np.float32), arrays["columns"].astype(np.int32), arrays["starts"]),
                shape=(len(names["features"]), len(names["classes"])),
            )
            return cls(
                tuple(names["classes"]),
                {feature: row for row, feature in enumerate(names["features"])},
                arrays["idf"],
                weights,
                arrays["intercepts"],
            )


def _row(features: Features, vocabulary: dict[str, int], idf: Numbers) -> tuple[Numbers, Numbers]:
    """Rows and unit-length tf-idf values of the known features."""
    known = [(vocabulary[name], count) for name, count in features.items() if name in vocabulary]
    if not known:
        return np.empty(0, dtype=np.int32), np.empty(0)
    rows = np.array([row for row, _ in known], dtype=np.int32)
    values = (1.0 + np.log(np.array([count for _, count in known], dtype=float))) * idf[rows]
    return rows, values / np.sqrt(values @ values)


def _matrix(examples: Sequence[Features], vocabulary: dict[str, int], idf: Numbers) -> csr_matrix:
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
