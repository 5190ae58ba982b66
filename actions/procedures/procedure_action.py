"""What every action that ends in an answer about a procedure shares: answering, offering, remembering the topic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, MotcuaAction, answer, language_of, turn_meaning
from actions.procedures.answers import FOLLOW_UPS, display_name
from actions.procedures.passages import Words, case_of, corrects, strange, told_of, words_of
from actions.procedures.question_answers import Asked, Told, answer_question, leads, near_lines, written_of_sum
from actions.procedures.telling import Telling
from actions.procedures.told_facts import SLOT as TOLD_FACTS
from actions.procedures.told_facts import changed
from actions.procedures.told_facts import told as facts_told
from catalogue.question_answers import QuestionAnswer, circumstances, things
from catalogue.record import Procedure
from contract.aspects import Aspect
from contract.meaning import Meaning
from contract.reply import Choice, Reply, ReplyKind, Source
from contract.wishes import AskSide
from language.normalise import fold, normalise
from understanding.decision import CHOICES
from understanding.readings.reading import Kind
from understanding.readings.state import DEEPEST, with_topic

SURE_ENOUGH = 0.8
"""Chance from which the best procedure is told without a word on the next one. Between this and the chance from which
it is told at all, 43 of 58 questions of the development sets meant it (docs/decisions/0026-what-a-list-costs.md)."""
CHOICE_LENGTH = 60
"""Characters of one choice, so that three of them and the question fit an SMS of three segments."""
WAIT_KEY = "1"
"""Of the one choice where a dossier could not be looked up: to be told by text message when it can."""
SITUATIONS = "situations"
"""In the slot ``offered``: the choices are situations of one procedure's papers, not procedures."""
BESIDE_DOSSIER = "beside_dossier"
"""In the slot ``offered``: the first choice is the dossier just shown, the second another matter."""
DOSSIER_KEY = "1"
"""Of that first choice."""


def intent_before(tracker: Tracker) -> str | None:
    """The intent of the citizen's words before the latest; None when there were none."""
    said = [event for event in tracker.events if event["event"] == "user"]
    intent: str | None = ((said[-2].get("parse_data") or {}).get("intent") or {}).get("name") if len(said) > 1 else None
    return intent


def offered_keys(slots: Mapping[str, Any]) -> frozenset[str]:
    """The keys of the procedures offered last, as they were shown, or of a look-up that may be answered later."""
    offered = slots.get("offered") or {}
    if not offered and may_wait(slots):
        return frozenset({WAIT_KEY})
    return frozenset(str(number) for number, _ in enumerate(offered.get("codes", ()), start=1))


def may_wait(slots: Mapping[str, Any]) -> bool:
    """Whether a look-up could not be answered: code and digits are kept only then."""
    return slots.get("topic") == "dossier" and bool(slots.get("dossier_code")) and bool(slots.get("last4"))


SAYING_LITTLE = frozenset({Aspect.OVERVIEW, Aspect.STEPS, Aspect.CONDITIONS})
"""Sides that are read from "thì sao", "làm thế nào", too: in a further question its other words say more."""
LONGEST_OFFERED_FOR = 12
"""Words kept of what choices were offered for."""


def offered_for(tracker: Tracker) -> str:
    """The folded words choices are offered for, those of a list before them first; figures left out."""
    said = fold(normalise(tracker.latest_message.get("text") or "")).split()
    before = ((tracker.get_slot("offered") or {}).get("words") or "").split()
    return " ".join([word for word in (*before, *said) if word.isalpha()][:LONGEST_OFFERED_FOR])


def asked_in(tracker: Tracker, written: Sequence[QuestionAnswer], procedure: Procedure | None = None) -> Asked | None:
    """The kind of question of this turn with what may answer it; None when its words had no such shape.

    Args:
        tracker: of the conversation.
        written: answers to single questions.
        procedure: it is answered for; the words it is called by are not asked about.
    """
    question = turn_meaning(tracker).question
    if question is None:
        return None
    said = normalise(tracker.latest_message.get("text") or "")
    return Asked(question, said, written, things(), words_in(tracker, procedure))


def words_in(tracker: Tracker, procedure: Procedure | None) -> Words:
    """What the words of this turn name besides a procedure; nothing for buttons."""
    meaning = turn_meaning(tracker)
    text = tracker.latest_message.get("text") or ""
    if meaning.wish is not None or procedure is None:
        return Words((), frozenset(), ())
    return words_of(text, meaning.about, procedure, circumstances())


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
            reply = self._noting_changes(tracker, procedure, aspect, self._reply_of(told, procedure, language))
            answer(dispatcher, self._with_way_back(tracker, procedure, reply))
            return self._talked_of(tracker, procedure, aspect, None)
        has_cases = any(case.case is not None for case in procedure.papers)
        if situation is None and aspect is Aspect.PAPERS and also is None and has_cases:
            situation = case_of(self.services.answers.telling(procedure, language), words_in(tracker, procedure))
        reply = self.services.answers.reply(
            procedure, aspect, language, asked_code, also, situation=situation, first=before is None
        )
        reply = self._noting_changes(tracker, procedure, aspect, reply)
        answer(dispatcher, self._with_way_back(tracker, procedure, reply))
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
        second = self._second(tracker, procedure)
        if second is not None:
            topics = tuple(dict.fromkeys((second.code, *topics)))[:DEEPEST]
        return [
            SlotSet("procedure", procedure.code),
            SlotSet("topics", list(topics)),
            SlotSet("answered_side", aspect),
            SlotSet("told_entry", None),
            SlotSet("offered", offered),
            SlotSet(TOLD_FACTS, facts_told(tracker.get_slot(TOLD_FACTS), procedure, aspect)),
        ]

    def _noting_changes(self, tracker: Tracker, procedure: Procedure, aspect: Aspect, reply: Reply) -> Reply:
        """The reply, with a sentence on what was told before and stands otherwise now: the record was corrected."""
        sides = changed(tracker.get_slot(TOLD_FACTS), procedure)
        if not sides:
            return reply
        text, language = self.services.wording.text, reply.language
        names = ", ".join(text(language, f"aspect_{side}") for side in sides)
        shown = self.services.answers.sides(procedure, language)
        now = getattr(shown, sides[0], ()) if len(sides) == 1 and sides[0] not in (aspect, Aspect.PAPERS) else ()
        note = (
            text(language, "facts_changed_to", side=names, now=now[0])
            if now
            else text(language, "facts_changed", sides=names)
        )
        return reply.model_copy(update={"details": (note, *reply.details)})

    def _second(self, tracker: Tracker, procedure: Procedure) -> Procedure | None:
        """The other matter that this turn asks for; None where it asks for one."""
        code = turn_meaning(tracker).second
        found = self.services.catalogue.current(code) if code is not None and code != procedure.code else None
        return found if found is not None and found.code != procedure.code else None

    def _of_second(self, second: Procedure, meaning: Meaning, reply: Reply) -> str:
        """What is said of the other matter asked for in the same message: its side, where that is short."""
        language = reply.language
        name = display_name(second, language, CHOICE_LENGTH)
        line = self.services.answers.side_in_short(second, meaning.aspect, language)
        text = self.services.wording.text
        if line is not None:
            return text(language, "second_matter_told", other=name, told=line)
        return text(language, "second_matter", other=name)

    def _with_way_back(self, tracker: Tracker, procedure: Procedure, reply: Reply) -> Reply:
        """The reply, with what else was asked for, or may have been meant: the likeliest beside it, named last."""
        meaning = turn_meaning(tracker)
        if (second := self._second(tracker, procedure)) is not None:
            return reply.model_copy(update={"details": (self._of_second(second, meaning, reply), *reply.details)})
        doubted = meaning.reading == Kind.MATTER and meaning.confidence < SURE_ENOUGH
        passed_over = meaning.reading == Kind.LISTED and len(meaning.candidates) > 1
        told = meaning.procedure == procedure.code and meaning.wish is None
        if not told or not (doubted or passed_over) or reply.choices:
            return reply
        # A code of before stands for what took its place, and that may be what is told already.
        found = (self.services.catalogue.current(code) for code in meaning.candidates if code != procedure.code)
        other = next((one for one in found if one is not None and one.code != procedure.code), None)
        if other is None:
            return reply
        name = display_name(other, reply.language, CHOICE_LENGTH)
        note = self.services.wording.text(reply.language, "way_back", other=name)
        return reply.model_copy(update={"details": (*reply.details, note)})

    def _question_told(self, tracker: Tracker, procedure: Procedure, aspect: Aspect) -> Told | None:
        """What settles the question that was asked; None where the side of the record does."""
        telling = self.services.answers.telling(procedure, language_of(tracker))
        if procedure.is_name_only or not procedure.in_force(telling.today):
            return None
        if self.services.answers.held_back(telling) is not None:
            return None
        asked = asked_in(tracker, self.services.catalogue.rules().answers, procedure)
        if asked is not None and (leads(asked, aspect) or written_of_sum(asked, procedure)):
            return answer_question(telling, asked)
        again = tracker.get_slot("procedure") == procedure.code
        return self._told_of_its_words(tracker, telling, aspect) if again and aspect in SAYING_LITTLE else None

    def _told_of_its_words(self, tracker: Tracker, telling: Telling, aspect: Aspect) -> Told | None:
        """What is known of the words of a further question: the whole procedure was told already."""
        words = words_in(tracker, telling.record)
        if not strange(words):
            return None
        side = tracker.get_slot("answered_side")
        lines = told_of(telling, words, Aspect(side) if side else None)
        if lines:
            return Told((f"{telling.name}. {lines[0]}", *lines[1:]))
        empty = aspect is Aspect.CONDITIONS and not telling.procedure.conditions
        if (aspect is not Aspect.OVERVIEW and not empty) or corrects(tracker.latest_message.get("text") or ""):
            return None
        unknown = telling.say("asked_unknown", name=telling.name, who=telling.who)
        near = near_lines(telling, words)
        sides = ", ".join(telling.say(f"aspect_{side}") for side in FOLLOW_UPS)
        return Told((unknown, *(near or (telling.say("more", aspects=sides),))))

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
        answer(
            dispatcher,
            Reply(
                kind=ReplyKind.ASK_BACK,
                short=self.services.wording.text(language, "ask_which"),
                choices=self.choices_of(procedures, aspect, language),
                next_step=self.services.wording.text(language, "ask_which_next"),
                language=language,
            ),
        )
        chance = next((one.chance for one in turn_meaning(tracker).considered if one.code == procedures[0].code), 0.0)
        offered = {
            "codes": [found.code for found in procedures],
            "aspect": aspect,
            "chance": chance,
            "words": offered_for(tracker),
        }
        return [SlotSet("offered", offered)]

    def choices_of(self, procedures: Sequence[Procedure], aspect: Aspect, language: str) -> tuple[Choice, ...]:
        """One choice for each procedure, which asks for a side of it; keys count from 1."""
        labels = self._labels(procedures, language)
        return tuple(
            Choice(key=str(number), label=label, wish=AskSide(procedure=found.code, aspect=aspect))
            for number, (found, label) in enumerate(zip(procedures, labels, strict=True), start=1)
        )

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
