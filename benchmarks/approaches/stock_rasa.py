"""Rasa's own sparse pipeline: WhitespaceTokenizer, two CountVectorsFeaturizers, LogisticRegressionClassifier.

The real components, trained and asked through Rasa's interfaces; procedures are intents to them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.logistic_regression_classifier import LogisticRegressionClassifier
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import CountVectorsFeaturizer
from rasa.nlu.tokenizers.whitespace_tokenizer import WhitespaceTokenizer
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from benchmarks.approaches.approach import KEPT, Example, Kind, Ranking
from language.normalise import fold, normalise

FEATURIZERS: tuple[dict[str, object], ...] = ({}, {"analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4})
"""The two of the configuration that ``rasa init`` writes: words, and runs of letters."""


class StockRasa:
    """The pipeline on texts as they come, or on texts cleaned by this project.

    Args:
        name: for the table.
        clean: applied to every text, in training too.
    """

    learns_imported = False

    def __init__(self, name: str, clean: Callable[[str], str]) -> None:
        self.name = name
        self._clean = clean
        self._folder = tempfile.TemporaryDirectory(prefix="stock-rasa-")

    def fit(self, examples: Sequence[Example]) -> None:
        """Train each component and store it."""
        kept = [example for example in examples if example.kind is not Kind.IMPORTED]
        messages = [Message({TEXT: self._clean(example.text), INTENT: example.label}) for example in kept]
        data = TrainingData(messages)
        storage = LocalModelStorage.create(Path(self._folder.name))
        self._tokenizer = WhitespaceTokenizer(WhitespaceTokenizer.get_default_config())
        self._tokenizer.process_training_data(data)
        self._featurizers = []
        for number, config in enumerate(FEATURIZERS):
            place = f"featurizer{number}"
            featurizer = CountVectorsFeaturizer(
                {**CountVectorsFeaturizer.get_default_config(), **config},
                storage,
                Resource(place),
                _context(place),
            )
            featurizer.train(data)
            featurizer.process_training_data(data)
            self._featurizers.append(featurizer)
        self._classifier = LogisticRegressionClassifier(
            {"ranking_length": KEPT}, "classifier", storage, Resource("classifier")
        )
        self._classifier.train(data)

    def rank(self, text: str) -> Ranking:
        """Labels by probability."""
        messages = self._tokenizer.process([Message({TEXT: self._clean(text)})])
        for featurizer in self._featurizers:
            messages = featurizer.process(messages)
        ranking = self._classifier.process(messages)[0].get("intent_ranking")
        return [(str(item["name"]), float(item["confidence"])) for item in ranking]

    def bytes_on_disk(self) -> int:
        """What the components wrote into Rasa's model storage."""
        return sum(path.stat().st_size for path in Path(self._folder.name).rglob("*") if path.is_file())


def as_typed() -> StockRasa:
    """Texts as they come."""
    return StockRasa("stock Rasa, text as typed", str)


def on_clean_text() -> StockRasa:
    """Texts normalised and folded by this project first."""
    return StockRasa("stock Rasa, cleaned text", lambda text: fold(normalise(text)))


def _context(node: str) -> ExecutionContext:
    return ExecutionContext(GraphSchema({}), node_name=node)
