"""Answers a question about a procedure, asks back, or says what it did not understand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Events, answer, language_of, turn_meaning
from actions.procedures.phrases import lower_first, sentence
from actions.procedures.procedure_action import ProcedureAction, asked_in, offered_for
from actions.procedures.question_answers import difference, from_entry
from catalogue.question_answers import QuestionAnswer
from contract.aspects import Aspect
from contract.questions import QuestionKind
from contract.reply import Reply, ReplyKind
from contract.wishes import AskSide
from language.dates import find_lunar_date
from language.phrasings import phrasing
from understanding.decision import CHOICES
from understanding.readings.state import DEEPEST


def _picks_one(folded: str, reading: str | None) -> bool:
    """Whether one of two is asked for, and the words have said which: "tôi thuê nhà một năm thì chọn cái nào"."""
    return phrasing("picks_one").search(folded) is not None and reading in ("listed", "narrowed", "matter")


def _written_of_both(codes: tuple[str, ...], written: Sequence[QuestionAnswer]) -> QuestionAnswer | None:
    """What is written of how two procedures differ."""
    return next((one for one in written if one.kind is QuestionKind.DIFFERENCE and set(codes) <= set(one.codes)), None)


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
        asked = asked_in(tracker, self.services.catalogue.rules().answers)
        if asked is not None and asked.kind is QuestionKind.DIFFERENCE:
            topic = meaning.procedure or tracker.get_slot("procedure")
            entry = difference(asked, topic, next(iter(tracker.get_slot("topics") or ()), None))
            if entry is not None and meaning.compared and not set(entry.codes) & set(meaning.compared):
                # Written of other things with such words: "cấp lại và cấp đổi" is said of cards and of land.
                entry = None
            if entry is not None and not _picks_one(asked.folded, meaning.reading):
                return self._compare(dispatcher, tracker, entry, topic)
        if meaning.compared:
            entry = _written_of_both(meaning.compared, self.services.catalogue.rules().answers)
            if entry is not None and aspect in (None, Aspect.OVERVIEW, Aspect.CONDITIONS):
                return self._compare(dispatcher, tracker, entry, meaning.compared[0])
            return self._side_by_side(dispatcher, tracker, meaning.compared, aspect or Aspect.OVERVIEW)
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
        told = from_entry(entry, self.services.wording, language, self.services.today())
        answer(
            dispatcher,
            Reply(
                kind=ReplyKind.ANSWER,
                short=told.lines[0],
                details=told.lines[1:],
                source=told.source,
                language=language,
            ),
        )
        if procedure is None:
            return []
        topics = tuple(tracker.get_slot("topics") or ())
        others = [other for other in entry.codes if other != code]
        both = {"codes": [code, *others][:CHOICES], "aspect": Aspect.OVERVIEW, "words": offered_for(tracker)}
        return [
            *self._talked_of(tracker, procedure, Aspect.OVERVIEW, both if others else None),
            # Both were talked of: "vậy thì làm cái nào" compares them again.
            SlotSet("topics", list(dict.fromkeys((*others, *topics)))[:DEEPEST]),
        ]

    def _side_by_side(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, codes: tuple[str, ...], aspect: Aspect
    ) -> Events:
        """What two procedures are for, and the side asked for, one after the other."""
        language = language_of(tracker)
        procedures = [found for code in codes if (found := self.services.catalogue.current(code)) is not None]
        telling = [self.services.answers.telling(found, language) for found in procedures]
        lines = [
            sentence(self.services.wording.text(language, "compared_line", name=one.name, what=lower_first(what)))
            for one in telling
            if (what := one.procedure.summary)
        ]
        held_back = any(self.services.answers.held_back(one) is not None for one in telling)
        if held_back or len(lines) < len(codes):
            return self.offer(dispatcher, tracker, codes, aspect)
        short = [self.services.answers.side_in_short(one, aspect, language) for one in procedures]
        lines = [" ".join(filter(None, told)) for told in zip(lines, short, strict=True)]
        reply = Reply(
            kind=ReplyKind.ANSWER,
            short=lines[0],
            details=tuple(lines[1:]),
            choices=self.choices_of(procedures, aspect, language),
            next_step=self.services.wording.text(language, "compared_next"),
            language=language,
        )
        answer(dispatcher, reply)
        first, second = procedures
        offered = {
            "codes": [found.code for found in procedures],
            "aspect": aspect,
            "words": offered_for(tracker),
        }
        return [
            *self._talked_of(tracker, first, aspect, offered),
            SlotSet("topics", list(dict.fromkeys((second.code, *(tracker.get_slot("topics") or ()))))[:DEEPEST]),
        ]
