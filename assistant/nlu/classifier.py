"""One linear classifier for intents and hand-written procedures together.

They compete in one model, so that "xóa đăng ký thường trú" is weighed against "xóa dữ liệu của tôi" directly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.nlu.catalogue_importer import PROCEDURE
from assistant.nlu.features import Utterance, counted_features
from assistant.nlu.linear_model import LinearModel
from assistant.nlu.spread import Spreader
from assistant.nlu.tokenizer import utterance_of
from assistant.settings import NLU_DATA
from language.normalise import normalise

GUESS = "guess"
"""Name of the message property that carries a :class:`Guess`."""

ASK_PROCEDURE = "ask_procedure"
VARIANT_WEIGHT = 0.3
"""How much a made-up variant counts beside the phrase somebody wrote."""


@dataclass(frozen=True)
class Guess:
    """Probabilities of the linear model; together they sum to one."""

    intents: dict[str, float]
    """By intent; ask_procedure holds the sum over all procedures and unnamed questions."""
    procedures: dict[str, float]
    """By code, for hand-written procedures."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentAndProcedureClassifier(GraphComponent):
    """Trains and runs the :class:`LinearModel`."""

    def __init__(self, model_storage: ModelStorage, resource: Resource, model: LinearModel | None = None) -> None:
        self._model_storage = model_storage
        self._resource = resource
        self._model = model

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentAndProcedureClassifier:
        """Made by Rasa before training."""
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Learn from the examples and from variants of the procedures' phrases."""
        spreader = Spreader(_read("fillers.yml")["fillers"], _read("aspects.yml"))
        examples, labels, weights = [], [], []
        for message in training_data.intent_examples:
            code = message.get(PROCEDURE)
            label = message.get(INTENT) if code is None else f"{ASK_PROCEDURE}/{code}"
            phrase = normalise(message.get(TEXT))
            texts = [(phrase, 1.0)]
            if code is not None:
                texts += [(variant, VARIANT_WEIGHT) for variant in spreader.variants(phrase)]
            for text, weight in texts:
                examples.append(counted_features(Utterance.of(text)))
                labels.append(label)
                weights.append(weight)
        for cue in spreader.cues:
            # A cue alone is a question about what was talked of before: "còn lệ phí?".
            examples.append(counted_features(Utterance.of(cue)))
            labels.append(ASK_PROCEDURE)
            weights.append(VARIANT_WEIGHT)
        self._model = LinearModel.fit(examples, labels, weights)
        with self._model_storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **named: Any,
    ) -> IntentAndProcedureClassifier:
        """Made by Rasa with what training stored."""
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, LinearModel.load(folder))

    def process(self, messages: list[Message]) -> list[Message]:
        """Put a guess beside each message."""
        for message in messages:
            message.set(GUESS, self.guess(utterance_of(message)))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """No later component learns from this one."""
        return training_data

    def guess(self, utterance: Utterance) -> Guess:
        """Probabilities for one utterance."""
        assert self._model is not None, "the classifier is used before it was trained"
        intents: dict[str, float] = {}
        procedures: dict[str, float] = {}
        for name, probability in zip(
            self._model.classes, self._model.probabilities(counted_features(utterance)).tolist(), strict=True
        ):
            intent, _, code = name.partition("/")
            intents[intent] = intents.get(intent, 0.0) + probability
            if code:
                procedures[code] = probability
        return Guess(intents, procedures)


def _read(file: str) -> Any:
    return yaml.safe_load((NLU_DATA / file).read_text(encoding="utf-8"))
