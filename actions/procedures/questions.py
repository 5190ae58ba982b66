"""Answers a question about a procedure, asks back, or says what it did not understand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, MotcuaAction, answer, language_of, turn_meaning
from actions.procedures.answers import display_name
from actions.procedures.question_answers import Asked, Told, answer_question, difference, from_entry, leads
from catalogue.question_answers import QuestionAnswer, things
from catalogue.question_answers import answers as written_answers
from catalogue.record import Procedure
from contract.aspects import Aspect
from contract.questions import QuestionKind
from contract.reply import Choice, Reply, ReplyKind, Source
from contract.wishes import AskSide
from language.dates import find_lunar_date
from language.normalise import fold, normalise
from understanding.decision import CHOICES
from understanding.readings.state import DEEPEST, with_topic

CHOICE_LENGTH = 60
"""Characters of one choice, so that three of them and the question fit an SMS of three segments."""

WAIT_KEY = "1"
"""Of the one choice where a dossier could not be looked up: to be told by text message when it can."""
PROVING = frozenset({4, 6})
"""Digits that say that a dossier is one's own."""
SITUATIONS = "situations"
"""In the slot ``offered``: the choices are situations of one procedure's papers, not procedures."""


def intent_before(tracker: Tracker) -> str | None:
    """The intent of the citizen's words before the latest; None when there were none."""
    said = [event for event in tracker.events if event["event"] == "user"]
    intent: str | None = ((said[-2].get("parse_data") or {}).get("intent") or {}).get("name") if len(said) > 1 else None
    return intent


def offered_keys(slots: Mapping[str, Any]) -> frozenset[str]:
    """The keys of the procedures offered last, as they were shown, or of a look-up that may be answered later."""
    offered = slots.get("offered") or {}
    if not offered and _may_wait(slots):
        return frozenset({WAIT_KEY})
    return frozenset(str(number) for number, _ in enumerate(offered.get("codes", ()), start=1))


def _may_wait(slots: Mapping[str, Any]) -> bool:
    """Whether a look-up could not be answered: code and digits are kept only then."""
    return slots.get("topic") == "dossier" and bool(slots.get("dossier_code")) and bool(slots.get("last4"))


def asked_in(tracker: Tracker) -> Asked | None:
    """The kind of question of this turn with what may answer it; None when its words had no such shape."""
    question = turn_meaning(tracker).question
    if question is None:
        return None
    folded = fold(normalise(tracker.latest_message.get("text") or ""))
    return Asked(question, folded, written_answers(), things())


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
        told = self._question_told(tracker, procedure, aspect) if situation is None and also is None else None
        if told is not None:
            answer(dispatcher, self._reply_of(told, procedure, language))
            return self._talked_of(tracker, procedure, aspect, None)
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
        return self._talked_of(tracker, procedure, aspect, offered if reply.choices else None)

    def _talked_of(
        self, tracker: Tracker, procedure: Procedure, aspect: Aspect, offered: dict[str, Any] | None
    ) -> Events:
        topics = with_topic(tuple(tracker.get_slot("topics") or ()), tracker.get_slot("procedure"), procedure.code)
        return [
            SlotSet("procedure", procedure.code),
            SlotSet("topics", list(topics)),
            SlotSet("answered_side", aspect),
            SlotSet("offered", offered),
        ]

    def _question_told(self, tracker: Tracker, procedure: Procedure, aspect: Aspect) -> Told | None:
        """What settles the kind of question that was asked; None where the side of the record does."""
        asked = asked_in(tracker)
        telling = self.services.answers.telling(procedure, language_of(tracker))
        if asked is None or not leads(asked.question, aspect) or not procedure.in_force(telling.today):
            return None
        if self.services.answers.held_back(telling) is not None:
            return None
        return answer_question(telling, asked)

    def _reply_of(self, told: Told, procedure: Procedure, language: str) -> Reply:
        sides = self.services.answers.sides(procedure, language)
        warnings = sides.warnings if sides is not None else ()
        own = Source(
            procedure_code=procedure.code,
            decision=procedure.decision.number if procedure.decision else None,
            checked_on=procedure.checked_on,
        )
        return Reply(
            kind=ReplyKind.ANSWER,
            short=told.lines[0],
            details=(*told.lines[1:], *warnings),
            source=told.source or own,
            language=language,
        )

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
        chance = next((one.chance for one in turn_meaning(tracker).considered if one.code == procedures[0].code), 0.0)
        offered = {"codes": [found.code for found in procedures], "aspect": aspect, "chance": chance}
        return [SlotSet("offered", offered)]

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
        asked = asked_in(tracker)
        if asked is not None and asked.kind is QuestionKind.DIFFERENCE:
            topic = meaning.procedure or tracker.get_slot("procedure")
            entry = difference(asked, topic, next(iter(tracker.get_slot("topics") or ()), None))
            if entry is not None:
                return self._compare(dispatcher, tracker, entry, topic)
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

    def _compare(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, entry: QuestionAnswer, topic: str | None
    ) -> Events:
        """Tell what two things differ in; one of them is the topic from then on."""
        language = language_of(tracker)
        code = topic if topic in entry.codes else entry.codes[0]
        procedure = self.services.catalogue.current(code)
        told = from_entry(entry, language)
        answer(
            dispatcher,
            Reply(kind=ReplyKind.ANSWER, short=told.lines[0], source=told.source, language=language),
        )
        if procedure is None:
            return []
        topics = tuple(tracker.get_slot("topics") or ())
        others = [other for other in entry.codes if other != code]
        return [
            *self._talked_of(tracker, procedure, Aspect.OVERVIEW, None),
            # Both were talked of: "vậy thì làm cái nào" compares them again.
            SlotSet("topics", list(dict.fromkeys((*others, *topics)))[:DEEPEST]),
        ]


class ActionChoose(ProcedureAction):
    """A number: picks one of the choices shown last."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_choose"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Answer about the chosen procedure."""
        offered = tracker.get_slot("offered")
        digits = turn_meaning(tracker).digits
        if tracker.get_slot("topic") == "dossier" and tracker.get_slot("dossier_code") and len(digits or "") in PROVING:
            # A question came between; these are the digits the look-up still waits for.
            return [SlotSet("last4", digits), FollowupAction("action_dossier_status")]
        if not offered and digits == WAIT_KEY and _may_wait(tracker.current_slot_values()):
            return [FollowupAction("action_dossier_status")]
        if not offered:
            answer(dispatcher, self.say(tracker, "no_choices", ReplyKind.UNKNOWN))
            return []
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
