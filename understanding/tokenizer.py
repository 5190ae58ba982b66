"""First step of the pipeline: one clean spelling, cut into syllables."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from language.normalise import normalise
from understanding.corrections import matter_of
from understanding.features import Utterance
from understanding.knowledge import in_use
from understanding.readings.openings import Opened, Openings

UTTERANCE = "utterance"
"""Name of the message property that carries the :class:`Utterance`."""
OPENED = "opened"
"""Name of the message property that carries what was cut off before the matter."""


def utterance_of(message: Message) -> Utterance:
    """The normalised text of a message, of a correction only its matter; made once and kept on the message."""
    known: Utterance | None = message.get(UTTERANCE)
    if known is None:
        # A message that never passed the tokenizer, as in training: its whole text.
        known = Utterance.of(normalise(message.get(TEXT) or ""))
        message.set(UTTERANCE, known)
    return known


def opened_of(message: Message) -> Opened:
    """What came before the matter of a message: yes, no, thanks, a greeting."""
    known: Opened | None = message.get(OPENED)
    return known if known is not None else Opened(utterance_of(message).normalised)


def read_opening(message: Message, openings: Openings) -> None:
    """Put the matter of a message and what came before it beside the message."""
    raw = message.get(TEXT) or ""
    said = normalise(raw)
    corrected = matter_of(said)
    opened = openings.cut(raw, said)
    if corrected is not None:
        opened = Opened(corrected, opened.openings | {"deny"})
    message.set(UTTERANCE, Utterance.of(opened.matter))
    message.set(OPENED, opened)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class VietnameseTokenizer(Tokenizer):  # type: ignore[misc]
    """Normalises a message and splits it into syllables.

    Vietnamese puts spaces between syllables, not words; pairs of syllables are left to the features.
    """

    def __init__(self, config: dict[str, Any], openings: Openings | None = None) -> None:
        super().__init__(config)
        self._openings = openings

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> VietnameseTokenizer:
        """Made by Rasa."""
        return cls(config, in_use().reading.openings)

    def process(self, messages: list[Message]) -> list[Message]:
        """Find the matter of each message, then its syllables."""
        for message in messages:
            if self._openings is not None:
                read_opening(message, self._openings)
        processed: list[Message] = super().process(messages)
        return processed

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's tokenizer options, unused here but expected by its base class."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The syllables of the normalised text, with their places in it."""
        text = utterance_of(message).normalised if attribute == TEXT else message.get(attribute) or ""
        tokens: list[Token] = self._convert_words_to_tokens(text.split(), text)
        return tokens
