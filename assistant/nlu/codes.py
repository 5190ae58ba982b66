"""Reads dossier codes, procedure codes and spoken or typed digits."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from language.dossier_code import find_dossier_code
from language.numbers import spoken_digits
from language.procedure_code import find_procedure_code

CODES = "codes"
"""Name of the message property: ``{"dossier": ..., "procedure": ..., "digits": ...}``, each a string or None."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class CodeReader(GraphComponent):
    """Puts the codes and digits of a message beside it; works on the raw text, where separators still stand."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CodeReader:
        """Made by Rasa."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Read each message."""
        for message in messages:
            text = message.get(TEXT) or ""
            dossier = find_dossier_code(text)
            message.set(
                CODES,
                {
                    "dossier": dossier.text if dossier else None,
                    "procedure": find_procedure_code(text),
                    "digits": None if dossier else spoken_digits(text),
                },
            )
        return messages
