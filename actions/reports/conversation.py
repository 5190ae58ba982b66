"""Asks what is wrong and where, reads it back, and keeps it as a ticket when the citizen says so."""

from __future__ import annotations

import secrets
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, MotcuaAction, answer, language_of, turn_meaning
from actions.reports.openings import told_already
from contract.reply import Choice, Reply, ReplyKind
from tickets.numbers import grouped
from tickets.ticket import Draft, TicketKind

LONGEST = 1_000
"""Characters of a report that are kept; an officer calls or comes by for more."""

NO_ANSWER = frozenset(
    {"deny", "goodbye", "talk_to_officer", "delete_my_data", "switch_language", "repeat"}
    | {"event_start", "event_no_input", "event_idle", "event_empty"}
)
"""Intents that are no part of a report; rules say what happens then. Everything else a citizen says belongs to it."""

YES, NO = "1", "2"
_SLOTS = ("report_words", "report_place", "report_sure", "report_key")


class ActionStartReport(MotcuaAction):
    """Begins a report with what the first message already tells."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_start_report"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Forget an earlier report; take the words of this one."""
        answer(dispatcher, self.say(tracker, "report_urgent"))
        told = told_already(_text(tracker))
        return [
            SlotSet("report_words", told[:LONGEST] if told else None),
            SlotSet("report_place", None),
            SlotSet("report_sure", None),
            # One key a report: sent twice, it is still one ticket.
            SlotSet("report_key", secrets.token_hex(16)),
        ]


class ValidateReportForm(MotcuaAction):
    """Reads the answer to the form's question."""

    def name(self) -> str:
        """Name Rasa derives from the form's."""
        return "validate_report_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """The slot asked for; an empty list when the message is no answer, which lets the rules decide."""
        requested = tracker.get_slot("requested_slot")
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        if requested is None:
            return []
        if requested == "report_sure":
            return self._confirmed(tracker, intent)
        if intent in NO_ANSWER:
            return []
        return [SlotSet(requested, _text(tracker)[:LONGEST])]

    def _confirmed(self, tracker: Tracker, intent: str | None) -> Events:
        digits = turn_meaning(tracker).digits
        if intent == "affirm" or digits == YES:
            return [SlotSet("report_sure", True)]
        if intent == "deny" or digits == NO:
            return [SlotSet("report_sure", False)]
        if intent in NO_ANSWER or intent in {"ask_procedure", "check_dossier", "choose_number", "thanks", "greet"}:
            return []
        # Something came to mind while it was read back.
        words = f"{tracker.get_slot('report_words')} {_text(tracker)}"
        return [SlotSet("report_words", words[:LONGEST]), SlotSet("report_sure", None)]


class ActionAskReportWords(MotcuaAction):
    """Asks what is wrong."""

    def name(self) -> str:
        """Name Rasa derives from the slot's."""
        return "action_ask_report_words"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ask."""
        answer(dispatcher, self.say(tracker, "ask_report_words", ReplyKind.ASK_DETAIL))
        return []


class ActionAskReportPlace(MotcuaAction):
    """Asks where."""

    def name(self) -> str:
        """Name Rasa derives from the slot's."""
        return "action_ask_report_place"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ask."""
        answer(dispatcher, self.say(tracker, "ask_report_place", ReplyKind.ASK_DETAIL))
        return []


class ActionAskReportSure(MotcuaAction):
    """Reads the report back."""

    def name(self) -> str:
        """Name Rasa derives from the slot's."""
        return "action_ask_report_sure"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ask whether it may be sent."""
        language, wording = language_of(tracker), self.services.wording
        read_back = wording.text(
            language,
            "ask_report_sure",
            words=_sentence(tracker.get_slot("report_words")),
            place=_sentence(tracker.get_slot("report_place")),
        )
        choices = (
            Choice(key=YES, label=wording.text(language, "report_send")),
            Choice(key=NO, label=wording.text(language, "report_drop")),
        )
        answer(dispatcher, Reply(kind=ReplyKind.ASK_DETAIL, short=read_back, choices=choices, language=language))
        return []


class ActionSendReport(MotcuaAction):
    """Keeps the report as a ticket, or drops it."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_send_report"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Send what was confirmed and tell its number."""
        if tracker.get_slot("report_sure"):
            ticket = self.services.tickets.add(
                Draft(
                    key=f"report:{tracker.get_slot('report_key')}",
                    kind=TicketKind.REPORT,
                    channel=tracker.get_latest_input_channel() or "",
                    words=tracker.get_slot("report_words") or "",
                    place=tracker.get_slot("report_place") or "",
                    origin=self.services.origin,
                )
            )
            answer(dispatcher, self.say(tracker, "report_sent", number=grouped(ticket.number)))
        else:
            answer(dispatcher, self.say(tracker, "report_dropped"))
        return [SlotSet(slot, None) for slot in _SLOTS]


class ActionDropReport(MotcuaAction):
    """The citizen has changed their mind."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_drop_report"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Forget it and say so."""
        answer(dispatcher, self.say(tracker, "report_dropped"))
        return [SlotSet(slot, None) for slot in _SLOTS]


def _text(tracker: Tracker) -> str:
    return str(tracker.latest_message.get("text") or "").strip()


def _sentence(words: str | None) -> str:
    return (words or "").rstrip(" .!?…,;")
