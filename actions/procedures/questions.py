"""Answers a question about a procedure, asks back, or says what it did not understand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, MotcuaAction, answer, language_of, turn_meaning
from actions.procedures.answers import display_name
from catalogue.record import Procedure
from contract.aspects import Aspect
from contract.reply import Choice, Reply, ReplyKind
from contract.wishes import AskSide
from language.dates import find_lunar_date
from understanding.decision import CHOICES
from understanding.readings.state import with_topic

CHOICE_LENGTH = 60
"""Characters of one choice, so that three of them and the question fit an SMS of three segments."""

SITUATIONS = "situations"
"""In the slot ``offered``: the choices are situations of one procedure's papers, not procedures."""


def offered_keys(slots: Mapping[str, Any]) -> frozenset[str]:
    """The keys of the procedures offered last, as they were shown."""
    offered = slots.get("offered") or {}
    return frozenset(str(number) for number, _ in enumerate(offered.get("codes", ()), start=1))


class ProcedureAction(MotcuaAction):
    """Shared by the actions that end in an answer about a procedure."""

    def answer_about(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        code: str,
        aspect: Aspect,
        asked_code: str | None = None,
        situation: int | None = None,
    ) -> Events:
        """Answer one aspect of one procedure and remember what is being talked of.

        ``situation`` is the one of the papers' situations the citizen has chosen, counted from 0.
        """
        procedure = self.services.catalogue.current(code)
        if procedure is None:
            # Withdrawn between understanding and answering; as good as not understood.
            answer(dispatcher, self.say(tracker, "utter_unknown", ReplyKind.UNKNOWN))
            return [SlotSet("offered", None)]
        meaning = turn_meaning(tracker)
        also = Aspect(meaning.also_asked) if meaning.also_asked else None
        language = language_of(tracker)
        before = tracker.get_slot("procedure")
        reply = self.services.answers.reply(
            procedure, aspect, language, asked_code, also, situation=situation, first=before is None
        )
        answer(dispatcher, reply)
        offered = {
            "codes": [procedure.code] * len(reply.choices),
            "aspect": aspect,
            SITUATIONS: True,
            "labels": [choice.label for choice in reply.choices],
        }
        topics = with_topic(tuple(tracker.get_slot("topics") or ()), before, procedure.code)
        return [
            SlotSet("procedure", procedure.code),
            SlotSet("topics", list(topics)),
            SlotSet("answered_side", aspect),
            SlotSet("offered", offered if reply.choices else None),
        ]

    def offer(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, codes: tuple[str, ...], aspect: Aspect
    ) -> Events:
        """Ask which of up to three procedures is meant."""
        procedures = [found for code in codes if (found := self.services.catalogue.current(code)) is not None]
        procedures = list({found.code: found for found in procedures}.values())[:CHOICES]
        language = language_of(tracker)
        choices = tuple(
            Choice(key=str(number), label=label, wish=AskSide(procedure=found.code, aspect=aspect))
            for number, (found, label) in enumerate(zip(procedures, self._labels(procedures, language), strict=True), 1)
        )
        answer(
            dispatcher,
            Reply(
                kind=ReplyKind.ASK_BACK,
                short=self.services.wording.text(language, "ask_which"),
                choices=choices,
                next_step=self.services.wording.text(language, "ask_which_next"),
                language=language,
            ),
        )
        return [SlotSet("offered", {"codes": [found.code for found in procedures], "aspect": aspect})]

    def _labels(self, procedures: Sequence[Procedure], language: str) -> list[str]:
        """What the choices are called; where names are alike, the level of government tells them apart."""
        names = [display_name(found, language, CHOICE_LENGTH) for found in procedures]
        labels = []
        for name, found in zip(names, procedures, strict=True):
            if names.count(name) > 1:
                level = self.services.wording.text(language, f"level_{found.levels[0]}")
                name = f"{display_name(found, language, CHOICE_LENGTH - len(level) - 3)} ({level})"
            labels.append(name)
        return labels


class ActionAnswerProcedure(ProcedureAction):
    """A question: answered from the catalogue, in the context of the conversation."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_answer_procedure"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Answer, ask back or ask for the procedure; a lunar date is asked about besides."""
        events = self._answer(dispatcher, tracker)
        lunar = find_lunar_date(tracker.latest_message.get("text") or "")
        if lunar is not None:
            answer(dispatcher, self.say(tracker, "lunar", ReplyKind.ASK_DETAIL, said=lunar.said))
        return events

    def _answer(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        meaning = turn_meaning(tracker)
        aspect = Aspect(meaning.aspect) if meaning.aspect else None
        if meaning.procedure is not None:
            number = meaning.wish.situation if isinstance(meaning.wish, AskSide) else None
            return self.answer_about(
                dispatcher,
                tracker,
                meaning.procedure,
                aspect or Aspect.OVERVIEW,
                meaning.asked_code,
                situation=number - 1 if number is not None else None,
            )
        if meaning.candidates and not meaning.follow_up:
            return self.offer(dispatcher, tracker, meaning.candidates, aspect or Aspect.OVERVIEW)
        key = "ask_procedure_first" if aspect is not None else "utter_unknown"
        answer(dispatcher, self.say(tracker, key, ReplyKind.UNKNOWN))
        return [SlotSet("offered", None)]


class ActionChoose(ProcedureAction):
    """A number: picks one of the choices shown last."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_choose"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Answer about the chosen procedure."""
        offered = tracker.get_slot("offered")
        if not offered:
            answer(dispatcher, self.say(tracker, "no_choices", ReplyKind.UNKNOWN))
            return []
        digits = turn_meaning(tracker).digits
        number = int(digits) if digits and len(digits) <= 2 else 0
        if not 1 <= number <= len(offered["codes"]):
            last = len(offered["codes"])
            answer(dispatcher, self.say(tracker, "choice_out_of_range", ReplyKind.ASK_BACK, last=last))
            return []
        situation = number - 1 if offered.get(SITUATIONS) else None
        return self.answer_about(
            dispatcher, tracker, offered["codes"][number - 1], Aspect(offered["aspect"]), situation=situation
        )


class ActionAffirm(ProcedureAction):
    """Yes: takes the only or first choice shown, or asks what to do."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_affirm"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Answer about the first choice when there is one."""
        offered = tracker.get_slot("offered")
        if offered and offered.get(SITUATIONS):
            # "Yes" to a list of situations names none of them; nothing is told on a guess.
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


class ActionDeny(MotcuaAction):
    """No: the choices shown are dropped and the citizen is asked to say it differently."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_deny"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Forget the choices."""
        offered = tracker.get_slot("offered")
        answer(dispatcher, self.say(tracker, "papers_no_case" if offered and offered.get(SITUATIONS) else "deny_alone"))
        return [SlotSet("offered", None)]
