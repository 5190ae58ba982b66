"""Turns the names of Rasa's responses into replies: sentences of the wording store by language and channel."""

from __future__ import annotations

from typing import Any

from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.trackers import DialogueStateTracker

from contract.carried import Carried
from contract.reply import Reply, ReplyKind
from contract.wording import Wording, wording_of
from language import data
from understanding.readings.state import language_in


class RepliesFromWording(NaturalLanguageGenerator):  # type: ignore[misc]
    """Looks a response up in the room ``core`` and wraps it as a :class:`Reply`.

    Args:
        wording: the room; the installation's when None, as for ``motcua rasa shell``.
        _options: what Rasa hands to a generator that ``endpoints.yml`` names.
    """

    def __init__(self, wording: Wording | None = None, **_options: Any) -> None:
        self._wording = wording or wording_of(data.folder()).room("core")

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **values: Any
    ) -> dict[str, Any] | None:
        """The response as a reply of kind notice; None for a name the store does not hold."""
        if utter_action not in self._wording.keys:
            return None
        language = language_in(tracker.current_slot_values())
        text = self._wording.text(language, utter_action, output_channel)
        reply = Reply(kind=ReplyKind.NOTICE, short=text, language=language)
        return {"custom": Carried.of(reply)}
