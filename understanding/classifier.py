"""One linear classifier for intents, hand-written procedures and topics of knowledge together.

They compete in one model, so that "xóa đăng ký thường trú" is weighed against "xóa dữ liệu của tôi" directly, and "máy
có nói tiếng Mông không" against "nói tiếng Mông đi".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from language.normalise import fold, normalise
from language.said_in import foreign_words
from understanding.aspects import CUES
from understanding.catalogue_importer import PROCEDURE, TOPIC
from understanding.cues import RESIDUE_SHARE, Cues
from understanding.features import Utterance, counted_features
from understanding.knowledge import in_use
from understanding.linear_model import LinearModel
from understanding.spread import Spreader
from understanding.tokenizer import utterance_of

GUESS = "guess"
"""Name of the message property that carries a :class:`Guess`."""

ASK_PROCEDURE = "ask_procedure"
ASK_KNOWLEDGE = "ask_knowledge"
VARIANT_WEIGHT = 0.3
"""How much a made-up variant counts beside the phrase somebody wrote."""


@dataclass(frozen=True)
class Guess:
    """Probabilities of the linear model."""

    intents: dict[str, float]
    """By intent, of the whole message; ask_procedure holds the sum over all procedures and unnamed questions."""
    procedures: dict[str, float]
    """By code, for hand-written procedures."""
    topics: dict[str, float]
    """By topic of knowledge."""


@dataclass(frozen=True)
class _Layout:
    """Which classes of the model are which intents, procedures and topics of knowledge."""

    intents: tuple[str, ...]
    intent_of_class: npt.NDArray[np.int64]
    codes: tuple[str, ...]
    procedure_classes: npt.NDArray[np.int64]
    topics: tuple[str, ...]
    topic_classes: npt.NDArray[np.int64]

    @classmethod
    def of(cls, classes: Sequence[str]) -> _Layout:
        """Read the names of the classes: an intent, "ask_procedure/<code>" or "ask_knowledge/<topic>"."""
        parts = [name.partition("/") for name in classes]
        intents = tuple(dict.fromkeys(intent for intent, _, _ in parts))
        place = {intent: number for number, intent in enumerate(intents)}
        procedures = [number for number, (intent, _, code) in enumerate(parts) if code and intent == ASK_PROCEDURE]
        topics = [number for number, (intent, _, topic) in enumerate(parts) if topic and intent == ASK_KNOWLEDGE]
        return cls(
            intents,
            np.array([place[intent] for intent, _, _ in parts]),
            tuple(parts[number][2] for number in procedures),
            np.array(procedures, dtype=np.int64),
            tuple(parts[number][2] for number in topics),
            np.array(topics, dtype=np.int64),
        )


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentAndProcedureClassifier(GraphComponent):  # type: ignore[misc]
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
            part = code or message.get(TOPIC)
            label = message.get(INTENT) if part is None else f"{message.get(INTENT)}/{part}"
            phrase = normalise(message.get(TEXT))
            texts = [(phrase, 1.0)]
            if code is not None and foreign_words(phrase) is None:
                # Variants are made with words of the default language.
                texts += [(variant, VARIANT_WEIGHT) for variant in spreader.variants(phrase)]
            if fold(phrase) != phrase:
                # Half of the messages come without diacritics; the copy keeps their words from weighing too little.
                texts.append((fold(phrase), VARIANT_WEIGHT))
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
            utterance = utterance_of(message)
            cues: Cues | None = message.get(CUES)
            message.set(GUESS, self.guess(utterance, cues.matter(utterance) if cues else None))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """No later component learns from this one."""
        return training_data

    def guess(self, utterance: Utterance, matter: Utterance | None = None) -> Guess:
        """Probabilities for one utterance; procedures are also looked for in the matter alone."""
        assert self._model is not None, "the classifier is used before it was trained"
        whole = self._model.probabilities(counted_features(utterance))
        layout = self._layout
        intents = np.bincount(layout.intent_of_class, weights=whole, minlength=len(layout.intents))
        procedures = whole[layout.procedure_classes]
        if matter is not None:
            alone = self._model.probabilities(counted_features(matter))[layout.procedure_classes]
            procedures = procedures + RESIDUE_SHARE * (alone - procedures)
        return Guess(
            dict(zip(layout.intents, intents.tolist(), strict=True)),
            dict(zip(layout.codes, procedures.tolist(), strict=True)),
            dict(zip(layout.topics, whole[layout.topic_classes].tolist(), strict=True)),
        )

    @cached_property
    def _layout(self) -> _Layout:
        assert self._model is not None, "the classifier is used before it was trained"
        return _Layout.of(self._model.classes)


def _read(file: str) -> Any:
    return yaml.safe_load((in_use().nlu_data / file).read_text(encoding="utf-8"))
