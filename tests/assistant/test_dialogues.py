"""Judging turns of development dialogues, without playing them."""

from __future__ import annotations

import pytest

from assistant.dialogues import Dialogue, Expected, Heard, Judged, failures_text, faults_of, figures_of, shares_of
from contract.meaning import Meaning
from contract.questions import Question, QuestionKind
from contract.reply import Reply, ReplyKind, Source


def heard(shown: str = "Lệ phí: 8.000 đồng", kind: ReplyKind = ReplyKind.ANSWER, **meaning: object) -> Heard:
    fields = {"intent": "ask_procedure", "procedure": "1.001193", "aspect": "fee", **meaning}
    return Heard(Meaning.model_validate(fields), (Reply(kind=kind, short=shown),), shown)


@pytest.mark.parametrize(
    "expected",
    [
        {"procedure": "1.001193", "aspect": ["time", "fee"]},
        {"contains_any": ["miễn phí", "le phi:"], "lacks": ["chưa hiểu"]},
        {"language": "vi", "no_side_effect": True},
        {},
    ],
)
def test_what_holds_has_no_fault(expected: dict[str, object]) -> None:
    assert faults_of(Expected.model_validate(expected), heard()) == ()


@pytest.mark.parametrize(
    ("expected", "fault"),
    [
        ({"procedure": "2.000635"}, "procedure: 1.001193 instead of 2.000635"),
        ({"procedure": None}, "procedure: 1.001193 instead of nothing"),
        ({"aspect": "time"}, "aspect: fee instead of time"),
        ({"question": "age"}, "question: nothing instead of age"),
        ({"contains_any": ["miễn phí"]}, "none of: miễn phí"),
        ({"lacks": ["LE PHI"]}, "must not stand there: LE PHI"),
        ({"language": "en"}, "language: vi instead of en"),
    ],
)
def test_what_does_not_hold_is_named(expected: dict[str, object], fault: str) -> None:
    assert faults_of(Expected.model_validate(expected), heard()) == (fault,)


def test_a_procedure_may_stand_in_the_source_of_the_answer() -> None:
    from datetime import date

    source = Source(procedure_code="2.000635", checked_on=date(2026, 11, 29))
    answer = Reply(kind=ReplyKind.ANSWER, short="a", source=source)
    got = Heard(Meaning(intent="check_dossier"), (answer,), "a")
    assert not faults_of(Expected(procedure=("2.000635",)), got)


def test_the_kind_of_question_is_judged() -> None:
    got = heard(question=Question(kind=QuestionKind.AGE))
    assert not faults_of(Expected(question=("age",)), got)


def test_a_wish_taken_out_of_an_ordinary_sentence_is_a_side_effect() -> None:
    got = heard(intent="delete_my_data", procedure=None, aspect=None)
    assert faults_of(Expected(no_side_effect=True), got) == ("side effect: delete_my_data",)


def conversation(*expected: dict[str, object], kind: str = "who") -> Dialogue:
    turns = [{"say": f"lời {number}", "expect": one} for number, one in enumerate(expected)]
    return Dialogue.model_validate({"channel": "sms", "turns": turns, "kind": kind, "name": f"{kind} 1"})


def judged(dialogue: Dialogue, got: Heard) -> list[Judged]:
    return [
        Judged(dialogue, number, turn, got, faults_of(turn.expect, got))
        for number, turn in enumerate(dialogue.turns, start=1)
    ]


def test_figures_count_turns_conversations_and_follow_ups() -> None:
    half = judged(conversation({"aspect": "fee"}, {"aspect": "time", "no_side_effect": True}), heard())
    whole = judged(conversation({"aspect": "fee"}, kind="age"), heard(kind=ReplyKind.ASK_BACK))
    shares = {name: (share.right, share.total) for name, share in shares_of(figures_of([*half, *whole])).items()}
    assert shares == {
        "who: turns right": (1, 2),
        "age: turns right": (1, 1),
        "who: conversations wholly right": (0, 1),
        "age: conversations wholly right": (1, 1),
        "all: turns right": (2, 3),
        "all: conversations wholly right": (1, 2),
        "all: first turns right": (2, 2),
        "all: follow-up turns right": (0, 1),
        "all: no side effect": (1, 1),
        "all: answered of what is ours": (2, 3),
    }


def test_failures_tell_the_talk_before_and_what_was_understood() -> None:
    told = failures_text(judged(conversation({"aspect": "fee"}, {"aspect": "time"}), heard()))
    assert "== who: 1 turns" in told
    assert "lời 0 | >> lời 1" in told
    assert "aspect: fee instead of time" in told


def test_a_half_right_turn_is_wrong() -> None:
    assert not judged(conversation({"aspect": "fee", "contains_any": ["miễn phí"]}), heard())[0].right
