"""One-time codes in conversations: by text message, on the telephone's keys and at a kiosk, to the end."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from one_time_digits import Newest, newest, text  # noqa: F401 - a fixture
from redis import Redis
from telephone_calls import Call, Line
from test_golden_calls import CoreOfTests

from actions.dossiers.sandbox import SandboxDossier, read_sandbox
from contract.reply import Detail, ReplyKind
from installation.one_time import PostWhenAsked
from installation.root import Installation

if TYPE_CHECKING:
    from conftest import CoreInProcess

# ruff: noqa: F811 - the fixture is imported, and named again as an argument

pytestmark = pytest.mark.xdist_group("core")

BY_CODE = {dossier.code: dossier for dossier in read_sandbox()}


@pytest.mark.parametrize(
    "asking", ["gửi mã cho tôi", "gui ma", "tôi không nhớ số đó, nhắn mã về máy giúp", "send me a code"]
)
def test_by_text_message_a_code_is_asked_for_in_words(core: CoreInProcess, newest: Newest, asking: str) -> None:
    dossier, talk = BY_CODE["000.00.01.H29-261117-9145"], secrets.token_hex(8)
    # In a talk each: what strangers ask for is counted together, the number on the dossier is not.
    mark = f"person:{Installation(core.settings).seal.hash('x', talk)}"
    owner = Installation(core.settings)
    post = PostWhenAsked(owner)
    marks = (mark, post.mark_of(dossier.person.phone) or "")
    owner.close()
    say = {"channel": "sms", "conversation": talk, "marks": marks}
    assert "4 số cuối" in text(core.answer(text=f"hồ sơ {dossier.code}", **say))
    sent = core.answer(text=asking, **say)
    assert sent.replies[-1].asks is Detail.ONE_TIME_CODE
    digits = newest(dossier.person.phone)
    assert digits not in text(sent)
    told = core.answer(text=f"mã là {digits}", **say)
    assert told.replies[-1].kind is ReplyKind.ANSWER
    for personal in (dossier.person.phone, dossier.person.applicant, digits):
        assert personal not in text(told)


def test_wrong_digits_lock_four_digits_and_a_code_still_opens(core: CoreInProcess, newest: Newest) -> None:
    dossier, talk = BY_CODE["G12.34-261113-1298143"], secrets.token_hex(8)
    core.say(f"hồ sơ {dossier.code}", talk, "sms")
    tries = [core.say("9876", talk, "sms") for _ in range(3)]
    assert "gửi mã" in text(tries[0])
    assert "tạm khóa" in text(tries[2])
    assert "gửi mã" in text(tries[2])
    assert "đang được nhắn" in text(core.say("gửi mã", talk, "sms"))
    assert "chưa đúng" in text(core.say("000000", talk, "sms"))
    assert core.say(newest(dossier.person.phone), talk, "sms").replies[-1].kind is ReplyKind.ANSWER


def test_a_code_nobody_issued_is_answered_the_same(core: CoreInProcess, newest: Newest) -> None:
    sent = [
        core.answer(
            channel="kiosk",
            conversation=secrets.token_hex(8),
            wish={"do": "dossier", "code": code, "send_code": True},
        )
        for code in ("H22.41-261105-9142", "H22.41-261105-9999")
    ]
    assert text(sent[0]) == text(sent[1])
    assert "đang được nhắn" in text(sent[0])


def test_a_button_of_a_kiosk_sends_a_code(core: CoreInProcess, newest: Newest) -> None:
    dossier, visit = BY_CODE["G01.899.922-261114-898146"], secrets.token_hex(8)
    core.answer(channel="kiosk", conversation=visit, wish={"do": "dossier", "code": dossier.code})
    sent = core.answer(channel="kiosk", conversation=visit, wish={"do": "dossier", "send_code": True})
    assert (sent.refused, sent.replies[-1].asks) == (None, Detail.ONE_TIME_CODE)
    told = core.answer(
        channel="kiosk", conversation=visit, wish={"do": "dossier", "last4": newest(dossier.person.phone)}
    )
    assert told.replies[-1].kind is ReplyKind.ANSWER


def test_a_button_without_a_code_before_is_refused(core: CoreInProcess) -> None:
    wished = core.answer(channel="kiosk", conversation=secrets.token_hex(8), wish={"do": "dossier", "send_code": True})
    assert wished.refused is not None


def test_in_english_it_is_whole(core: CoreInProcess, newest: Newest) -> None:
    dossier, talk = BY_CODE["G22.99.08-261116-998147"], secrets.token_hex(8)
    core.answer(channel="kiosk", conversation=talk, wish={"do": "switch_language", "to": "en"})
    core.say(dossier.code, talk)
    assert "is on its way" in text(core.say("i forgot the number, send a code please", talk))
    told = core.say(newest(dossier.person.phone), talk)
    assert told.replies[-1].kind is ReplyKind.ANSWER
    assert told.replies[-1].language == "en"


@pytest.fixture
def call(core: CoreInProcess) -> Iterator[Call]:
    with Redis.from_url(core.redis_url, decode_responses=True) as client:
        call = Call(Line(CoreOfTests(core), client))
        call.starts()
        yield call


def keyed_to_the_digits(call: Call, dossier: SandboxDossier) -> None:
    call.keys("2")
    call.keys("".join(sign for sign in dossier.code if sign.isdigit()) + "#")
    call.keys("1")
    assert "bấm phím chín hai lần" in call.hears


def test_on_the_keys_of_a_telephone_two_nines_send_a_code(call: Call, newest: Newest) -> None:
    dossier = BY_CODE["38.98.H29-261112-9150"]
    keyed_to_the_digits(call, dossier)
    call.keys("99")
    assert "đang được nhắn" in call.hears
    call.waits()
    assert "sáu số" in call.hears
    call.keys("000000")
    assert "chưa đúng" in call.hears
    call.keys(newest(dossier.person.phone))
    assert "đã trả kết quả" in call.hears
    call.keys("*")
    assert "sáu số" not in call.hears


def test_star_leads_from_the_code_to_the_four_digits(call: Call, newest: Newest) -> None:
    dossier = BY_CODE["H49.62.17-261118-9151"]
    keyed_to_the_digits(call, dossier)
    call.says("gửi mã cho tôi", 0.9)
    assert "sáu số" in call.hears
    call.keys("*")
    assert "bốn số cuối" in call.hears
    call.keys(dossier.person.phone[-4:])
    assert "đã trả kết quả" in call.hears


def test_a_code_read_aloud_is_read_back_first(call: Call, newest: Newest) -> None:
    dossier = BY_CODE["H49.09.44-261109-99152"]
    keyed_to_the_digits(call, dossier)
    call.keys("99#")
    digits = newest(dossier.person.phone)
    call.says(" ".join(digits), 0.9)
    assert "vừa nghe" in call.hears
    call.keys("1")
    assert "đã trả kết quả" in call.hears
