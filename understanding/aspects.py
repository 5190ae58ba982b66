"""Reads the aspect a message asks for: papers, fee, time, place, steps ..."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from language.said_in import foreign_words
from understanding.cues import CueReader
from understanding.knowledge import in_use
from understanding.tokenizer import utterance_of

CUES = "cues"
"""Name of the message property that carries :class:`understanding.cues.Cues`."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class AspectReader(GraphComponent):  # type: ignore[misc]
    """Puts the cues of a message beside it."""

    def __init__(self, reader: CueReader) -> None:
        self._reader = reader

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> AspectReader:
        """Made by Rasa."""
        return cls(CueReader.load(in_use().nlu_data))

    def process(self, messages: list[Message]) -> list[Message]:
        """Read each message."""
        for message in messages:
            utterance, foreign = utterance_of(message), foreign_words(message.get(TEXT) or "")
            empty = foreign.empty if foreign is not None else frozenset()
            message.set(CUES, self._reader.read(utterance.folded, utterance.normalised, empty))
        return messages
