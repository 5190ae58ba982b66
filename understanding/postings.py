"""Weights of features in what holds them, feature by feature: a message reads those of its own and no others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import _sparsetools, csr_matrix

Numbers = npt.NDArray[Any]


class Postings:
    """An inverted index: for each feature the columns (phrases, entries) that have it, with their weights.

    Args:
        weights: features x columns; sums have their precision, and their memory is shared where it can be.
    """

    def __init__(self, weights: csr_matrix) -> None:
        self._size: int = weights.shape[1]
        self._starts: Numbers = weights.indptr.astype(np.int32, copy=False)
        self._columns: Numbers = weights.indices.astype(np.int32, copy=False)
        self._weights: Numbers = weights.data

    def sums(self, *groups: tuple[Sequence[int], float]) -> Numbers:
        """For each column the sum of what it has of some features.

        Args:
            groups: numbers of features, and a factor for all of them; one that is named twice counts twice.
        """
        named = sorted([(feature, factor) for features, factor in groups for feature in features], reverse=True)
        sums = np.zeros(self._size, self._weights.dtype)
        if not named:
            return sums
        features = np.array([feature for feature, _ in named])
        # scipy's loop takes what lies between each bound and the next for one column. From the last feature to the
        # first, what lies between two features ends before it begins: nothing is copied, and nothing read but what
        # was asked for.
        bounds = np.empty(2 * len(named), np.int32)
        bounds[0::2], bounds[1::2] = self._starts[features], self._starts[features + 1]
        factors = np.zeros(len(bounds) - 1, self._weights.dtype)
        factors[0::2] = [factor for _, factor in named]
        _sparsetools.csc_matvec(self._size, len(factors), bounds, self._columns, self._weights, factors, sums)
        return sums
