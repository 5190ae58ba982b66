"""The things a question asks about: "căn cước nộp bản gốc hay photo" asks of a paper, for no new card."""

from __future__ import annotations

import re

from catalogue.question_answers import things
from contract.questions import Question, QuestionKind

_OF_A_THING = frozenset(
    {QuestionKind.NEEDED, QuestionKind.COPIES, QuestionKind.MISSING, QuestionKind.WHO_MAY, QuestionKind.COLLECT}
)
_DOES = re.compile(r"(?<!\S)(?:lam|xin|doi|cap|sua|sang ten|dang ky|sao y|chung thuc)(?!\S)")
"""What is to be done with a thing makes a matter of it: "đổi căn cước cần mấy tấm ảnh"."""
_BESIDE_A_THING = """
nop mang dua dem giay to ban cua toi em con phai them de ca anh hinh photo goc chinh sao thi
"""
_BESIDE = frozenset(_BESIDE_A_THING.split())
"""Words that stand beside a thing in such questions."""


def without_thing(question: Question, folded: str, residue: str) -> str:
    """What a question names besides the papers and persons it asks about.

    Args:
        question: as it was read.
        folded: the whole message.
        residue: what is left of it without cues and the shape of the question.
    """
    if question.kind not in _OF_A_THING or _DOES.search(folded) is not None:
        return residue
    left = residue
    for thing in things():
        left = thing.called.sub(" ", left)
    if left == residue:
        return residue
    return " ".join(word for word in left.split() if word not in _BESIDE)
