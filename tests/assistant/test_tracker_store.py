"""Conversations in Redis: appended, sealed, redacted, folded, expiring."""

from __future__ import annotations

import itertools
import json
import secrets
from collections.abc import Iterator

import assistant.lean_rasa  # noqa: F401  (before rasa)

import pytest
from redis import Redis

from assistant.rule_table import State, intent_of, last_states
from contract.turn import Event

pytestmark = pytest.mark.xdist_group("core")

PREFIX = "motcua:conversation:"
DOSSIER = "H26.31.08-261122-9104"


@pytest.fixture
def redis(core) -> Iterator[Redis]:
    with Redis.from_url(core.redis_url, decode_responses=True) as client:
        yield client


@pytest.fixture
def conversation() -> str:
    return secrets.token_hex(8)


def lines(redis: Redis, conversation: str) -> list[str]:
    return redis.lrange(PREFIX + conversation, 0, -1)


def test_a_turn_appends_its_own_events_and_rewrites_none(core, redis: Redis, conversation: str) -> None:
    core.say("xin chào", conversation)
    before = lines(redis, conversation)
    core.say("làm giấy khai sinh cần gì", conversation)
    after = lines(redis, conversation)
    assert after[: len(before)] == before
    users = [json.loads(line) for line in after[len(before) :] if '"event": "user"' in line]
    assert [event["parse_data"]["intent"]["name"] for event in users] == ["ask_procedure"]


def test_a_conversation_expires(core, redis: Redis, conversation: str) -> None:
    core.say("xin chào", conversation)
    days = core.settings.conversation_days
    assert (days - 1) * 86_400 < redis.ttl(PREFIX + conversation) <= days * 86_400


def test_code_and_digits_are_sealed_while_they_are_kept(core, redis: Redis, conversation: str) -> None:
    core.say(f"hồ sơ {DOSSIER}", conversation)
    raw = "\n".join(lines(redis, conversation))
    assert '"name": "dossier_code"' in raw
    assert "sealed" in raw
    assert DOSSIER not in raw
    assert "9104" not in raw
    assert "mới nộp" in core.say("0104", conversation).replies[0].short


def test_words_of_a_citizen_are_sealed(core, redis: Redis, conversation: str) -> None:
    identity, phone = "001099" + "778812", "0900" + "778812"
    core.say(f"bà Bích hỏi, cccd {identity}, sdt {phone}, làm giấy khai sinh cần gì", conversation)
    raw = "\n".join(lines(redis, conversation))
    assert "khai sinh" in raw
    assert identity not in raw
    assert phone not in raw
    assert "Bích" not in raw


@pytest.mark.parametrize("event", [Event.START, Event.HANGUP])
def test_a_new_person_leaves_nothing_of_the_last(core, redis: Redis, conversation: str, event: Event) -> None:
    core.say("đăng ký tạm trú cần gì", conversation)
    core.answer(channel="phone", conversation=conversation, event=event)
    assert "tạm trú" not in "\n".join(lines(redis, conversation))


def test_deleting_leaves_nothing(core, redis: Redis, conversation: str) -> None:
    core.say("làm giấy khai sinh cần gì", conversation)
    core.say("xóa dữ liệu của tôi", conversation)
    assert not redis.exists(PREFIX + conversation)


def test_a_long_conversation_stays_short_and_keeps_what_it_is_about(core, redis: Redis, conversation: str) -> None:
    core.say("English please", conversation)
    core.say("làm giấy khai sinh cần gì", conversation)
    lengths = []
    for _ in range(40):
        core.say("xin chào", conversation)
        lengths.append(len(lines(redis, conversation)))
    assert max(lengths) < 120
    assert any(after < before for before, after in itertools.pairwise(lengths))
    assert redis.ttl(PREFIX + conversation) > 0
    answer = core.say("nộp ở đâu", conversation).replies
    assert len(answer) == 1
    assert "Birth registration (Làm giấy khai sinh). Where:" in answer[0].short


def test_a_long_conversation_keeps_a_question_that_waits(core, redis: Redis, conversation: str) -> None:
    core.say(f"hồ sơ {DOSSIER}", conversation)
    lengths = [len(lines(redis, conversation))]
    while len(lengths) < 60 and lengths[-1] >= max(lengths):
        core.say("xin chào", conversation)
        lengths.append(len(lines(redis, conversation)))
    assert lengths[-1] < max(lengths), "it was never folded"
    assert "mới nộp" in core.say("0104", conversation).replies[0].short


def test_a_changed_secret_asks_again_instead_of_failing(core, redis: Redis, conversation: str) -> None:
    core.say(f"hồ sơ {DOSSIER}", conversation)
    key = PREFIX + conversation
    for place, line in enumerate(redis.lrange(key, 0, -1)):
        event = json.loads(line)
        if isinstance(event.get("value"), dict) and "sealed" in event["value"]:
            redis.lset(key, place, json.dumps({**event, "value": {"sealed": "unreadable"}}))
    # A secret changes with a new start: what this process remembers is gone.
    core.turns._store._read.forget(conversation)
    assert core.say("xin chào", conversation).replies[-1].short.startswith("Hãy gửi mã hồ sơ")


def test_the_store_lists_its_conversations(core, conversation: str) -> None:
    core.say("xin chào", conversation)
    assert conversation in core.run(core.turns._store.keys())


def test_what_a_citizen_reports_is_sealed_wherever_it_stands(core, redis: Redis, conversation: str) -> None:
    words, place = "cột điện đổ trước sân bà Hiền", "cạnh nhà ông Lực"
    core.say("tôi muốn phản ánh", conversation)
    core.say(words, conversation)
    (read_back,) = core.say(place, conversation).replies
    assert words in read_back.short
    raw = "\n".join(lines(redis, conversation))
    assert not [piece for piece in ("cột điện", "Hiền", "Lực") if piece in raw]
    # Sealed, not lost: it can be heard again, and goes on.
    assert core.say("nói lại", conversation).replies[-1].short == read_back.short
    assert "Số phiếu" in core.say("có", conversation).replies[0].short


def test_a_text_longer_than_any_question_is_answered_and_not_kept(core, redis: Redis, conversation: str) -> None:
    said = "hai mươi " * 400
    assert core.say(said, conversation).replies
    assert not [line for line in lines(redis, conversation) if '"event": "user"' in line and len(line) > len(said)]


def test_what_a_process_wrote_it_remembers_as_another_one_reads_it(core, conversation: str) -> None:
    store = core.turns._store
    said = ("xin chào", f"hồ sơ {DOSSIER}", "0104", "đăng ký tạm trú cần gì", "lệ phí bao nhiêu", "English please")
    for words in said + said * 3:
        core.say(words, conversation)
        remembered = core.run(store.retrieve(conversation))
        store._read.forget(conversation)
        read = core.run(store.retrieve(conversation))
        assert [event.as_dict() for event in remembered.events] == [event.as_dict() for event in read.events]
        assert remembered.current_slot_values() == read.current_slot_values()
        assert remembered.active_loop_name == read.active_loop_name
        assert remembered.latest_message.as_dict() == read.latest_message.as_dict()
        assert remembered.latest_message.use_text_for_featurization == read.latest_message.use_text_for_featurization
        bot = [(one.latest_bot_utterance.text, one.latest_bot_utterance.data) for one in (remembered, read)]
        assert bot[0] == bot[1]
        assert remembered.latest_action == read.latest_action
        applied = [[event.as_dict() for event in one.applied_events()] for one in (remembered, read)]
        assert applied[0] == applied[1]
        assert told(last_states(remembered, 4, ())) == told(last_states(read, 4, ()))


def test_words_a_turn_was_given_are_remembered_only_as_they_are_kept(core, conversation: str) -> None:
    store = core.turns._store
    core.say("xin chào", conversation)
    core.say("đăng ký tạm trú cần gì", conversation)
    core.say("hai mươi " * 400, conversation)
    remembered = core.run(store.retrieve(conversation))
    events = {id(event) for event in remembered.events}
    assert remembered.latest_message.text == ""
    assert "meaning" not in remembered.latest_message.parse_data
    assert {id(event) for event in remembered.applied_events()} <= events
    states = last_states(remembered, 4, ())
    assert {id(state.user) for state in states if state.user is not None} <= events


def told(states: list[State]) -> list[tuple[object, ...]]:
    """States of two readings of one conversation, to be compared."""
    return [(state.action, intent_of(state), state.loop, state.slots) for state in states]


def test_what_another_process_did_meanwhile_is_seen(core, redis: Redis, conversation: str) -> None:
    core.say("đăng ký tạm trú cần gì", conversation)
    core.say("cảm ơn", conversation)
    elsewhere = lines(redis, conversation)
    core.answer(channel="kiosk", conversation=conversation, event=Event.START)
    core.say("làm giấy khai sinh cần gì", conversation)
    # The other process still had the conversation of before.
    redis.delete(PREFIX + conversation)
    redis.rpush(PREFIX + conversation, *elsewhere)
    assert "tạm trú" in core.say("nộp ở đâu", conversation).replies[-1].short.lower()


def test_a_turn_reads_its_conversation_once(core, redis: Redis, conversation: str) -> None:
    core.say("đăng ký tạm trú cần gì", conversation)
    redis.config_resetstat()
    core.say("nộp ở đâu", conversation)
    assert redis.info("commandstats")["cmdstat_lrange"]["calls"] == 1


def test_a_turn_that_failed_leaves_nothing_in_memory(core, conversation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    core.say("đăng ký tạm trú cần gì", conversation)
    core.say("cảm ơn", conversation)
    store = core.turns._store
    with monkeypatch.context() as patch:
        patch.setattr(store, "save", fails)
        with pytest.raises(ConnectionError):
            core.say("làm giấy khai sinh cần gì", conversation)
    assert "tạm trú" in core.say("nộp ở đâu", conversation).replies[-1].short.lower()


async def fails(*_: object) -> None:
    raise ConnectionError
