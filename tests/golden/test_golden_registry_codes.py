"""One-time codes for registries, to the end: by text message, on the telephone's keys, from a kiosk's button."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

import pytest
from one_time_digits import Newest, newest, text  # noqa: F401 - a fixture
from redis import Redis
from telephone_calls import Call, Line
from test_golden_calls import CoreOfTests

from contract.reply import Detail, ReplyKind
from contract.turn import TurnResult

if TYPE_CHECKING:
    from conftest import CoreInProcess

# ruff: noqa: F811 - the fixture is imported, and named again as an argument

pytestmark = pytest.mark.xdist_group("core")


def test_by_text_message_a_code_opens_what_wrong_digits_have_locked(core: CoreInProcess, newest: Newest) -> None:
    talk = secrets.token_hex(8)
    for words in ("thuế quán của tôi hạn nộp ngày nào", "1", "0000000933"):
        asked = core.say(words, talk, "sms")
    assert "gửi mã" in text(asked)
    tries = [core.say("9876", talk, "sms") for _ in range(3)]
    assert "tạm khóa" in text(tries[2])
    assert "đang được nhắn" in text(core.say("gửi mã", talk, "sms"))
    assert "chưa đúng" in text(core.say("000000", talk, "sms"))
    told = core.say(newest("0900000933"), talk, "sms")
    assert told.replies[-1].kind is ReplyKind.ANSWER
    assert "600.000 đồng thuế phải nộp, có khoản đã quá hạn" in text(told)
    assert "0900000933" not in text(told)


def test_a_button_of_a_kiosk_sends_one(core: CoreInProcess, newest: Newest) -> None:
    visit = secrets.token_hex(8)

    def wish(**asked: object) -> TurnResult:
        return core.answer(channel="kiosk", conversation=visit, wish=asked)

    assert wish(do="registry", about="land.change").replies[-1].choices
    assert wish(do="yes").replies[-1].asks is Detail.REGISTRY_KEY
    proof = core.answer(channel="kiosk", conversation=visit, text="BX 123456")
    assert proof.replies[-1].asks is Detail.REGISTRY_PROOF
    assert "chạm nút" in text(proof)
    assert "đang được nhắn" in text(wish(do="registry", send_code=True))
    told = core.answer(channel="kiosk", conversation=visit, text=newest("0900000923"))
    assert "chưa có thay đổi nào" in text(told)


def test_a_wish_for_a_registry_nobody_has_is_not_understood(core: CoreInProcess) -> None:
    wish = {"do": "registry", "about": "moon"}
    told = core.answer(channel="kiosk", conversation=secrets.token_hex(8), wish=wish)
    assert told.replies[-1].kind is ReplyKind.UNKNOWN


def test_on_the_keys_of_a_telephone_two_nines_send_one(core: CoreInProcess, newest: Newest) -> None:
    with Redis.from_url(core.redis_url, decode_responses=True) as client:
        call = Call(Line(CoreOfTests(core), client))
        call.starts()
        for keys in ("1", "9", "9", "3", "1"):
            call.keys(keys)
        assert "mã hồ sơ đăng ký cư trú" in call.hears
        call.keys("155005212611197002#")
        assert "phím chín hai lần" in call.hears
        call.keys("99")
        assert "đang được nhắn" in call.hears
        call.keys(newest("0900000912"))
        assert "chưa được cập nhật" in call.hears
