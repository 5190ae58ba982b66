from __future__ import annotations

from datetime import date

import pytest

from channels.rendering import render
from channels.rendering.lines import source_line, spoken_source
from channels.rendering.speech import spoken
from contract.reply import Choice, Reply, ReplyKind, Source
from contract.turn import Channel
from runtime.settings import Settings

ASK_BACK = Reply(
    kind=ReplyKind.ASK_BACK,
    short="Cần việc nào dưới đây?",
    choices=(
        Choice(key="1", label="Đăng ký khai sinh"),
        Choice(key="2", label="Cấp lại CCCD", speech="cấp lại căn cước công dân"),
    ),
)
MORE = "Nghe tiếp, bấm phím 1."
LONG = Reply(
    kind=ReplyKind.ANSWER,
    short="Đăng ký kết hôn cần những giấy tờ sau đây.",
    details=tuple(f"Giấy tờ loại {chr(97 + number)}: bản sao có chứng thực của cả hai bên." for number in range(12)),
    source=Source(procedure_code="1.000894", decision="163/QĐ-BTP", checked_on=date(2026, 7, 20)),
)


def test_a_screen_shows_every_piece_with_diacritics() -> None:
    rendered = render(LONG, Channel.KIOSK, Settings())
    assert rendered.text.split("\n") == [
        LONG.short,
        *LONG.details,
        "Nguồn: QĐ 163, 7/2026.",
    ]
    assert rendered.more == ()


@pytest.mark.parametrize(
    ("rule", "quoted", "said"),
    [
        ("Luật Căn cước 26/2023/QH15, Điều 21", "Luật 26/2023", "luật 26 năm 2023"),
        ("Nghị quyết 261/2025/QH15, Điều 2", "NQ 261/2025", "nghị quyết 261 năm 2025"),
        ("Nghị quyết 110/2025/UBTVQH15", "NQ 110/2025", "nghị quyết 110 năm 2025"),
    ],
)
def test_a_resolution_of_the_assembly_is_no_law(rule: str, quoted: str, said: str) -> None:
    source = Source(procedure_code="1.000894", decision=rule, checked_on=date(2026, 7, 20))
    assert source_line(source, "vi") == f"Nguồn: {quoted}, 7/2026."
    assert said in spoken_source(source, "vi")


def test_choices_are_said_by_their_key() -> None:
    speech = render(ASK_BACK, Channel.PHONE, Settings()).speech.lower()
    assert "việc nào dưới đây" in speech
    assert speech.index("khai sinh, bấm phím một") < speech.index("căn cước công dân, phím hai")
    assert "căn cước công dân" in speech
    assert "cccd" not in speech


def test_an_english_reply_is_said_in_english() -> None:
    english = ASK_BACK.model_copy(update={"language": "en", "short": "Which one?"})
    assert render(english, Channel.PHONE, Settings()).speech.startswith("Which one? Đăng ký khai sinh, press 1.")


def test_the_number_of_a_ticket_is_said_digit_by_digit_in_every_language() -> None:
    assert spoken("Số phiếu là 1234 5678.", "vi") == "Số phiếu là một hai ba bốn, năm sáu bảy tám."
    assert spoken("Your ticket is 1234 5678.", "en") == "Your ticket is 1 2 3 4, 5 6 7 8."
    assert "1 2 3" not in spoken("Fees: 12.1234 5678 and 1234 5678.50", "en")


def test_a_long_answer_on_the_phone_comes_in_pieces_one_can_follow() -> None:
    rendered = render(LONG, Channel.PHONE, Settings())
    pages = [rendered.text, *(page.text for page in rendered.more)]
    assert len(pages) >= 2
    assert all(len(page.removesuffix(MORE)) <= 260 for page in pages)
    assert all(page.endswith(MORE) for page in pages[:-1])
    assert all(page.speech for page in rendered.more)
    words = " ".join(page.removesuffix(MORE) for page in pages).split()
    assert words == " ".join([LONG.short, *LONG.details, "Theo quyết định 163."]).split()


def test_every_line_is_said_as_a_sentence_of_its_own() -> None:
    reply = Reply(kind=ReplyKind.ANSWER, short="Cần tờ khai", details=("Nộp ở xã",))
    speech = render(reply, Channel.KIOSK, Settings()).speech
    assert speech.count(".") == 2
