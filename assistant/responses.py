"""Turns the responses of the domain into replies, in the language of the conversation."""

from __future__ import annotations

from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.trackers import DialogueStateTracker

from contract.carried import Carried
from contract.reply import Reply, ReplyKind


class RepliesFromDomain(TemplatedNaturalLanguageGenerator):  # type: ignore[misc]
    """Rasa's own choice of a response by channel and condition, wrapped as a :class:`Reply`."""

    def __init__(self) -> None:
        super().__init__({})

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **values: Any
    ) -> dict[str, Any] | None:
        """The response as a reply of kind notice."""
        draft: dict[str, Any] | None = await super().generate(utter_action, tracker, output_channel, **values)
        if not draft or not draft.get("text"):
            return draft
        language = tracker.get_slot("language") or "vi"
        reply = Reply(kind=ReplyKind.NOTICE, short=draft["text"], language=language)
        return {"custom": Carried.of(reply)}
