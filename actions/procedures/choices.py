"""What follows a list, or a question that was asked back: a number, yes, no, none of them."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, MotcuaAction, answer, turn_meaning
from actions.procedures.procedure_action import (
    BESIDE_DOSSIER,
    DOSSIER_KEY,
    SITUATIONS,
    WAIT_KEY,
    ProcedureAction,
    intent_before,
    may_wait,
)
from contract.aspects import Aspect
from contract.reply import ReplyKind

START_OVER = "start_over"
"""The wish to begin anew; done once it was confirmed in the next words."""
DROPPED = (
    *("procedure", "topics", "answered_side", "told_entry", "told_facts", "offered", "shown_dossier", "topic"),
    *("dossier_code", "last4"),
    *("report_words", "report_place", "report_sure", "dropped_report", "report_key"),
    *("registry_offered", "registry", "registry_key", "registry_proof"),
)
"""Slots that hold what was talked of; the language is kept."""
YES, NO = "1", "2"
"""Keys of the two choices where something is asked back about."""
REGISTRY_OFFERED = "registry_offered"
"""Slot with what a public registry may be asked for, once the person agrees."""

PROVING = frozenset({4, 6})
"""Digits that say that a dossier is one's own."""


class StartingOver(MotcuaAction):
    """Shared by the actions that may be the answer to whether to begin anew."""

    def is_asked(self, tracker: Tracker) -> bool:
        """Whether the words before asked to begin anew, and this answers what was asked back."""
        return intent_before(tracker) == START_OVER

    def answer_whether(self, dispatcher: CollectingDispatcher, tracker: Tracker, *, yes: bool) -> Events:
        """Drop what was talked of, or go on with it."""
        answer(dispatcher, self.say(tracker, "started_over" if yes else "going_on"))
        if yes:
            return [SlotSet(slot, None) for slot in DROPPED]
        return [FollowupAction("dossier_form")] if tracker.get_slot("topic") == "dossier" else []


def to_consent(tracker: Tracker, *, yes: bool) -> Events | None:
    """What follows where the words before were answered with whether a registry may be asked; None where not.

    Only the very next words are an answer to that: nobody agrees to something of three questions ago.
    """
    if not tracker.get_slot(REGISTRY_OFFERED) or intent_before(tracker) != "ask_knowledge":
        return None
    return [FollowupAction("action_start_registry" if yes else "action_drop_registry")]


class ActionChoose(ProcedureAction, StartingOver):
    """A number: picks one of the choices shown last."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_choose"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Answer about the chosen procedure."""
        offered = tracker.get_slot("offered")
        digits = turn_meaning(tracker).digits
        if self.is_asked(tracker) and digits in (YES, NO):
            return self.answer_whether(dispatcher, tracker, yes=digits == YES)
        if digits in (YES, NO) and (consent := to_consent(tracker, yes=digits == YES)) is not None:
            return consent
        if tracker.get_slot("topic") == "dossier" and tracker.get_slot("dossier_code") and len(digits or "") in PROVING:
            # A question came between; these are the digits the look-up still waits for.
            return [SlotSet("last4", digits), FollowupAction("action_dossier_status")]
        if not offered and digits == WAIT_KEY and may_wait(tracker.current_slot_values()):
            return [FollowupAction("action_dossier_status")]
        if not offered:
            answer(dispatcher, self.say(tracker, "no_choices", ReplyKind.UNKNOWN))
            return []
        number = int(digits) if digits and len(digits) <= 2 else 0
        if not 1 <= number <= len(offered["codes"]):
            last = len(offered["codes"])
            answer(dispatcher, self.say(tracker, "choice_out_of_range", ReplyKind.ASK_BACK, last=last))
            return []
        if offered.get(BESIDE_DOSSIER) and digits == DOSSIER_KEY:
            return [FollowupAction("action_answer_dossier")]
        situation = number - 1 if offered.get(SITUATIONS) else None
        return self.answer_about(
            dispatcher, tracker, offered["codes"][number - 1], Aspect(offered["aspect"]), situation=situation
        )


class ActionAffirm(ProcedureAction, StartingOver):
    """Yes: takes the only or first choice shown, or asks what to do."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_affirm"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Answer about the first choice when there is one."""
        if self.is_asked(tracker):
            return self.answer_whether(dispatcher, tracker, yes=True)
        if (consent := to_consent(tracker, yes=True)) is not None:
            return consent
        offered = tracker.get_slot("offered")
        if offered and (offered.get(SITUATIONS) or offered.get(BESIDE_DOSSIER)):
            # "Yes" to two or more situations names none of them; nothing is told on a guess.
            answer(dispatcher, self.say(tracker, "choice_out_of_range", ReplyKind.ASK_BACK, last=len(offered["codes"])))
            return []
        if offered:
            return self.answer_about(dispatcher, tracker, offered["codes"][0], Aspect(offered["aspect"]))
        answer(dispatcher, self.say(tracker, "affirm_alone"))
        return []


class ActionNoneOfThem(MotcuaAction):
    """None of the choices: they are dropped, and the citizen is told how to go on."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_none_of_them"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Forget the choices."""
        answer(dispatcher, self.say(tracker, "none_of_them"))
        return [SlotSet("offered", None)]


class ActionDeny(StartingOver):
    """No: the choices shown are dropped and the citizen is asked to say it differently."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_deny"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Forget the choices."""
        if self.is_asked(tracker):
            return self.answer_whether(dispatcher, tracker, yes=False)
        if (consent := to_consent(tracker, yes=False)) is not None:
            return consent
        offered = tracker.get_slot("offered")
        answer(dispatcher, self.say(tracker, "papers_no_case" if offered and offered.get(SITUATIONS) else "deny_alone"))
        return [SlotSet("offered", None)]
