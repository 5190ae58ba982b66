"""An officer who takes over sees what the machine tried, without numbers and names."""

from __future__ import annotations

from datetime import date

from rasa.shared.core.events import BotUttered, Event, SessionStarted, UserUttered

from assistant.tried import tried_in
from contract.reply import Reply, ReplyKind, Source
from contract.tried import MOST_STEPS, as_text, read_tried


def said(text: str, intent: str = "ask_procedure") -> UserUttered:
    return UserUttered(text, intent={"name": intent, "confidence": 1.0})


def told(short: str, kind: ReplyKind = ReplyKind.ANSWER, code: str | None = None) -> BotUttered:
    source = Source(procedure_code=code, decision=None, checked_on=date(2026, 11, 1)) if code else None
    reply = Reply(kind=kind, short=short, source=source)
    return BotUttered(data={"custom": reply.model_dump(mode="json")})


def test_each_turn_tells_what_was_said_and_what_came_of_it() -> None:
    events: list[Event] = [
        SessionStarted(),
        said("làm khai sinh cần gì"),
        told("Cần giấy chứng sinh.", code="1.001193"),
        said("cái kia cơ"),
        told("Cần việc nào?", ReplyKind.ASK_BACK),
        said("blah", "out_of_scope"),
        told("Chưa rõ.", ReplyKind.UNKNOWN),
    ]
    first, second, third = tried_in(events)
    assert (first.said, first.procedure, first.asked_back) == ("làm khai sinh cần gì", "1.001193", False)
    assert second.asked_back
    assert third.failed
    assert not second.failed


def test_numbers_are_taken_out_of_words_and_answers() -> None:
    (step,) = tried_in([SessionStarted(), said("gọi tôi số 0900000123"), told("Đã ghi số 0900000123.")])
    assert "0900000123" not in step.said + step.answered


def test_only_the_last_turns_of_this_session_are_handed_on() -> None:
    before: list[Event] = [said("chuyện của người trước"), told("Vâng.")]
    events = [*before, SessionStarted(), *(said(f"câu {number}") for number in range(MOST_STEPS + 3))]
    found = tried_in(events)
    assert [step.said for step in found] == [f"câu {number}" for number in range(3, MOST_STEPS + 3)]


def test_what_happens_without_words_is_no_turn() -> None:
    assert tried_in([SessionStarted(), said("", "event_start"), told("Xin chào.", ReplyKind.NOTICE)]) == ()


def test_it_survives_being_written_down() -> None:
    found = tried_in([SessionStarted(), said("làm khai sinh"), told("Cần giấy chứng sinh.", code="1.001193")])
    assert read_tried(as_text(found)) == found
    assert read_tried(as_text(())) == ()
