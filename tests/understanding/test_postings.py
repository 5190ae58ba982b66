"""Sums over an inverted index are those of the matrix it was made from."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from understanding.postings import Postings

WEIGHTS = np.array([[1.0, 0.0, 2.0], [0.0, 0.0, 0.0], [0.5, 4.0, 0.0]])


@pytest.mark.parametrize("groups", [[], [([0, 2], 1.0)], [([2, 2], 0.5), ([0], 3.0)], [([1], 2.0), ([], 1.0)]])
def test_each_column_gets_its_weights(groups: list[tuple[list[int], float]]) -> None:
    expected = sum((factor * WEIGHTS[rows].sum(axis=0) for rows, factor in groups), np.zeros(3))
    assert Postings(csr_matrix(WEIGHTS)).sums(*groups).tolist() == expected.tolist()
