"""Asks for a dossier's code and four digits, looks it up and tells the status.

The look-up itself is :mod:`actions.dossiers.service`; here is only what a conversation needs.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, MotcuaAction, answer, language_of, replies_of_this_turn, turn_meaning
from actions.dossiers.service import Found, NotFoundOrMismatch, Unavailable
from contract.meaning import Meaning
from contract.reply import ReplyKind

INTERRUPTING = frozenset(
    {
        "ask_procedure",
        "help",
        "talk_to_officer",
        "goodbye",
        "deny",
        "delete_my_data",
        "greet",
        "thanks",
        "switch_language",
        "complaint_about_bot",
        "report_problem",
        "change_topic_back",
        "opt_out",
        "opt_in",
        "event_no_input",
        "event_idle",
        "event_empty",
    }
)
"""Intents that are no answer to the form's question; rules say what happens then."""

KEYED_CODE = range(13, 25)
"""How many digits a dossier code has on a telephone's keys; phone and identity numbers have twelve at most."""


def last_four(meaning: Meaning) -> str | None:
    """The second factor in a message: four digits, or the end of a whole phone or identity number."""
    digits = meaning.digits or ""
    return digits[-4:] if len(digits) == 4 or len(digits) in (9, 10, 11, 12) else None


class ActionStartDossier(MotcuaAction):
    """Takes what the first message already holds, so that nothing is asked twice."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_start_dossier"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Fill the form's slots from the message."""
        meaning = turn_meaning(tracker)
        events = [SlotSet("topic", "dossier"), SlotSet("offered", None)]
        if meaning.dossier_code is not None:
            events.append(SlotSet("dossier_code", meaning.dossier_code))
            if meaning.dossier_code != tracker.get_slot("dossier_code"):
                events.append(SlotSet("last4", last_four(meaning)))
        return events


class ValidateDossierForm(MotcuaAction):
    """Reads the answer to the form's question."""

    def name(self) -> str:
        """Name Rasa derives from the form's."""
        return "validate_dossier_form"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Slots found in the message; an empty list when it is not an answer, which lets the rules decide."""
        meaning = turn_meaning(tracker)
        requested = tracker.get_slot("requested_slot")
        events: Events = []
        if meaning.dossier_code is not None and meaning.dossier_code != tracker.get_slot("dossier_code"):
            events.append(SlotSet("dossier_code", meaning.dossier_code))
        if requested is None:
            return events
        four = last_four(meaning)
        if requested == "last4" and four is not None:
            events.append(SlotSet("last4", four))
        if requested == "dossier_code" and not events and len(meaning.digits or "") in KEYED_CODE:
            events.append(SlotSet("dossier_code", meaning.digits))
        if events or _intent(tracker) in INTERRUPTING:
            return events
        # Who sends no digit at all did not mistype: "không nhớ mã" needs to know where it stands.
        tried = any(sign.isdigit() for sign in tracker.latest_message.get("text") or "") or meaning.digits
        key = f"not_a_{requested}" if tried else f"help_{requested}"
        answer(dispatcher, self.say(tracker, key, ReplyKind.ASK_DETAIL))
        return [SlotSet(requested, None)]


class ActionAskDossierCode(MotcuaAction):
    """Asks for the code."""

    def name(self) -> str:
        """Name Rasa derives from the slot's."""
        return "action_ask_dossier_code"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ask, unless this turn has just said why the answer did not do."""
        if not _already_asked(tracker):
            answer(dispatcher, self.say(tracker, "ask_dossier_code", ReplyKind.ASK_DETAIL))
        return []


class ActionAskLast4(MotcuaAction):
    """Asks for the last four digits of the phone or identity number."""

    def name(self) -> str:
        """Name Rasa derives from the slot's."""
        return "action_ask_last4"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Ask, unless this turn has just said why the answer did not do."""
        if not _already_asked(tracker):
            answer(dispatcher, self.say(tracker, "ask_last4", ReplyKind.ASK_DETAIL))
        return []


class ActionDossierHelp(MotcuaAction):
    """Says where the code and the digits are found."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_dossier_help"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Explain what is asked for."""
        requested = tracker.get_slot("requested_slot") or "dossier_code"
        answer(dispatcher, self.say(tracker, f"help_{requested}", ReplyKind.ASK_DETAIL))
        return []


class DossierAction(MotcuaAction):
    """Shared by the actions that look a dossier up."""

    def tell_status(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Answer; keep code and digits only when they are still needed."""
        code, last4 = tracker.get_slot("dossier_code"), tracker.get_slot("last4")
        if code is None or last4 is None:
            return [FollowupAction("dossier_form")]
        outcome = self.services.dossiers.look_up(code, last4, tracker.sender_id)
        answer(dispatcher, self.services.dossier_wording.reply(outcome, language_of(tracker)))
        match outcome:
            case Unavailable():
                # Kept, sealed, so that after the outage nothing is asked twice.
                return []
            case NotFoundOrMismatch():
                return [SlotSet("last4", None), FollowupAction("dossier_form")]
            case Found(view):
                forget = [SlotSet("dossier_code", None), SlotSet("last4", None)]
                return [*forget, SlotSet("topic", None), SlotSet("procedure", view.procedure_code)]
        return [SlotSet("dossier_code", None), SlotSet("last4", None), SlotSet("topic", None)]


class ActionDossierStatus(DossierAction):
    """Looks the dossier up and tells how far it is."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_dossier_status"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Tell the status."""
        return self.tell_status(dispatcher, tracker)


def _already_asked(tracker: Tracker) -> bool:
    """Whether this turn has said why the last answer did not do, which asks again by itself."""
    return any(reply.kind is ReplyKind.ASK_DETAIL for reply in replies_of_this_turn(tracker))


def _intent(tracker: Tracker) -> str | None:
    """The intent of the turn; events of a channel have one, too, though they mean no words."""
    intent: str | None = (tracker.latest_message.get("intent") or {}).get("name")
    return intent
