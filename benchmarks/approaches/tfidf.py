"""Nearest text by TF-IDF, the plain way: scikit-learn's vectoriser and the cosine."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.feature_extraction.text import TfidfVectorizer

from benchmarks.approaches.approach import KEPT, Example, Kind, Ranking, best_of, pickled_bytes
from language.normalise import fold, normalise

NEAREST = 20 * KEPT
"""Texts looked at, so that many texts of one procedure leave room for others."""


class NearestText:
    """The label of the most similar text, on folded, normalised texts.

    Args:
        name: for the table.
        kinds: which examples are learnt.
        vectoriser: not yet fitted.
    """

    learns_imported = True

    def __init__(self, name: str, kinds: frozenset[Kind], vectoriser: TfidfVectorizer) -> None:
        self.name = name
        self._kinds = kinds
        self._vectoriser = vectoriser

    def fit(self, examples: Sequence[Example]) -> None:
        """Weigh the features and keep every text as a vector."""
        kept = [example for example in examples if example.kind in self._kinds]
        self._labels = [example.label for example in kept]
        self._texts = self._vectoriser.fit_transform(_clean(example.text) for example in kept).T.tocsr()

    def rank(self, text: str) -> Ranking:
        """Labels by their most similar text."""
        similar = (self._vectoriser.transform([_clean(text)]) @ self._texts).tocoo()
        nearest = similar.data.argsort()[::-1][:NEAREST]
        return best_of((self._labels[similar.col[place]], float(similar.data[place])) for place in nearest)

    def bytes_on_disk(self) -> int:
        """Vectoriser and vectors."""
        return pickled_bytes(self._vectoriser, self._texts, self._labels)


def nearest_official_name() -> NearestText:
    """Words, official and short names only; intents by their examples, for they have no names."""
    kinds = frozenset({Kind.INTENT, Kind.NAME, Kind.IMPORTED})
    return NearestText("words, nearest name", kinds, TfidfVectorizer(token_pattern=r"\S+"))


def nearest_phrase_by_words() -> NearestText:
    """Words, every name and phrase."""
    return NearestText("words, nearest phrase", frozenset(Kind), TfidfVectorizer(token_pattern=r"\S+"))


def nearest_phrase_by_letters() -> NearestText:
    """Runs of two to four letters inside words, every name and phrase."""
    vectoriser = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
    return NearestText("letters, nearest phrase", frozenset(Kind), vectoriser)


def _clean(text: str) -> str:
    return fold(normalise(text))
