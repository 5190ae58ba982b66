from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.cleaning import clean
from channels.rendering import Rendered, render, render_all
from channels.rendering.segments import is_gsm7, size
from contract.reply import Choice, Reply, ReplyKind, Source
from contract.turn import Channel
from runtime.settings import Settings

SOURCE = Source(procedure_code="1.001193", decision="163/QĐ-BTP", checked_on=date(2026, 7, 20))
BIRTH = Reply(
    kind=ReplyKind.ANSWER,
    short="Đăng ký khai sinh cần: tờ khai, giấy chứng sinh.",
    details=("Lệ phí: miễn phí.", "Nơi nộp: Ủy ban nhân dân xã."),
    source=SOURCE,
    next_step="Hỏi thêm: bao lâu thì xong?",
)
ASK_BACK = Reply(
    kind=ReplyKind.ASK_BACK,
    short="Cần việc nào dưới đây?",
    choices=(Choice(key="1", label="Đăng ký khai sinh"), Choice(key="2", label="Đăng ký lại khai sinh")),
    next_step="Trả lời bằng số.",
)


def settings(segments: int = 3, diacritics: bool = False) -> Settings:
    return Settings(sms_segments=segments, sms_diacritics=diacritics)


def sms(reply: Reply, segments: int = 3, diacritics: bool = False) -> Rendered:
    return render(reply, Channel.SMS, settings(segments, diacritics))


def texts(rendered: Rendered) -> list[str]:
    return [rendered.text, *(page.text for page in rendered.more)]


def test_an_answer_is_short_then_details_then_source_then_next_step() -> None:
    assert sms(BIRTH).text == (
        "Dang ky khai sinh can: to khai, giay chung sinh.\n"
        "Le phi: mien phi.\n"
        "Noi nop: Uy ban nhan dan xa.\n"
        "Nguon: QD 163, 7/2026.\n"
        "Hoi them: bao lau thi xong?"
    )


def test_diacritics_stay_when_an_operator_wants_them() -> None:
    assert sms(BIRTH, diacritics=True).text.startswith("Đăng ký khai sinh cần: tờ khai, giấy chứng sinh.\n")


def test_a_record_without_decision_names_its_procedure_as_source() -> None:
    reply = BIRTH.model_copy(update={"source": SOURCE.model_copy(update={"decision": None})})
    assert "Nguon: thu tuc 1.001193, 7/2026." in sms(reply).text


def test_choices_stand_before_the_next_step() -> None:
    assert sms(ASK_BACK).text == (
        "Can viec nao duoi day?\n1. Dang ky khai sinh\n2. Dang ky lai khai sinh\nTra loi bang so."
    )
    assert sms(ASK_BACK).choices == ASK_BACK.choices


@pytest.mark.parametrize(
    ("language", "diacritics", "offer"),
    [
        ("vi", False, "Soan 1 de xem tiep."),
        ("vi", True, "Soạn 1 để xem tiếp."),
        ("en", False, "Reply 1 for more."),
    ],
)
def test_a_long_answer_becomes_pages(language: str, diacritics: bool, offer: str) -> None:
    details = tuple(f"Giấy tờ thứ {number}: bản sao có chứng thực." for number in range(60))
    reply = BIRTH.model_copy(update={"details": details, "language": language})
    *before, last = texts(sms(reply, diacritics=diacritics))
    assert len(before) >= 3
    assert all(page.endswith(f"\n{offer}") for page in before)
    assert offer not in last


def test_labels_are_shortened_after_a_word_when_choices_are_too_long_for_one_message() -> None:
    labels = [f"Đăng ký khai sinh cho trẻ em thuộc trường hợp đặc biệt số {number} tại xã" for number in range(1, 6)]
    choices = tuple(Choice(key=str(index), label=label) for index, label in enumerate(labels, 1))
    rendered = sms(ASK_BACK.model_copy(update={"choices": choices}), segments=2)
    lines = rendered.text.split("\n")
    assert lines[0] == "Can viec nao duoi day?"
    assert [line[:3] for line in lines[1:6]] == ["1. ", "2. ", "3. ", "4. ", "5. "]
    assert all(line.endswith("...") and "Dang ky khai sinh" in line for line in lines[1:6])
    assert size(rendered.text).segments <= 2
    assert rendered.more == ()
    assert rendered.choices == choices


def test_only_the_last_reply_of_a_turn_waits_for_the_citizen() -> None:
    long = BIRTH.model_copy(update={"details": tuple(f"Chi tiết {number} của câu trả lời." for number in range(40))})
    rendered = render_all([long, ASK_BACK], Channel.SMS, settings())
    assert len(rendered) > 2
    assert not any(reply.more or "Soan 1" in reply.text for reply in rendered)
    assert rendered[-1].choices == ASK_BACK.choices
    assert [reply.choices for reply in rendered[:-1]] == [()] * (len(rendered) - 1)


def test_a_notice_is_sent_together_with_the_answer_it_precedes() -> None:
    notice = Reply(kind=ReplyKind.NOTICE, short="Đây là trợ lý tự động Một Cửa.")
    (together,) = render_all([notice, ASK_BACK], Channel.SMS, settings())
    assert together.text.startswith("Day la tro ly tu dong Mot Cua. Can viec nao duoi day?\n1. ")
    assert together.choices == ASK_BACK.choices
    assert len(render_all([notice, BIRTH], Channel.PHONE, settings())) == 2
    assert render_all([notice], Channel.SMS, settings())[0].text == "Day la tro ly tu dong Mot Cua."


PIECE = st.text(max_size=300) | st.from_regex(r"([A-ZĐđơưạảăê]{1,9} ){1,80}", fullmatch=True)
ANSWERS = st.builds(
    Reply,
    kind=st.just(ReplyKind.ANSWER),
    short=PIECE,
    details=st.lists(PIECE, max_size=8).map(tuple),
    next_step=st.none() | PIECE,
    source=st.none() | st.just(SOURCE),
    language=st.sampled_from(["vi", "en", "km"]),
)
QUESTIONS = st.builds(
    Reply,
    kind=st.just(ReplyKind.ASK_BACK),
    short=PIECE,
    details=st.lists(PIECE, max_size=2).map(tuple),
    choices=st.lists(PIECE, min_size=1, max_size=9).map(
        lambda labels: tuple(Choice(key=str(index), label=label) for index, label in enumerate(labels, 1))
    ),
    next_step=st.none() | PIECE,
)


@given(ANSWERS | QUESTIONS, st.integers(1, 6), st.booleans())
def test_no_message_is_longer_than_set(reply: Reply, segments: int, diacritics: bool) -> None:
    assert all(size(text).segments <= segments for text in texts(sms(reply, segments, diacritics)))


@given(ANSWERS | QUESTIONS)
def test_without_diacritics_everything_is_gsm7(reply: Reply) -> None:
    assert all(is_gsm7(text) for text in texts(sms(reply)))


@given(ANSWERS, st.integers(1, 6))
def test_no_word_of_an_answer_is_lost_over_its_pages(reply: Reply, segments: int) -> None:
    whole = [reply.short, *reply.details, reply.next_step or ""]
    pages = texts(sms(reply, segments, diacritics=True))
    offer = re.compile(r"\n(Soạn 1 để xem tiếp\.|Reply 1 for more\.)$")
    sent = "".join("".join([*(offer.sub("", page) for page in pages[:-1]), pages[-1]]).split())
    sent = re.sub(r"(Nguồn|Source):QĐ163,7/2026\.", "", sent)
    assert sent == "".join(clean("".join(whole)).split())


@given(QUESTIONS, st.integers(2, 6))
def test_every_choice_keeps_its_key_in_the_one_message(reply: Reply, segments: int) -> None:
    rendered = sms(reply, segments)
    assert rendered.more == ()
    for choice in reply.choices:
        assert f"{choice.key}. " in rendered.text + " "
