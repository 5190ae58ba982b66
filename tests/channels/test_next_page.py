from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from channels_doubles import ScriptedCore, answer, short_answer
from redis import Redis

from channels.conversing import ConverseAnswer, Conversing
from channels.core_client import CoreClient
from channels.paging import Paging
from channels.rendering import Page
from contract.reply import Reply, ReplyKind
from contract.turn import Channel, Event, Turn
from runtime.settings import Settings
from stores.redis_clients import connect
from stores.sealing import Seal

LONG = Reply(
    kind=ReplyKind.ANSWER,
    short="Đăng ký kết hôn cần những giấy tờ sau.",
    details=tuple(f"Giấy tờ thứ {number}: bản sao có chứng thực của cả hai bên." for number in range(30)),
)


@pytest.fixture
def conversing(set_up: Callable[..., Settings], seal: Seal, core: ScriptedCore) -> Conversing:
    settings = set_up()
    core.script = lambda turn: answer(LONG)
    return Conversing(CoreClient.from_settings(settings), Paging(connect(settings, hurried=True), seal), settings)


def text(words: str, conversation: str = "sms:somebody", channel: Channel = Channel.SMS) -> Turn:
    return Turn(channel=channel, conversation=conversation, text=words)


def shown(given: ConverseAnswer) -> str:
    return "\n".join(reply.text for reply in given.replies)


@pytest.mark.parametrize(
    "words",
    [
        "1",
        "1.",
        " 1 ",
        "tiếp",
        "TIẾP",
        "xem tiếp",
        "xem tiep",
        "Xem tiếp!",
        "thêm",
        "xem thêm",
        "số 1",
        "Soan 1",
        "１",
    ],
)
def test_asking_for_more_brings_the_next_page_without_the_core(
    conversing: Conversing, core: ScriptedCore, words: str
) -> None:
    first = conversing.turn(text("kết hôn cần gì"))
    second = conversing.turn(text(words))
    assert "Soan 1 de xem tiep." in shown(first)
    assert "Giay to thu" in shown(second)
    assert shown(second) != shown(first)
    assert len(core.turns) == 1
    assert second.understanding.intent is None


def test_all_pages_together_are_the_whole_answer(conversing: Conversing) -> None:
    given = [shown(conversing.turn(text("kết hôn cần gì")))]
    while given[-1].endswith("Soan 1 de xem tiep."):
        given.append(shown(conversing.turn(text("1"))))
    whole = "\n".join(given)
    assert [whole.count(f"Giay to thu {number}:") for number in range(30)] == [1] * 30


def test_one_means_the_core_again_after_the_last_page(conversing: Conversing, core: ScriptedCore) -> None:
    given = conversing.turn(text("kết hôn cần gì"))
    while "Soan 1" in shown(given):
        given = conversing.turn(text("1"))
    conversing.turn(text("1"))
    assert [turn.text for turn in core.turns] == ["kết hôn cần gì", "1"]


@pytest.mark.parametrize("words", ["lệ phí bao nhiêu", "2", "11", "thêm giấy tờ gì", ""])
def test_any_other_message_drops_the_pages_and_goes_to_the_core(
    conversing: Conversing, core: ScriptedCore, words: str
) -> None:
    conversing.turn(text("kết hôn cần gì"))
    core.script = lambda turn: short_answer()
    conversing.turn(text(words))
    conversing.turn(text("1"))
    assert [turn.text for turn in core.turns] == ["kết hôn cần gì", words, "1"]


@pytest.mark.parametrize("event", [Event.START, Event.IDLE, Event.HANGUP])
def test_the_next_person_at_the_same_phone_gets_no_page_of_the_last(
    conversing: Conversing, core: ScriptedCore, event: Event
) -> None:
    conversing.turn(text("kết hôn cần gì", channel=Channel.PHONE))
    core.script = lambda turn: answer()
    conversing.turn(Turn(channel=Channel.PHONE, conversation="sms:somebody", event=event))
    conversing.turn(Turn(channel=Channel.PHONE, conversation="sms:somebody", digits="1"))
    assert len(core.turns) == 3


def test_silence_after_a_page_leaves_the_next_one_waiting(conversing: Conversing, core: ScriptedCore) -> None:
    conversing.turn(text("kết hôn cần gì", channel=Channel.PHONE))
    core.script = lambda turn: short_answer("Chưa nghe thấy gì.")
    conversing.turn(Turn(channel=Channel.PHONE, conversation="sms:somebody", event=Event.NO_INPUT))
    page = conversing.turn(Turn(channel=Channel.PHONE, conversation="sms:somebody", digits="1"))
    assert "Giấy tờ thứ" in shown(page)
    assert "iấy tờ thứ" in page.replies[0].speech


def test_a_kiosk_shows_everything_at_once(conversing: Conversing, core: ScriptedCore) -> None:
    assert "Giấy tờ thứ 29" in shown(conversing.turn(text("kết hôn cần gì", channel=Channel.KIOSK)))
    conversing.turn(text("1", channel=Channel.KIOSK))
    assert len(core.turns) == 2


def test_pages_of_one_conversation_are_not_given_to_another(conversing: Conversing, core: ScriptedCore) -> None:
    conversing.turn(text("kết hôn cần gì"))
    conversing.turn(text("1", conversation="sms:somebody-else"))
    assert len(core.turns) == 2


def test_a_new_long_answer_replaces_the_pages_of_the_last(conversing: Conversing, core: ScriptedCore) -> None:
    conversing.turn(text("kết hôn cần gì"))
    core.script = lambda turn: answer(LONG.model_copy(update={"details": ("Khác hẳn. " * 70,)}))
    conversing.turn(text("chuyện khác"))
    assert "Khac han" in shown(conversing.turn(text("1")))
    assert "Giay to thu" not in shown(conversing.turn(text("1")))


def test_kept_pages_are_sealed_and_expire(conversing: Conversing, redis: Redis) -> None:
    conversing.turn(text("kết hôn cần gì"))
    (key,) = redis.keys("motcua:pages:*")
    assert "somebody" not in key
    assert 0 < redis.ttl(key) <= 30 * 60
    kept = redis.lrange(key, 0, -1)
    assert kept
    assert not any("Giay" in page or "Giấy" in page for page in kept)


def test_a_page_is_handed_out_once_when_asked_for_twice_at_once(redis: Redis, seal: Seal) -> None:
    paging = Paging(redis, seal)
    paging.keep("sms:a", [Page(f"trang {number}", "") for number in range(20)])
    with ThreadPoolExecutor(8) as threads:
        pages = list(threads.map(lambda _: paging.next("sms:a"), range(24)))
    assert sorted(page.text for page in pages if page) == sorted(f"trang {number}" for number in range(20))


def test_pages_sealed_under_a_former_secret_count_as_gone(redis: Redis, seal: Seal) -> None:
    other = Seal(b"another secret of the tests")
    redis.rpush("motcua:pages:" + seal.hash("pages", "sms:a"), other.close(json.dumps(["a", "b"])))
    assert Paging(redis, seal).next("sms:a") is None


def test_without_redis_a_long_answer_comes_in_several_messages_at_once(
    set_up: Callable[..., Settings], seal: Seal, core: ScriptedCore, tmp_path
) -> None:
    settings = set_up(redis_url=f"unix://{tmp_path}/nobody.sock")
    core.script = lambda turn: answer(LONG)
    conversing = Conversing(CoreClient.from_settings(settings), Paging(connect(settings, hurried=True), seal), settings)
    given = conversing.turn(text("kết hôn cần gì"))
    assert len(given.replies) > 1
    assert "Giay to thu 29" in shown(given)
    assert "Soan 1" not in shown(given)
