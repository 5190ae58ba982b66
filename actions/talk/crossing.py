"""Going on by another channel with what was talked of: "em nhắn tin hồi nãy rồi, giờ gọi hỏi tiếp"."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, answer, language_of, marks_of, turn_meaning
from actions.procedures.answers import FOLLOW_UPS, display_name, rule_of
from actions.procedures.phrases import lower_first
from actions.procedures.procedure_action import ProcedureAction
from catalogue.record import Procedure
from contract.aspects import Aspect
from contract.reply import ReplyKind, Source
from contract.turn import ELSEWHERE, Channel, person_in
from language import data
from language.normalise import fold, normalise
from understanding.readings.markers import markers_of
from understanding.readings.state import with_topic


class ActionCross(ProcedureAction):
    """Goes on with what was talked of by another channel, or tells how a kiosk is told of it.

    Only the matter crosses: a dossier asks for its code and digits again. A kiosk knows nobody's number.
    """

    def name(self) -> str:
        """Name in the domain."""
        return "action_cross"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Go on, then listen: it follows on the wish to go back, and no rule says what comes after."""
        return [*self._cross(dispatcher, tracker), FollowupAction("action_listen")]

    def _cross(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        folded = fold(normalise(tracker.latest_message.get("text") or ""))
        at_kiosk = tracker.get_latest_input_channel() == Channel.KIOSK
        to_kiosk = not at_kiosk and markers_of(data.folder()).to_kiosk.search(folded) is not None
        code = (tracker.get_slot("procedure") if to_kiosk else None) or _elsewhere(tracker)
        procedure = self.services.catalogue.current(code) if code is not None else None
        meaning = turn_meaning(tracker)
        aspect = Aspect(meaning.aspect) if meaning.aspect else Aspect.OVERVIEW
        if procedure is None and meaning.candidates and not to_kiosk:
            # Nothing is known of a talk before, but the matter was named.
            return self.offer(dispatcher, tracker, meaning.candidates, aspect)
        if procedure is None:
            unknown = "crossed_nothing" if person_in(marks_of(tracker)) is not None else "crossed_no_number"
            answer(dispatcher, self.say(tracker, "crossed_to_kiosk_nothing" if to_kiosk else unknown))
            return []
        if to_kiosk:
            name = lower_first(display_name(procedure, language_of(tracker)))
            answer(dispatcher, self.say(tracker, "crossed_to_kiosk", code=procedure.code, name=name))
            return []
        if aspect is not Aspect.OVERVIEW:
            return self.answer_about(dispatcher, tracker, procedure.code, aspect)
        return self._taken_up(dispatcher, tracker, procedure)

    def _taken_up(self, dispatcher: CollectingDispatcher, tracker: Tracker, procedure: Procedure) -> Events:
        """Say which matter it is, and ask what of it."""
        language, text = language_of(tracker), self.services.wording.text
        sides = ", ".join(text(language, f"aspect_{side}") for side in FOLLOW_UPS)
        name = lower_first(display_name(procedure, language))
        source = Source(procedure_code=procedure.code, decision=rule_of(procedure), checked_on=procedure.checked_on)
        told = self.say(tracker, "crossed", ReplyKind.ASK_BACK, name=name, aspects=sides)
        answer(dispatcher, told.model_copy(update={"source": source}))
        topics = with_topic(tuple(tracker.get_slot("topics") or ()), tracker.get_slot("procedure"), procedure.code)
        return [SlotSet("procedure", procedure.code), SlotSet("topics", list(topics)), SlotSet("offered", None)]


def _elsewhere(tracker: Tracker) -> str | None:
    """What was talked of by another channel, as the core has found it for the latest words."""
    for event in reversed(tracker.events):
        if event["event"] == "user":
            found: str | None = (event.get("metadata") or {}).get(ELSEWHERE)
            return found
    return None
