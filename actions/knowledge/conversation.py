"""Answers a question about the service, the desk or the portal from an entry of knowledge."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, MotcuaAction, answer, language_of, turn_meaning
from contract.reply import Reply, ReplyKind, Source


class ActionAnswerKnowledge(MotcuaAction):
    """Tells an entry of knowledge; what was talked of before stays the topic."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_answer_knowledge"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Answer."""
        known = turn_meaning(tracker).knowledge
        entry = self.services.knowledge.get(known) if known is not None else None
        if entry is None:
            # Taken out of the file between understanding and answering.
            answer(dispatcher, self.say(tracker, "utter_unknown", ReplyKind.UNKNOWN))
            return []
        short, details, language = entry.told(language_of(tracker))
        source = None
        if entry.source is not None:
            source = Source(decision=entry.source.title, checked_on=entry.source.checked_on)
        answer(
            dispatcher,
            Reply(kind=ReplyKind.ANSWER, short=short, details=details, source=source, language=language),
        )
        if entry.procedure is None:
            return []
        return [SlotSet("procedure", entry.procedure), SlotSet("offered", None)]
