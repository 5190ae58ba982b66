"""After a danger was told, a story stays with it and a plain question is answered."""

from __future__ import annotations

import pytest
from places import NLU_DATA

from contract.aspects import Aspect
from contract.meaning import Meaning
from contract.questions import Question, QuestionKind
from contract.wording import wording_of
from language.formatting import strip_diacritics_for_sms
from language.normalise import fold, normalise
from understanding.emergencies import Emergencies
from understanding.readings.after_danger import Then, Told, after_danger, told_before, without_matter
from understanding.readings.reading import Kind

EMERGENCIES = Emergencies.load(NLU_DATA)


def then(said: str, reading: Kind, chance: float, *, alone: bool = True, **fields: object) -> Then:
    intent = fields.pop("intent", "ask_procedure")
    meaning = Meaning.model_validate({"intent": intent, "confidence": chance, "reading": reading, **fields})
    folded = fold(normalise(said))
    return after_danger(meaning, folded, goes_on=EMERGENCIES.goes_on(said), alone=alone)


# What the trained model made of these words, with nothing talked of or a pension before.
@pytest.mark.parametrize(
    ("said", "reading", "chance", "fields"),
    [
        ("cháu không dám nói với mẹ", Kind.WISH, 0.91, {"intent": "talk_to_officer"}),
        ("chau khong dam noi voi me", Kind.TOPIC, 0.97, {"procedure": "1.014027", "aspect": Aspect.OVERVIEW}),
        ("em sợ lắm", Kind.MATTER, 0.15, {"candidates": ("1.001776", "1.014027")}),
        ("cháu ở với bà", Kind.MATTER, 0.86, {"procedure": "1.001776", "aspect": Aspect.OVERVIEW}),
        ("họ rút hết tiền rồi", Kind.MATTER, 1.0, {"procedure": "1.001613", "aspect": Aspect.FEE}),
        ("bố mẹ không tin cháu", Kind.ELSEWHERE, 0.76, {"intent": "out_of_scope"}),
        ("nha trai dem le den roi", Kind.WISH, 0.83, {"intent": "report_problem"}),
        ("anh ấy đe dọa con em", Kind.KNOWLEDGE, 0.69, {"knowledge": "swindlers.loan_app"}),
        ("em chán lắm", Kind.TALK, 1.0, {"intent": "complaint_about_bot"}),
        ("nói lại đi", Kind.WISH, 1.0, {"intent": "repeat"}),
        ("có ai giúp em không", Kind.TOPIC, 0.81, {"procedure": "1.014027", "aspect": Aspect.CONDITIONS}),
    ],
)
def test_a_story_stays_with_the_danger(said: str, reading: Kind, chance: float, fields: dict[str, object]) -> None:
    assert then(said, reading, chance, **fields) is Then.NUMBER


@pytest.mark.parametrize(
    ("said", "reading", "chance", "fields"),
    [
        ("lam lai can cuoc can gi", Kind.MATTER, 1.0, {"procedure": "1.116410", "aspect": Aspect.PAPERS}),
        ("lệ phí đăng ký tạm trú", Kind.MATTER, 1.0, {"procedure": "1.004194", "aspect": Aspect.FEE}),
        ("nộp ở đâu", Kind.TOPIC, 0.9, {"procedure": "1.004194", "aspect": Aspect.WHERE}),
        ("em muốn ly hôn", Kind.KNOWLEDGE, 1.0, {"knowledge": "elsewhere.divorce"}),
        ("đừng nhắn nữa", Kind.WISH, 1.0, {"intent": "opt_out"}),
        ("thôn 5, gần cầu", Kind.FORM, 1.0, {}),
    ],
)
def test_a_plain_question_is_answered(said: str, reading: Kind, chance: float, fields: dict[str, object]) -> None:
    assert then(said, reading, chance, **fields) is Then.ANSWER


@pytest.mark.parametrize(
    ("said", "reading", "chance", "fields"),
    [
        ("làm giấy khai sinh", Kind.MATTER, 1.0, {"procedure": "1.001193", "aspect": Aspect.OVERVIEW}),
        ("có chỗ ở tạm không", Kind.KNOWLEDGE, 0.5, {"knowledge": "help.shelter"}),
        ("cho gặp cán bộ", Kind.WISH, 1.0, {"intent": "talk_to_officer"}),
    ],
)
def test_what_may_be_either_gets_the_number_first(
    said: str, reading: Kind, chance: float, fields: dict[str, object]
) -> None:
    assert then(said, reading, chance, **fields) is Then.BOTH


def test_a_question_says_that_something_else_is_asked() -> None:
    fields = {"procedure": "1.001939", "aspect": Aspect.OVERVIEW}
    assert then("bảo hiểm y tế cho con", Kind.MATTER, 0.85, **fields) is Then.NUMBER
    question = Question(kind=QuestionKind.RECEIVE)
    assert then("bảo hiểm y tế cho con", Kind.MATTER, 0.85, **fields, question=question) is Then.BOTH


def test_words_that_tell_of_the_danger_are_no_question_of_what_they_sound_like() -> None:
    told = Meaning(intent="ask_knowledge", confidence=0.95, reading=Kind.KNOWLEDGE, knowledge="land.joint")
    assert after_danger(told, "my husband beats me", tells=True) is Then.NUMBER
    assert after_danger(told, "ban dat chung can giay gi", tells=True) is Then.ANSWER


def test_once_something_else_was_talked_of_only_what_nobody_understands_comes_back_to_it() -> None:
    assert then("cháu ở với bà", Kind.MATTER, 0.86, alone=False, procedure="1.001776") is Then.ANSWER
    assert then("cảm ơn", Kind.TALK, 1.0, alone=False, intent="thanks") is Then.ANSWER
    assert then("không ai hiểu em", Kind.ELSEWHERE, 0.7, alone=False, intent="out_of_scope") is Then.NUMBER


def test_the_danger_told_last_counts_and_whether_anything_came_between() -> None:
    assert told_before([(None, "out_of_scope"), ("child", "ask_procedure")]) == Told("child", 2, alone=True)
    assert told_before([(None, "event_no_input"), ("fire", None)]) == Told("fire", 2, alone=True)
    assert told_before([(None, "ask_procedure"), ("child", None)]) == Told("child", 2, alone=False)
    assert told_before([("fire", None), ("child", None)]) == Told("fire", 1, alone=True)
    assert told_before([(None, "greet"), (None, "thanks")]) is None


def test_a_danger_is_remembered_while_nothing_else_is_talked_of_and_not_long_after() -> None:
    story, other = [(None, "out_of_scope")] * 8, [(None, "ask_procedure")] * 4
    assert told_before([*story, ("despair", None)]) == Told("despair", 9, alone=True)
    assert told_before([*other, ("despair", None)]) is None
    assert told_before([(None, "out_of_scope")] * 20 + [("despair", None)]) is None


def test_nothing_that_a_story_sounded_like_becomes_what_is_talked_of() -> None:
    story = Meaning(intent="ask_procedure", procedure="1.014027", reading=Kind.TOPIC, spoken="vi")
    assert without_matter(story) == Meaning(intent=None, reading=Kind.ELSEWHERE, spoken="vi")


def test_a_goodbye_still_ends_a_call() -> None:
    goodbye = Meaning(intent="goodbye", reading=Kind.TALK)
    assert without_matter(goodbye) == goodbye


def test_every_danger_has_its_words_for_afterwards_and_none_is_a_cry_for_help_itself() -> None:
    room = wording_of(NLU_DATA).room("after_danger")
    assert room.keys == wording_of(NLU_DATA).room("emergencies").keys
    for language in room.languages:
        for text in room.every(language):
            assert EMERGENCIES.find(text) is None, text
            assert EMERGENCIES.find(strip_diacritics_for_sms(text)) is None, text
