"""What citizens hear while something is out of service."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from contract.reply import ReplyKind
from installation.root import Installation
from stores import out_of_service
from stores.out_of_service import EVERYTHING, OutOfService

pytestmark = pytest.mark.xdist_group("core")


@pytest.fixture
def switches(core: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[OutOfService]:
    """As another process of the installation has them."""
    monkeypatch.setattr(out_of_service, "FRESH_SECONDS", 0.0)
    here = Installation(core.settings)
    yield here.out_of_service
    for off in here.out_of_service.all():
        here.out_of_service.put_back(off.scope, "lan")
    # The core looks again now and not in two seconds: other tests come after this one.
    core.say("cảm ơn", secrets.token_hex(8))
    here.close()


def test_everything_off_is_the_only_answer_and_the_talk_goes_on_after(core: Any, switches: OutOfService) -> None:
    talk = secrets.token_hex(8)
    core.say("làm giấy khai sinh cần gì", talk)
    switches.take_off(EVERYTHING, "lan", "Trợ lý nghỉ đến 10 giờ.")
    closed = core.say("kết hôn cần gì", talk)
    assert [reply.short for reply in closed.replies] == ["Trợ lý nghỉ đến 10 giờ."]
    assert closed.replies[0].kind is ReplyKind.TROUBLE
    switches.put_back(EVERYTHING, "lan")
    assert "khai sinh" in core.say("nộp ở đâu", talk).replies[0].short


def test_people_in_danger_are_told_whom_to_call(core: Any, switches: OutOfService) -> None:
    switches.take_off(EVERYTHING, "lan")
    assert "115" in core.say("cứu với bố tôi bị rắn cắn", secrets.token_hex(8)).replies[0].short


def test_one_channel_is_off_and_the_others_answer(core: Any, switches: OutOfService) -> None:
    switches.take_off("channel:sms", "lan")
    by_text = core.say("làm giấy khai sinh cần gì", secrets.token_hex(8), "sms")
    assert "tạm ngừng" in by_text.replies[0].short
    assert "tạm ngừng" not in core.say("làm giấy khai sinh cần gì", secrets.token_hex(8), "phone").replies[-1].short


@pytest.mark.parametrize("asked", ["cần giấy tờ gì", "có cần bản gốc không", "hết bao nhiêu tiền"])
def test_nothing_is_told_of_a_procedure_that_is_off(core: Any, switches: OutOfService, asked: str) -> None:
    talk = secrets.token_hex(8)
    code = core.say("làm giấy khai sinh cần giấy tờ gì", talk).understanding.procedure
    switches.take_off(f"procedure:{code}", "lan", "Đang kiểm tra lại. Hãy hỏi xã.")
    last = core.say(asked, talk).replies[-1]
    assert last.short == "Đang kiểm tra lại. Hãy hỏi xã."
    assert last.details == ()
    assert last.source is None


def test_whoever_speaks_english_hears_it_in_english(core: Any, switches: OutOfService) -> None:
    switches.take_off(EVERYTHING, "lan", "Trợ lý nghỉ.")
    told = core.say("how do i register a birth", secrets.token_hex(8)).replies[0]
    assert told.language == "en"
    assert "switched off" in told.short


def test_the_notice_follows_the_language_of_the_talk(core: Any, switches: OutOfService) -> None:
    talk = secrets.token_hex(8)
    core.say("how do i register a birth", talk)
    switches.take_off(EVERYTHING, "lan", "Trợ lý nghỉ.")
    assert core.say("ok", talk).replies[0].language == "en"
