"""Reads dossier codes, procedure codes and spoken or typed digits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from language.characters import plain
from language.dossier_code import LocatedCode, locate_dossier_codes
from language.numbers import spoken_digits
from language.procedure_code import find_procedure_code
from understanding.knowledge import in_use

CODES = "codes"
"""Name of the message property: ``{"dossier": ..., "procedure": ..., "digits": ...}``, each a string or None."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class CodeReader(GraphComponent):  # type: ignore[misc]
    """Puts the codes and digits of a message beside it; works on the raw text, where separators still stand."""

    def __init__(self, today: Callable[[], date]) -> None:
        self._today = today

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> CodeReader:
        """Made by Rasa."""
        return cls(in_use().today)

    def process(self, messages: list[Message]) -> list[Message]:
        """Read each message."""
        for message in messages:
            text = plain(message.get(TEXT) or "")
            dossiers = locate_dossier_codes(text, self._today())
            rest = _without(text, dossiers)
            procedure = find_procedure_code(rest)
            message.set(
                CODES,
                {
                    "dossier": dossiers[0].code.text if dossiers else None,
                    "procedure": procedure,
                    "digits": None if procedure else spoken_digits(rest),
                },
            )
        return messages


def _without(text: str, found: list[LocatedCode]) -> str:
    """The text without its dossier codes, whose digits are no answer to a question for digits."""
    for located in reversed(found):
        text = text[: located.start] + " " + text[located.end :]
    return text
