"""What a turn would be answered, without anything being kept or changed."""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING, Any

import pytest
from redis import Redis

from actions.registry import ACTIONS
from assistant import turns
from assistant.dry_run import READING_ACTIONS
from contract.turn import Event, Turn, TurnResult
from contract.wishes import AskSide, LookUpDossier, Report, Wish

if TYPE_CHECKING:
    from conftest import CoreInProcess

pytestmark = pytest.mark.xdist_group("core")

QUESTION = "làm giấy khai sinh cần gì"


def dry(core: CoreInProcess, conversation: str, text: str | None = None, **fields: Any) -> TurnResult | None:
    found: TurnResult | None = core.run(
        core.turns.dry_run(Turn(channel="phone", conversation=conversation, text=text, **fields))
    )
    return found


def stored(core: CoreInProcess) -> dict[str, bytes | list[bytes] | None]:
    """Everything in Redis."""
    with Redis.from_url(core.redis_url) as redis:
        return {str(key): redis.dump(key) for key in redis.scan_iter()}


def test_it_tells_what_the_turn_is_answered_and_nothing_is_kept_of_it(core: CoreInProcess) -> None:
    conversation = secrets.token_hex(8)
    core.answer(channel="phone", conversation=conversation, event="start")
    before = stored(core)
    told = dry(core, conversation, QUESTION)
    assert told is not None
    assert stored(core) == before
    assert core.say(QUESTION, conversation, "phone") == told


def test_what_was_tried_is_no_part_of_the_talk(core: CoreInProcess) -> None:
    conversation = secrets.token_hex(8)
    core.say(QUESTION, conversation, "phone")
    dry(core, conversation, "đăng ký kết hôn cần gì")
    assert "sinh" in core.say("lệ phí bao nhiêu", conversation, "phone").replies[-1].short
    dry(core, conversation, "đăng ký kết hôn cần gì")
    answer = dry(core, conversation, "nộp ở đâu")
    assert answer is not None
    assert answer == core.say("nộp ở đâu", conversation, "phone")


def test_words_understood_at_the_pause_are_not_understood_again(
    core: CoreInProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    processor, parsed = core.turns._agent.processor, []
    through = processor.parse_message

    async def counted(message: Any, tracker: Any) -> Any:
        parsed.append(message.text)
        return await through(message, tracker)

    monkeypatch.setattr(processor, "parse_message", counted)
    conversation = secrets.token_hex(8)
    for text in (QUESTION, QUESTION + " và lệ phí"):
        dry(core, conversation, QUESTION)
        core.say(text, conversation, "phone")
    # The second time it was another state of the talk, and then other words.
    assert parsed == [QUESTION, QUESTION, QUESTION + " và lệ phí"]


def test_nothing_of_it_is_left_when_the_caller_has_gone(core: CoreInProcess) -> None:
    conversation = secrets.token_hex(8)
    dry(core, conversation, QUESTION)
    core.answer(channel="phone", conversation=conversation, event="hangup")
    assert conversation not in core.turns._parsed


def test_words_are_forgotten_where_no_turn_follows(core: CoreInProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "PREPARED_SECONDS", 0.05)
    conversation = secrets.token_hex(8)
    dry(core, conversation, QUESTION)
    assert conversation in core.turns._parsed

    async def forgotten() -> None:
        async with asyncio.timeout(10):
            while conversation in core.turns._parsed:
                await asyncio.sleep(0.01)

    core.run(forgotten())


@pytest.mark.parametrize("text", ["báo đèn đường hỏng", "xóa hết dữ liệu của tôi", "tra hồ sơ H15.50.05-260514-1101"])
def test_what_would_do_something_is_not_tried(core: CoreInProcess, text: str) -> None:
    before = stored(core)
    assert dry(core, secrets.token_hex(8), text) is None
    assert stored(core) == before


@pytest.mark.parametrize("wish", [Report(), LookUpDossier(code="155005212611239101", last4="0101")])
def test_a_wish_that_would_do_something_is_not_tried(core: CoreInProcess, wish: Wish) -> None:
    before = stored(core)
    assert dry(core, secrets.token_hex(8), wish=wish) is None
    assert stored(core) == before


@pytest.mark.parametrize("event", list(Event))
def test_events_are_not_tried(core: CoreInProcess, event: Event) -> None:
    conversation = secrets.token_hex(8)
    core.say(QUESTION, conversation, "phone")
    before = stored(core)
    assert dry(core, conversation, event=event) is None
    assert stored(core) == before


def test_a_side_that_is_wished_for_is_tried(core: CoreInProcess) -> None:
    told = dry(core, secrets.token_hex(8), wish=AskSide(procedure="1.001193"))
    assert told is not None
    assert told.replies[-1].source is not None


def test_actions_that_only_read_are_actions() -> None:
    assert {action().name() for action in ACTIONS} > READING_ACTIONS
