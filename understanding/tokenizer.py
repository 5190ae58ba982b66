"""First step of the pipeline: one clean spelling, cut into syllables."""

from __future__ import annotations

from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from language.normalise import normalise
from understanding.corrections import matter_of
from understanding.features import Utterance

UTTERANCE = "utterance"
"""Name of the message property that carries the :class:`Utterance`."""


def utterance_of(message: Message) -> Utterance:
    """The normalised text of a message, of a correction only its matter; made once and kept on the message."""
    known: Utterance | None = message.get(UTTERANCE)
    if known is None:
        said = normalise(message.get(TEXT) or "")
        known = Utterance.of(matter_of(said) or said)
        message.set(UTTERANCE, known)
    return known


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class VietnameseTokenizer(Tokenizer):  # type: ignore[misc]
    """Normalises a message and splits it into syllables.

    Vietnamese puts spaces between syllables, not words; pairs of syllables are left to the features.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Rasa's tokenizer options, unused here but expected by its base class."""
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None}

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        """The syllables of the normalised text, with their places in it."""
        text = utterance_of(message).normalised if attribute == TEXT else message.get(attribute) or ""
        tokens: list[Token] = self._convert_words_to_tokens(text.split(), text)
        return tokens
