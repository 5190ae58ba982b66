"""Naive Bayes over the project's own features."""

from __future__ import annotations

from collections.abc import Sequence

from sklearn.feature_extraction import DictVectorizer
from sklearn.naive_bayes import ComplementNB, MultinomialNB

from benchmarks.approaches.approach import KEPT, Example, Kind, Ranking, pickled_bytes
from language.normalise import normalise
from understanding.features import Utterance, counted_features


class NaiveBayes:
    """Counts of each feature by label.

    Args:
        name: for the table.
        machine: not yet fitted.
    """

    learns_imported = False

    def __init__(self, name: str, machine: MultinomialNB | ComplementNB) -> None:
        self.name = name
        self._machine = machine
        self._vectoriser = DictVectorizer()

    def fit(self, examples: Sequence[Example]) -> None:
        """Count."""
        kept = [example for example in examples if example.kind is not Kind.IMPORTED]
        matrix = self._vectoriser.fit_transform(_features(example.text) for example in kept)
        self._machine.fit(matrix, [example.label for example in kept])

    def rank(self, text: str) -> Ranking:
        """Labels by log likelihood."""
        scores = self._machine.predict_log_proba(self._vectoriser.transform([_features(text)]))[0]
        return [(str(self._machine.classes_[place]), float(scores[place])) for place in (-scores).argsort()[:KEPT]]

    def bytes_on_disk(self) -> int:
        """Vectoriser and counts."""
        return pickled_bytes(self._vectoriser, self._machine)


def multinomial() -> NaiveBayes:
    """The usual kind, every label as likely as any other; little smoothing, for phrases are short."""
    return NaiveBayes("naive Bayes, multinomial", MultinomialNB(alpha=0.1, fit_prior=False))


def complement() -> NaiveBayes:
    """The kind that is kinder to labels with few examples."""
    return NaiveBayes("naive Bayes, complement", ComplementNB(alpha=0.1))


def _features(text: str) -> dict[str, int]:
    return counted_features(Utterance.of(normalise(text)))
