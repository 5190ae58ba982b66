"""Numbers of many thousand features in little memory: by the hash of each, not by the text."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt


class Vocabulary:
    """Which features are known, and the number of each: its place in what it was made from.

    Seventy thousand texts and a dictionary of them take 10 MB, their hashes 1 MB. A feature that is not known is taken
    for one that is once in 10^14 times: hashes have 64 bits.

    Args:
        features: each once.
    """

    def __init__(self, features: Iterable[str]) -> None:
        hashes = np.fromiter(map(hash, features), np.int64)
        self._numbers: npt.NDArray[np.int32] = np.argsort(hashes, kind="stable").astype(np.int32)
        self._hashes: npt.NDArray[np.int64] = hashes[self._numbers]

    def __len__(self) -> int:
        return len(self._hashes)

    def numbers(self, features: Iterable[str]) -> npt.NDArray[np.int32]:
        """The number of each feature in their order; -1 for one that is not known."""
        wanted = np.fromiter(map(hash, features), np.int64)
        if not len(self._hashes):
            return np.full(len(wanted), -1, np.int32)
        places = np.minimum(np.searchsorted(self._hashes, wanted), len(self._hashes) - 1)
        return np.where(self._hashes[places] == wanted, self._numbers[places], np.int32(-1))
