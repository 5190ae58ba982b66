"""A conversation in which somebody told of a danger stays with it until something else is plainly asked."""

from __future__ import annotations

import secrets
from typing import Any

import pytest

from contract.turn import Channel

pytestmark = pytest.mark.xdist_group("core")


def talk(core: Any, *said: str, channel: Channel = Channel.KIOSK) -> list[str]:
    """What is shown to each message of one conversation, its first reply before the others."""
    conversation = secrets.token_hex(8)
    results = [core.say(text, conversation, channel) for text in said]
    return [" ".join(" ".join((reply.short, *reply.details)) for reply in result.replies) for result in results]


def test_a_child_who_dares_not_tell_is_told_who_listens_and_of_no_pension(core: Any) -> None:
    first, second, third, fourth = talk(
        core,
        "cháu mười hai tuổi chú hàng xóm cứ sờ vào người cháu",
        "cháu không dám nói với mẹ",
        "cháu ở với bà",
        "dạ cháu cảm ơn",
    )
    assert "111" in first
    for told in (second, third, fourth):
        assert "111" in told
        assert "trợ cấp" not in told.lower()
    assert second != first
    assert third != second


def test_a_plain_question_afterwards_is_answered_and_not_what_the_danger_sounded_like(core: Any) -> None:
    _, asked, side = talk(core, "bố mẹ ép em lấy chồng", "làm lại căn cước cần giấy gì", "lệ phí bao nhiêu")
    assert "căn cước" in asked.lower()
    assert "111" not in asked
    assert "111" not in side


def test_the_number_is_said_again_where_the_telephone_would_know_of_papers_only(core: Any) -> None:
    conversation = secrets.token_hex(8)
    core.say("chồng em đang đánh em", conversation, Channel.PHONE)
    result = core.say("không ai hiểu em", conversation, Channel.PHONE)
    assert "113" in result.replies[-1].short
    assert result.understanding.intent is None


def test_words_without_a_danger_before_are_taken_as_ever(core: Any) -> None:
    told = talk(core, "làm giấy khai sinh cần gì", "cháu ở với bà", "cảm ơn")
    assert not any("111" in one for one in told)


def test_who_tells_of_a_danger_in_english_is_answered_in_english(core: Any) -> None:
    first, second = talk(core, "my husband beats me", "nobody believes me")
    assert "police" in first
    assert "neighbour" in second


def test_a_report_of_a_danger_goes_on_behind_the_number(core: Any) -> None:
    _, danger, place = talk(core, "tôi muốn phản ánh với xã", "cháy rừng sau núi", "thôn 5 gần cầu treo")
    assert "114" in danger
    assert "Việc đó ở đâu" in danger
    assert "114" not in place


def test_cheated_out_of_money_is_told_of_the_bank_and_not_of_taking_out_insurance(core: Any) -> None:
    _, gone, back, denounce = talk(
        core,
        "tôi vừa bị lừa chuyển tiền vào tài khoản lạ",
        "họ rút hết tiền rồi",
        "có lấy lại được tiền không",
        "làm đơn tố cáo ở đâu",
    )
    assert "ngân hàng" in gone
    assert "ngân hàng" in back
    assert "bảo hiểm" not in gone + back
    assert "đơn" in denounce
