"""Turns through the core, without HTTP."""

from __future__ import annotations

import asyncio
import secrets

import pytest
from pydantic import ValidationError

from contract.reply import ReplyKind
from contract.turn import Channel, Turn

pytestmark = pytest.mark.xdist_group("core")


@pytest.mark.parametrize("text", ["/restart", "//greet", " /session_start", "\ufeff/action_listen", "/out_of_scope{}"])
def test_a_leading_slash_is_only_a_letter(core, text: str) -> None:
    conversation = secrets.token_hex(8)
    core.say("làm giấy khai sinh cần gì", conversation)
    result = core.say(text, conversation)
    assert result.replies
    # "Restart" is also said by whoever wants to begin anew: that is asked back, and what was talked of stays.
    understood = result.understanding
    assert understood.confidence < 1.0 or (understood.intent, result.replies[0].kind) == (
        "start_over",
        ReplyKind.ASK_BACK,
    )
    assert "Làm giấy khai sinh" in core.say("nộp ở đâu", conversation).replies[0].short


def test_events_have_no_understanding(core) -> None:
    result = core.answer(channel="phone", conversation=secrets.token_hex(8), event="start")
    assert result.understanding.intent is None
    assert len(result.replies) == 2


def test_hanging_up_is_not_answered(core) -> None:
    assert core.answer(channel="phone", conversation=secrets.token_hex(8), event="hangup").replies == ()


@pytest.mark.parametrize("channel", list(Channel))
def test_the_first_reply_says_that_a_machine_answers(core, channel: Channel) -> None:
    first = core.say("làm giấy khai sinh cần gì", secrets.token_hex(8), channel)
    assert first.replies[0].kind is ReplyKind.NOTICE
    assert "tự động" in first.replies[0].short


def test_an_answer_names_its_source(core) -> None:
    answer = core.say("làm giấy khai sinh cần gì", secrets.token_hex(8)).replies[-1]
    assert answer.source is not None
    assert answer.source.procedure_code == "1.001193"


def test_two_messages_at_once_are_answered_one_after_the_other(core) -> None:
    conversation = secrets.token_hex(8)
    core.say("làm giấy khai sinh cần gì", conversation)

    async def both():
        turns = [Turn(channel="kiosk", conversation=conversation, text=text) for text in ("đăng ký tạm trú", "lệ phí")]
        return await asyncio.gather(*[core.turns.answer(turn) for turn in turns])

    first, second = core.run(both())
    assert first.understanding.procedure == "1.004194"
    assert second.replies


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"text": "a", "event": "start"},
        {"digits": "12a"},
        {"digits": "1" * 65},
        {"text": "x" * 60_001},
        {"event": "party"},
        {"text": "a", "channel": "fax"},
        {"text": "a", "conversation": "has blanks"},
        {"text": "a", "conversation": ""},
        {"text": "a", "other": 1},
    ],
)
def test_a_turn_that_is_none_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Turn.model_validate({"channel": "sms", "conversation": "c", **fields})


def test_understanding_alone_keeps_no_conversation(core) -> None:
    assert core.run(core.turns.understand("làm giấy khai sinh cần gì")).procedure == "1.001193"
    assert core.run(core.turns.understand("  ")).intent is None


def test_a_turn_tried_again_gets_the_same_answer_and_changes_nothing(core) -> None:
    conversation, turn = secrets.token_hex(8), secrets.token_hex(8)
    question = {"channel": "sms", "conversation": conversation, "text": "làm giấy khai sinh cần gì", "id": turn}
    first = core.answer(**question)
    said = core.run(core.turns._store.retrieve(conversation))
    assert core.answer(**question) == first
    assert len(core.run(core.turns._store.retrieve(conversation)).events) == len(said.events)


def test_a_turn_tried_again_while_it_is_under_way_is_taken_once(core) -> None:
    conversation = secrets.token_hex(8)
    turn = Turn(channel="sms", conversation=conversation, text="làm giấy khai sinh cần gì", id=secrets.token_hex(8))

    async def twice():
        return await asyncio.gather(core.turns.answer(turn), core.turns.answer(turn))

    first, second = core.run(twice())
    assert first == second
    events = core.run(core.turns._store.retrieve(conversation)).events
    assert len([event for event in events if event.type_name == "user"]) == 1


def test_a_core_that_dies_right_after_saving_has_given_its_answer(core, monkeypatch: pytest.MonkeyPatch) -> None:
    question = {
        "channel": "sms",
        "conversation": secrets.token_hex(8),
        "text": "làm giấy khai sinh cần gì",
        "id": secrets.token_hex(8),
    }

    def die(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as patch:
        patch.setattr(core.turns._keeping, "after", die)
        with pytest.raises(MemoryError):
            core.answer(**question)
    assert core.answer(**question).replies[0].kind is ReplyKind.NOTICE


def test_the_same_words_in_another_turn_are_another_turn(core) -> None:
    conversation = secrets.token_hex(8)
    question = {"channel": "sms", "conversation": conversation, "text": "làm giấy khai sinh cần gì"}
    first = core.answer(**question, id=secrets.token_hex(8))
    second = core.answer(**question, id=secrets.token_hex(8))
    assert len(second.replies) < len(first.replies), "only the first answer introduces the assistant"


def test_an_answer_kept_for_another_try_cannot_be_read_in_the_store(core) -> None:
    turn = secrets.token_hex(8)
    core.answer(channel="sms", conversation=secrets.token_hex(8), text="làm giấy khai sinh cần gì", id=turn)

    async def kept() -> list[str]:
        redis = core.turns._store.redis
        return [f"{key} {await redis.get(key)}" async for key in redis.scan_iter(match="motcua:answered:*")]

    lines = core.run(kept())
    assert lines
    assert not any(turn in line or "khai sinh" in line for line in lines)
