"""The things a question asks about: "căn cước nộp bản gốc hay photo" asks of a paper, for no new card."""

from __future__ import annotations

from catalogue.question_answers import things
from contract.questions import Question, QuestionKind
from language.phrasings import phrasing, words

_OF_A_THING = frozenset(
    {QuestionKind.NEEDED, QuestionKind.COPIES, QuestionKind.MISSING, QuestionKind.WHO_MAY, QuestionKind.COLLECT}
)


def without_thing(question: Question, folded: str, residue: str) -> str:
    """What a question names besides the papers and persons it asks about.

    Args:
        question: as it was read.
        folded: the whole message.
        residue: what is left of it without cues and the shape of the question.
    """
    if question.kind not in _OF_A_THING or phrasing("does_with_thing").search(folded) is not None:
        return residue
    left = residue
    for thing in things():
        left = thing.called.sub(" ", left)
    if left == residue:
        return residue
    beside = words("beside_a_thing")
    return " ".join(word for word in left.split() if word not in beside)
