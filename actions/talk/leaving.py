"""Taking leave, and asking now and then whether it helped: one short question, never twice in a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from zlib import crc32

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, MotcuaAction, answer, language_of, turn_meaning
from catalogue.knowledge_base import topic_of
from contract.carried import read_carried
from contract.reply import Choice, Reply, ReplyKind
from contract.turn import Channel
from contract.wishes import Rate
from understanding.readings.listing import RATING_KEYS, SATISFIED
from understanding.readings.state import RATING_ASKED

UNFIT: Final = frozenset(
    {"complaint_about_bot", "report_problem", "talk_to_officer", "delete_my_data", "opt_out", "start_over"}
)
"""Intents in a conversation after which nobody is asked whether it helped."""
UNFIT_TOPICS: Final = frozenset({"complaints", "swindlers", "help"})
"""Topics of knowledge of which the same holds: bribes, fraud, violence."""
_ALL: Final = 2**32


def drawn(message: str, share: float) -> bool:
    """Whether the question is put after this message: the same for every try of it.

    Args:
        message: id of the message.
        share: of the conversations that come to their end, 0 to 1.
    """
    return crc32(message.encode()) < share * _ALL


class TakingLeave(MotcuaAction):
    """Shared by thanks and goodbye."""

    said = ""
    """Key of the sentence."""

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say it; now and then ask whether it helped."""
        leave = self.say(tracker, self.said)
        if not self._asks(tracker):
            answer(dispatcher, leave)
            return []
        language, wording = language_of(tracker), self.services.wording
        labels = (wording.text(language, "rating_yes"), wording.text(language, "rating_no"))
        choices = tuple(
            Choice(key=key, label=label, wish=Rate(helped=intent == SATISFIED))
            for (key, intent), label in zip(RATING_KEYS.items(), labels, strict=True)
        )
        question = wording.text(language, "rating_asked")
        answer(
            dispatcher,
            leave.model_copy(update={"question": question, "choices": choices}),
        )
        return [SlotSet(RATING_ASKED, True)]

    def _asks(self, tracker: Tracker) -> bool:
        if tracker.get_slot(RATING_ASKED) or tracker.active_loop.get("name"):
            return False
        if not drawn(str(tracker.latest_message.get("message_id") or ""), self.services.rating_share):
            return False
        return was_answered(tracker) and not self._is_unfit(tracker)

    def _is_unfit(self, tracker: Tracker) -> bool:
        said = [event for event in _session(tracker.events) if event["event"] == "user"]
        intents = {((event.get("parse_data") or {}).get("intent") or {}).get("name") for event in said}
        entry = tracker.get_slot("told_entry")
        return (
            bool(intents & UNFIT)
            or (entry is not None and topic_of(entry) in UNFIT_TOPICS)
            or any(self.services.danger_in(event.get("text") or "") is not None for event in said)
        )


class ActionThanks(TakingLeave):
    """Answers thanks."""

    said = "utter_thanks"

    def name(self) -> str:
        """Name in the domain."""
        return "action_thanks"


class ActionGoodbye(TakingLeave):
    """Answers a goodbye; a call ends with it, so nothing is asked there."""

    said = "utter_goodbye"

    def name(self) -> str:
        """Name in the domain."""
        return "action_goodbye"

    def _asks(self, tracker: Tracker) -> bool:
        return tracker.get_latest_input_channel() != Channel.PHONE and super()._asks(tracker)


class ActionRated(MotcuaAction):
    """Thanks for having said whether it helped; where it did not, tells how to reach a person."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_rated"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Say so; :mod:`assistant.turns` counts it."""
        answer(dispatcher, self.say(tracker, "rated_yes" if turn_meaning(tracker).intent == SATISFIED else "rated_no"))
        return []


def was_answered(tracker: Tracker) -> bool:
    """Whether this session has told anything worth asking about."""
    for event in _session(tracker.events):
        custom = (event.get("data") or {}).get("custom") if event["event"] == "bot" else None
        if custom and read_carried(custom, Reply).kind is ReplyKind.ANSWER:
            return True
    return False


def _session(events: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    began = max((place for place, event in enumerate(events) if event["event"] == "session_started"), default=0)
    return events[began:]
