"""Weights of features in what holds them, feature by feature: a message reads those of its own and no others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

Numbers = npt.NDArray[Any]


class Postings:
    """An inverted index: for each feature the columns (phrases, entries) that have it, with their weights.

    Args:
        weights: features x columns.
    """

    def __init__(self, weights: csr_matrix) -> None:
        self._size: int = weights.shape[1]
        self._starts: list[int] = weights.indptr.tolist()
        # As numpy counts with them; it would convert others in every search.
        self._columns: Numbers = weights.indices.astype(np.intp)
        self._weights: Numbers = weights.data.astype(float)

    def sums(self, *groups: tuple[Sequence[int], float]) -> Numbers:
        """For each column the sum of what it has of some features.

        Args:
            groups: numbers of features, and a factor for all of them; one that is named twice counts twice.
        """
        starts = self._starts
        parts = [slice(starts[feature], starts[feature + 1]) for features, _ in groups for feature in features]
        if not parts:
            return np.zeros(self._size)
        columns = np.concatenate([self._columns[part] for part in parts])
        weights = np.concatenate([self._weights[part] for part in parts])
        begin = 0
        for features, factor in groups:
            # numpy's own repeat takes longer than all the rest.
            end = begin + sum(starts[feature + 1] - starts[feature] for feature in features)
            weights[begin:end] *= factor
            begin = end
        return np.bincount(columns, weights=weights, minlength=self._size)
