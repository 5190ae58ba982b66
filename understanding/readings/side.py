"""Which side of a record a message asks for: by its cues, or by its kind of question. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from contract.aspects import Aspect
from contract.questions import QuestionKind
from language import data
from language.phrasings import either
from understanding.readings.reading import Evidence

SIDE_OF_QUESTION: Mapping[QuestionKind, Aspect] = {
    QuestionKind.NEEDED: Aspect.PAPERS,
    QuestionKind.COPIES: Aspect.PAPERS,
    QuestionKind.MISSING: Aspect.PAPERS,
    QuestionKind.WHO_MAY: Aspect.CONDITIONS,
    QuestionKind.AGE: Aspect.CONDITIONS,
    QuestionKind.DEADLINE: Aspect.CONDITIONS,
    QuestionKind.MAY: Aspect.CONDITIONS,
    QuestionKind.ELSEWHERE: Aspect.WHERE,
    QuestionKind.POST: Aspect.WHERE,
    QuestionKind.WEEKEND: Aspect.WHERE,
    QuestionKind.DECIDES: Aspect.WHERE,
    QuestionKind.COLLECT: Aspect.WHERE,
    QuestionKind.ONLINE: Aspect.ONLINE,
    QuestionKind.VALID: Aspect.RESULT,
    QuestionKind.AFTER: Aspect.STEPS,
    QuestionKind.DIFFERENCE: Aspect.OVERVIEW,
    QuestionKind.RECEIVE: Aspect.RECEIVE,
    QuestionKind.BESIDES: Aspect.BESIDES,
}
"""The side of a record a question is looked up in where its words name none."""


def side_asked(evidence: Evidence) -> Aspect | None:
    """The side of a record the words ask for, by a cue or by the kind of question."""
    question = evidence.question
    of_question = SIDE_OF_QUESTION[question.kind] if question is not None else None
    if question is not None and question.kind is QuestionKind.NEEDED and not _is_a_paper(question.thing):
        of_question = Aspect.CONDITIONS
    if not evidence.aspects:
        return of_question
    first = evidence.aspects[0]
    if question is not None and question.kind in _SURER_THAN_A_CUE and first in _GIVING_WAY:
        # "Mấy tờ trích lục hết bao nhiêu tiền" counts papers and asks for the fee.
        counts = question.kind is QuestionKind.COPIES and first in (Aspect.FEE, Aspect.RESULT)
        # "Có phải đóng phí gì không" asks for the fee, and for no duty.
        pays = question.kind is QuestionKind.NEEDED and first is Aspect.FEE and of_question is not Aspect.PAPERS
        return first if counts or pays else of_question
    if question is not None and question.kind is QuestionKind.RECEIVE and evidence.aspects == (Aspect.TIME,):
        # "Được nghỉ mấy ngày" asks what one gets, not how long the desk takes.
        return of_question
    if first is Aspect.BESIDES and question is not None and question.kind in _OF_A_PAPER:
        # "hợp đồng thuê nhà" without diacritics reads like "thuế".
        return of_question if question.thing is not None and _is_a_paper(question.thing) else first
    return of_question if first is Aspect.OVERVIEW and of_question is not None else first


_OF_A_PAPER = frozenset({QuestionKind.NEEDED, QuestionKind.MISSING})
_GIVING_WAY = frozenset({Aspect.OVERVIEW, Aspect.PAPERS, Aspect.FEE, Aspect.RESULT, Aspect.CONDITIONS})
"""Sides whose cues stand inside such questions: "được bao nhiêu tiền một tháng" holds a cue of the fee."""


@data.cached()
def _paper() -> re.Pattern[str]:
    return re.compile(rf"(?:(?:{either('before_a_paper')}) )*(?:{either('paper')})(?!\S)")


def _is_a_paper(thing: str | None) -> bool:
    """Whether what is asked about is a paper; "có cần thi lại không" asks about a duty."""
    return thing is None or _paper().match(thing) is not None


_SURER_THAN_A_CUE = frozenset(
    {QuestionKind.NEEDED, QuestionKind.MISSING, QuestionKind.COPIES, QuestionKind.RECEIVE, QuestionKind.BESIDES}
)
