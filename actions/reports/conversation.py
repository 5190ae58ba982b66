"""Asks what is wrong and where, reads it back, and keeps it as a ticket when the citizen says so."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, MotcuaAction, answer, language_of, turn_meaning
from actions.reports.openings import place_told, told_already
from contract.aspects import Aspect
from contract.meaning import Meaning
from contract.reply import Choice, Detail, Reply, ReplyKind
from contract.turn import sender_of
from contract.wishes import LONGEST_REPORT, Report
from language import data
from language.communes.naming import Place, has_hamlet, named
from tickets.numbers import grouped
from tickets.ticket import Draft, TicketKind
from understanding.readings.guards import leaves_out

NO_ANSWER = frozenset(
    {"deny", "goodbye", "talk_to_officer", "delete_my_data", "switch_language", "repeat"}
    | {"event_start", "event_no_input", "event_idle", "event_empty"}
)
"""Intents that are no part of a report; rules say what happens then. Everything else a citizen says belongs to it."""

EMPTY_ANSWERS = frozenset({"affirm", "thanks", "greet"})
"""Intents that say yes or something kind, and nothing of what is wrong or where."""
ASKING = frozenset({"ask_procedure", "ask_knowledge", "ask_about_dossier"})
SURE_OF_A_QUESTION = 0.8
"""Confidence from which a message in the middle of a report is a question, where it also asks for something."""

YES, NO = "1", "2"
DROPPED = "dropped_report"
"""Slot with what was told of a report that was not sent."""
_TOLD = ("report_words", "report_place")
_SLOTS = ("report_words", "report_place", "report_sure", "report_key")


def read_back_keys(slots: Mapping[str, Any]) -> frozenset[str]:
    """The keys offered while a report that was read back waits to be sent."""
    return frozenset({YES, NO}) if slots.get("requested_slot") == "report_sure" else frozenset()


def asks_something(meaning: Meaning) -> bool:
    """Whether a message in the middle of a report is plainly a question, to be answered first."""
    if meaning.intent not in ASKING or meaning.confidence < SURE_OF_A_QUESTION:
        return False
    plain_side = meaning.aspect is not None and meaning.aspect != Aspect.OVERVIEW
    return meaning.intent != "ask_procedure" or meaning.question is not None or plain_side


class ActionStartReport(MotcuaAction):
    """Begins a report with what the first message already tells."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_start_report"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Forget an earlier report; take the words of this one."""
        answer(dispatcher, self.say(tracker, "report_urgent"))
        wish = turn_meaning(tracker).wish
        if isinstance(wish, Report):
            return _begun(wish.words, wish.place)
        words = told_already(_text(tracker))
        return _begun(words, place_told(words) if words is not None else None)


class ValidateReportForm(MotcuaAction):
    """Reads the answer to the form's question."""

    def name(self) -> str:
        """Name Rasa derives from the form's."""
        return "validate_report_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """The slot asked for; an empty list when the message is no answer, which lets the rules decide."""
        requested = tracker.get_slot("requested_slot")
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        wish = turn_meaning(tracker).wish
        if requested is None:
            return []
        if isinstance(wish, Report):
            return _begun(wish.words, wish.place)
        if requested == "report_sure":
            split = split_commune(self, tracker)
            return self._confirmed(tracker, intent) if split is None else self._hamlet_told(tracker, intent)
        # A button is no description of anything.
        if intent in NO_ANSWER or wish is not None or asks_something(turn_meaning(tracker)):
            return []
        if intent in EMPTY_ANSWERS:
            # "Có" is no place and tells nothing; it is asked again.
            return [SlotSet(requested, None)]
        if requested == "report_place" and leaves_out(_text(tracker), data.folder()):
            # Where it is may be unknown to who tells of it; officers ask, or know.
            return [SlotSet(requested, self.services.wording.text(language_of(tracker), "report_place_unknown"))]
        if requested == "report_words":
            return [SlotSet(requested, _text(tracker)[:LONGEST_REPORT]), *_place_in(tracker)]
        return [SlotSet(requested, _text(tracker)[:LONGEST_REPORT])]

    def _hamlet_told(self, tracker: Tracker, intent: str | None) -> Events:
        """The hamlet in a commune that was split, before the place."""
        if intent == "deny":
            return [SlotSet("report_sure", False)]
        if intent in NO_ANSWER or turn_meaning(tracker).wish is not None or asks_something(turn_meaning(tracker)):
            return []
        told, say = _sentence(_text(tracker)), self.services.wording.text
        if leaves_out(_text(tracker), data.folder()) or intent in EMPTY_ANSWERS:
            told = say(language_of(tracker), "report_hamlet_unknown")
        elif not has_hamlet(told):
            # "Đoài", "2": asked for a hamlet, people leave the word out.
            told = say(language_of(tracker), "report_hamlet", name=told)
        place = f"{told}, {tracker.get_slot('report_place')}"
        return [SlotSet("report_place", place[:LONGEST_REPORT]), SlotSet("report_sure", None)]

    def _confirmed(self, tracker: Tracker, intent: str | None) -> Events:
        meaning = turn_meaning(tracker)
        digits = meaning.digits
        if intent == "affirm" or digits == YES:
            return [SlotSet("report_sure", True)]
        if intent == "deny" or digits == NO:
            return [SlotSet("report_sure", False)]
        if meaning.wish is not None:
            return []
        no_part = NO_ANSWER | {"ask_procedure", "check_dossier", "choose_number", "thanks", "greet"}
        if intent in no_part or asks_something(meaning):
            return []
        # Something came to mind while it was read back.
        words = f"{tracker.get_slot('report_words')} {_text(tracker)}"
        return [SlotSet("report_words", words[:LONGEST_REPORT]), SlotSet("report_sure", None)]


class ActionAskReportWords(MotcuaAction):
    """Asks what is wrong."""

    def name(self) -> str:
        """Name Rasa derives from the slot's."""
        return "action_ask_report_words"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ask."""
        answer(dispatcher, self.say(tracker, "ask_report_words", ReplyKind.ASK_DETAIL, asks=Detail.WORDS))
        return []


class ActionAskReportPlace(MotcuaAction):
    """Asks where."""

    def name(self) -> str:
        """Name Rasa derives from the slot's."""
        return "action_ask_report_place"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ask."""
        answer(dispatcher, self.say(tracker, "ask_report_place", ReplyKind.ASK_DETAIL, asks=Detail.WORDS))
        return []


class ActionAskReportSure(MotcuaAction):
    """Reads the report back."""

    def name(self) -> str:
        """Name Rasa derives from the slot's."""
        return "action_ask_report_sure"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ask whether it may be sent; first for the hamlet, where the commune named lies in several now."""
        if (split := split_commune(self, tracker)) is not None:
            kind = ReplyKind.ASK_DETAIL
            answer(dispatcher, self.say(tracker, "ask_report_hamlet", kind, asks=Detail.WORDS, place=split.name))
            return []
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
                    person=sender_of(tracker.sender_id),
                )
            )
            answer(dispatcher, self.say(tracker, "report_sent", number=grouped(ticket.number)))
        else:
            return dropped(self, dispatcher, tracker)
        return [SlotSet(slot, None) for slot in _SLOTS]


class ActionDropReport(MotcuaAction):
    """The citizen has changed their mind."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_drop_report"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Put it aside and say so."""
        return dropped(self, dispatcher, tracker)


def dropped(action: MotcuaAction, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
    """The report is not sent. What was told of it stays until the conversation ends, so that this can be undone."""
    told = {slot: tracker.get_slot(slot) for slot in _TOLD}
    answer(dispatcher, action.say(tracker, "report_dropped_undo" if told["report_words"] else "report_dropped"))
    return [*(SlotSet(slot, None) for slot in _SLOTS), SlotSet(DROPPED, told if told["report_words"] else None)]


def split_commune(action: MotcuaAction, tracker: Tracker) -> Place | None:
    """The former commune a report names, where it lies in several communes now and no hamlet tells in which."""
    place = tracker.get_slot("report_place") or ""
    found = named(place, action.services.tickets.province)
    return found if found is not None and found.is_split and not has_hamlet(place) else None


def taken_up_again(tracker: Tracker) -> Events:
    """The report that was dropped, as it was; empty when none was."""
    told = tracker.get_slot(DROPPED)
    if not told:
        return []
    return [*_begun(told["report_words"], told["report_place"]), SlotSet(DROPPED, None)]


def _begun(words: str | None, place: str | None) -> Events:
    """A new report, with what is told of it already."""
    return [
        SlotSet("report_words", words[:LONGEST_REPORT] if words else None),
        SlotSet("report_place", place),
        SlotSet("report_sure", None),
        # One key a report: sent twice, it is still one ticket.
        SlotSet("report_key", secrets.token_hex(16)),
    ]


def _place_in(tracker: Tracker) -> Events:
    """The place told in the same breath as what is wrong, where none is known yet."""
    place = place_told(_text(tracker)) if tracker.get_slot("report_place") is None else None
    return [SlotSet("report_place", place)] if place is not None else []


def _text(tracker: Tracker) -> str:
    return str(tracker.latest_message.get("text") or "").strip()


def _sentence(words: str | None) -> str:
    return (words or "").rstrip(" .!?…,;")
