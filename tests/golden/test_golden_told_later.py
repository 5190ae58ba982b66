"""Nothing can be looked up, and whoever asked is told by text message when it can."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from redis import Redis
from telephone_calls import Call, Line
from test_golden_calls import CoreOfTests

from actions.dossiers.follow import Began, Question
from actions.dossiers.outage import OutageSwitch
from installation.following import FollowWhenAsked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conftest import CoreInProcess

pytestmark = pytest.mark.xdist_group("core")

CODE = "000.00.12.H62-260924-9153"
MARK = "person:whoever"


@pytest.fixture
def noted(core: CoreInProcess, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Question]]:
    """While the source is away; what is to be looked up later."""
    waiting: list[Question] = []

    def can_wait(_self: object, marks: Sequence[str]) -> bool:
        return MARK in marks

    def wait(_self: object, question: Question, language: str, turn: str) -> Began:
        waiting.append(question)
        return Began.WAITING

    monkeypatch.setattr(FollowWhenAsked, "can_wait", can_wait)
    monkeypatch.setattr(FollowWhenAsked, "wait", wait)
    with Redis.from_url(core.redis_url) as client:
        switch = OutageSwitch(client)
        switch.turn_on()
        yield waiting
        switch.turn_off()


def test_by_text_message_one_says_so(core: CoreInProcess, noted: list[Question]) -> None:
    talk = secrets.token_hex(8)
    say = {"channel": "sms", "conversation": talk, "marks": (MARK,)}
    failed = core.answer(text=f"hồ sơ {CODE} số cuối 0153", **say).replies[-1]
    assert [choice.key for choice in failed.choices] == ["1"]
    told = core.answer(text="1", **say).replies[-1]
    assert "Tra được thì tổng đài nhắn" in told.short
    assert noted == [Question(CODE, "0153", talk, "sms", (MARK,))]
    # It is done with: the next number picks nothing.
    assert "Tra được" not in core.answer(text="1", **say).replies[-1].short


def test_who_cannot_be_told_is_not_asked(core: CoreInProcess, noted: list[Question]) -> None:
    talk = secrets.token_hex(8)
    failed = core.answer(channel="kiosk", conversation=talk, text=f"hồ sơ {CODE} số cuối 0153")
    assert failed.replies[-1].choices == ()
    assert noted == []


def test_on_the_telephone_a_key_says_so(
    core: CoreInProcess, noted: list[Question], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FollowWhenAsked, "can_wait", lambda _self, marks: True)
    with Redis.from_url(core.redis_url, decode_responses=True) as client:
        call = Call(Line(CoreOfTests(core), client))
        call.starts()
        call.keys("2")
        call.keys("".join(sign for sign in CODE if sign.isdigit()) + "#")
        call.keys("1")
        call.keys("0153")
        assert "Nhắn cho tôi khi tra được" in call.hears
        call.keys("1")
        assert "Tra được thì tổng đài nhắn" in call.hears
    assert [question.last4 for question in noted] == ["0153"]
