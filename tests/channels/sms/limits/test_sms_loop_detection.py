from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.sms.limits.loop_detection import (
    AutomaticReplies,
    Heard,
    Loop,
    Said,
    automatic_replies,
    compared,
    gist,
    loop_of,
)

QUESTION = "làm giấy khai sinh cần gì"


def heard(at: float, text: str) -> Heard:
    return Heard(at, compared(text), gist(compared(text)))


def said(at: float, text: str) -> Said:
    return Said(at, compared(text))


def rally(texts: list[str], seconds: float) -> tuple[Heard, list[Heard | Said]]:
    """Texts that each come so many seconds after an answer of ours; the last one is the one judged."""
    history: list[Heard | Said] = []
    for number, text in enumerate(texts):
        at = 1000.0 + 100 * number
        history += [said(at, f"câu trả lời thứ {'abcdefghijk'[number]} của trợ lý"), heard(at + seconds, text)]
    last = history.pop()
    assert isinstance(last, Heard)
    return last, history


@pytest.mark.parametrize(
    "text",
    [
        "[QC] Mua 1 tặng 1 hôm nay, soạn DK gửi 9xx",
        "(TB) Quy khach da su dung het 5GB data",
        "[TB]So du tai khoan la 12.000d",
        "Quý khách vừa đăng ký thành công gói cước",
        "Xin lỗi, tôi đang bận. Tôi sẽ gọi lại sau.",
        "Toi dang lai xe, se goi lai cho ban sau",
        "Đây là tin nhắn tự động. Cảm ơn bạn đã liên hệ.",
        "Cảm ơn anh/chị đã liên hệ với cửa hàng",
        "Auto-reply: I am away until Monday",
        "Out of office until 1 December",
        "I'm driving right now - I'll get back to you later.",
        "Sorry, I can't talk right now.",
        "Ma xac nhan da gui. Vui long khong tra loi tin nhan nay.",
        "Chuc mung sinh nhat! Soan TC2 gui 9xx de tu choi QC",
        "Day la tro ly ao cua cong ty, ban can gi a?",
        "Liked “Làm giấy khai sinh. Cần: tờ khai.”",
        "Đã thích “Lệ phí: miễn phí.”",
        'Reacted 👍 to "Le phi: mien phi."',
        "Removed a heart from “Le phi: mien phi.”",
        "[MCA] Ban co 1 cuoc goi nho tu so 09xx luc 08:12",
        "Thông báo cuộc gọi nhỡ: số 09xx gọi lúc 10:00",
        "You have 2 new voice messages. Dial 9xx to listen.",
        "Bạn có 1 tin nhắn thoại mới, gọi 9xx để nghe",
        "Ma OTP cua quy khach la 123456. Khong chia se ma nay cho bat ky ai.",
        "123456 is your verification code",
        "123456 là mã xác minh tài khoản của bạn.",
    ],
)
def test_texts_no_person_wrote_just_now_are_known(text: str) -> None:
    assert automatic_replies().match(text)


@pytest.mark.parametrize(
    "text",
    [
        QUESTION,
        "tôi đang lái xe bị mất bằng lái, làm lại ở đâu",
        "đã thích nghi với nơi ở mới, đăng ký tạm trú ra sao",
        "liked your answer, thank you. where do I register a birth",
        "mã OTP không về máy thì nộp hồ sơ trực tuyến sao được",
        "em bị mất mã xác thực VNeID phải làm sao",
        "tôi gọi nhỡ mấy lần không ai nghe, hỏi hồ sơ ở đâu",
        "giấy “khai sinh” của con tôi bị sai tên",
        "tôi đang hợp đồng lao động ở Bình Dương, đăng ký tạm trú sao",
        "HUY TIN NHAN TU DONG",
        "tu choi qc",
        "cảm ơn bạn",
        "cam on nhieu",
        "số dư tài khoản bảo hiểm xã hội xem ở đâu",
        "quý khách là gì",
        "1",
        "",
        "tôi sẽ gọi lại",
    ],
)
def test_words_of_citizens_are_not_taken_for_a_machine(text: str) -> None:
    assert not automatic_replies().match(text)


@given(st.text(max_size=800))
def test_any_text_can_be_looked_at(text: str) -> None:
    automatic_replies().match(text)
    assert loop_of(heard(0, text), []) is None


def test_our_own_text_coming_back_is_an_echo() -> None:
    ours = "Đăng ký khai sinh cần: tờ khai, giấy chứng sinh."
    assert loop_of(heard(50, "Dang ky khai sinh can: to khai, giay chung sinh"), [said(10, ours)]) is Loop.ECHO
    assert loop_of(heard(50, "dang ky khai sinh can gi"), [said(10, ours)]) is None
    assert loop_of(heard(100_000, ours), [said(10, ours)]) is None


@pytest.mark.parametrize("text", ["1", "dung", "ok", "2", "0123", "tiep", "co a"])
def test_short_words_may_be_repeated(text: str) -> None:
    assert loop_of(heard(10, text), [heard(at, text) for at in range(9)]) is None


@pytest.mark.parametrize(
    ("times", "urgent", "found"),
    [
        ([0, 60], False, Loop.REPEATED),
        ([0], False, None),
        ([0, 590], False, Loop.REPEATED),
        ([-700, 0], False, None),
        ([0, 60], True, None),
        ([0, 10, 20, 30, 40], True, Loop.REPEATED),
    ],
)
def test_the_same_question_gets_two_answers_and_no_third(times: list[float], urgent: bool, found: Loop | None) -> None:
    history = [heard(at, QUESTION) for at in times]
    assert loop_of(heard(100, QUESTION.upper() + "?"), history, urgent=urgent) is found


@pytest.mark.parametrize(
    ("texts", "seconds", "found"),
    [
        # An away message with a counter in it, sent back at once each time.
        ([f"Cam on da lien he, phieu so {number}" for number in range(5)], 1.0, Loop.RALLY),
        ([f"Cam on da lien he, phieu so {number}" for number in range(4)], 1.0, None),
        # The same, from a person who needs time to read and type.
        ([f"Cam on da lien he, phieu so {number}" for number in range(5)], 9.0, None),
        # It came before our answer was sent: it has waited in a queue.
        ([f"Cam on da lien he, phieu so {number}" for number in range(5)], -5.0, None),
        # A fast writer, or a test, asks different things.
        ([f"lam giay khai {word} o dau" for word in ("sinh", "tu", "ket hon", "nhan", "thue")], 1.0, None),
        (["1"] * 9, 0.5, None),
    ],
)
def test_answers_faster_than_a_person_end_it(texts: list[str], seconds: float, found: Loop | None) -> None:
    last, history = rally(texts, seconds)
    assert loop_of(last, history) is found


def test_a_cry_for_help_is_no_rally() -> None:
    last, history = rally([f"cháy nhà số {number} rồi cứu với" for number in range(5)], 1.0)
    assert loop_of(last, history, urgent=True) is None


@pytest.mark.parametrize(
    ("text", "automatic"),
    [
        ("Tôi đang bận, gọi lại sau", True),
        ("toi dang  BAN", True),
        ("Tôi đang bàng hoàng", False),
        ("Hôm nay tôi đang bận", False),
        ("Thư trả lời (tự động)", True),
        ("Nhắn: quà tặng 20 điểm đã hết hạn", True),
        ("Quà tặng đã hết hạng", False),
        ("Liked “Cần: tờ khai.”", True),
        ("Liked “Cần:\ntờ khai.”", True),
        ("Liked Cần: tờ khai.", False),
        ("I liked “Cần: tờ khai.”", False),
        ("Liked “Cần: tờ khai.” cảm ơn", False),
    ],
)
def test_how_texts_begin_what_they_hold_and_what_stands_before_quoted_words_tells_machines(
    text: str, automatic: bool
) -> None:
    replies = AutomaticReplies(["toi dang ban"], ["(tu dong)", "qua tang … da het han"], ["liked"])
    assert replies.match(text) is automatic


def test_without_marks_of_fingers_quoted_words_are_a_persons() -> None:
    assert not AutomaticReplies(["toi dang ban"], ["(tu dong)"]).match("Liked “Cần: tờ khai.”")


def test_the_phrases_that_ship_are_read_as_they_stand() -> None:
    replies = AutomaticReplies.load()
    assert replies.match("Đã thích “Lệ phí: miễn phí.”")
    assert not replies.match("Làm giấy khai sinh cần gì")
