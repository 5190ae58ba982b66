"""What comes out of the printer, and what happens when nothing does."""

from __future__ import annotations

import re
import socket
import stat
import threading
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from statistics import mean
from typing import Any

import pytest
import segno
from fpdf import FPDF
from free_ports import free_port
from hypothesis import given
from hypothesis import strategies as st
from installations import open_catalogue
from PIL import ImageFont
from places import NLU_DATA
from running_kiosk import PaperCatcher

from actions.procedures.answers import Answers
from channels.rendering.segments import size
from channels.rendering.sms import SmsStyle
from channels.sms.answering.keywords import Keyword, keywords
from contract.wording import wording_of
from kiosk.page.taking_home import as_text
from kiosk.printing.cups_printer import CupsPrinter
from kiosk.printing.fonts import font_file
from kiosk.printing.page_pdf import pdf
from kiosk.printing.printers import PrinterFailed, printer_of
from kiosk.printing.receipt_printer import FilePrinter, NetworkPrinter, UsbPrinter
from kiosk.printing.slip import Letterhead, Section, Slip, slip_of_card, slip_of_text, slip_of_ticket
from kiosk.printing.strip_image import strip_image, wrapped
from kiosk.procedure_cards import Cards
from kiosk.words import words
from runtime.settings import Settings

HEAD = Letterhead("Trung tâm phục vụ hành chính công xã Mẫu", date(2026, 11, 29))
SLIP = Slip(
    "Làm giấy khai sinh",
    (
        Section("Giấy tờ cần mang", ("Tờ khai đăng ký khai sinh (2 bản chính)", "Giấy chứng sinh"), ticked=True),
        Section("Lệ phí", ("Miễn phí.",)),
    ),
    ("Nguồn: QĐ 163, 7/2026.",),
    "https://dichvucong.gov.vn",
)


@pytest.mark.parametrize(
    ("setting", "expected"),
    [
        (None, None),
        ("cups", CupsPrinter(None)),
        ("cups:van-phong", CupsPrinter("van-phong")),
        ("tcp://10.0.0.9:9100", NetworkPrinter("10.0.0.9", 9100, 384)),
        ("file:/dev/usb/lp0", FilePrinter("/dev/usb/lp0", 384)),
        ("usb:04b8:0e15", UsbPrinter("04b8", "0e15", 384)),
    ],
)
def test_a_setting_names_the_printer(setting: str | None, expected: object) -> None:
    assert printer_of(setting, 384) == expected
    assert Settings(kiosk_printer=setting).kiosk_printer == setting


@pytest.mark.parametrize(
    "setting", ["lp0", "tcp://host", "tcp://host:x", "usb:1:2", "cups:", "file:relative", "cups:a b"]
)
def test_a_setting_that_names_no_printer_stops_the_start(setting: str) -> None:
    with pytest.raises(ValueError, match="kiosk_printer"):
        Settings(kiosk_printer=setting)


def test_a_page_holds_the_letters_of_vietnamese_and_a_code() -> None:
    made = pdf(SLIP)
    assert made.startswith(b"%PDF-")
    assert b"BeVietnamPro" in made
    assert b"/Image" in made


@pytest.fixture(scope="module")
def cards(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cards]:
    url = f"sqlite:///{tmp_path_factory.mktemp('paper') / 'catalogue.db'}"
    store = open_catalogue(url, NLU_DATA / "procedures", rules=NLU_DATA)
    room = wording_of(NLU_DATA).room("core")
    yield Cards(store, Answers(room, lambda: HEAD.printed_on, timedelta(days=180)))
    store.close()


def test_nine_in_ten_procedures_take_one_page(cards: Cards) -> None:
    # Every twelfth: drawing all of them takes a minute. Of 326, 310 took one page on 29 November 2026.
    codes = sorted(file.stem for file in (NLU_DATA / "procedures").glob("?.??????.yml"))[::12]
    found = [cards.card(code, "vi") for code in codes]
    pages = [pdf(slip_of_card(card, HEAD, words(), "vi")).count(b"/Type /Page\n") for card in found if card]
    assert mean(count == 1 for count in pages) >= 0.9


def _pages(slip: Slip) -> int:
    return pdf(slip).count(b"/Type /Page\n")


def test_the_sheets_asked_for_most_end_with_their_code_on_the_first_page(cards: Cards) -> None:
    for code in ("1.001193", "1.001612", "1.116410", "1.014027"):
        card = cards.card(code, "vi")
        assert card is not None
        assert _pages(slip_of_card(card, HEAD, words(), "vi")) == 1, code


def test_a_sheet_says_who_may_and_how_much_one_receives(cards: Cards) -> None:
    card = cards.card("1.014027", "vi")
    assert card is not None
    told = {section.heading: " ".join(section.lines) for section in slip_of_card(card, HEAD, words(), "vi").sections}
    assert "75 tuổi" in told["Điều kiện"]
    assert "đồng một tháng" in told["Nhận được gì"]


def test_what_may_be_left_out_stays_away_before_a_second_page_is_begun() -> None:
    long = tuple(f"Dòng {number}" for number in range(30))
    needed = replace(SLIP, sections=(Section("Giấy tờ cần mang", long, ticked=True),))
    more = replace(needed, sections=(*needed.sections, Section("Điều kiện", long, optional=True)))
    must = replace(needed, sections=(*needed.sections, Section("Các bước làm", long)))
    assert [_pages(slip) for slip in (needed, more, must)] == [1, 1, 2]


def test_where_we_are_texted_to_the_code_on_the_screen_is_a_message_that_takes_no_internet(
    cards: Cards, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[str] = []
    make = segno.make

    def noting(content: str, **how: Any) -> Any:
        held.append(content)
        return make(content, **how)

    monkeypatch.setattr(segno, "make", noting)
    for ours in ("8099", None):
        assert cards.qr("1.001193", ours) is not None
    assert held[0] == "smsto:8099:1.001193"
    assert held[1].startswith("https://")
    assert cards.qr("9.999999", "8099") is None


def test_a_sheet_says_whose_it_is_and_when_it_was_printed(cards: Cards) -> None:
    card = cards.card("1.001193", "vi")
    assert card is not None
    office, printed = slip_of_card(card, HEAD, words(), "vi").head
    assert office == HEAD.office
    assert "29/11/2026" in printed
    undated = slip_of_card(card, Letterhead(HEAD.office, None), words(), "vi").head[1]
    assert undated == "Tờ hướng dẫn để mang về. Không thay cho giấy tờ của cơ quan."
    nameless = slip_of_card(card, Letterhead("", HEAD.printed_on), words(), "en").head
    assert nameless[0] == "Một Cửa assistant"


def drawn_in(made: bytes) -> bytes:
    """What the pages of a PDF draw, unpacked."""
    packed = re.findall(rb"/FlateDecode\n/Length \d+\n>>\nstream\n(.*?)\nendstream", made, re.DOTALL)
    return b"\n".join(content for one in packed if b"BT" in (content := zlib.decompress(one)))


def test_a_screen_reader_finds_title_headings_lines_and_code_in_their_order_and_language() -> None:
    made = pdf(replace(SLIP, head=("Xã Mẫu", "In ngày 29/11/2026"), language="vi"))
    assert b"/StructTreeRoot" in made
    assert b"/MarkInfo <</Marked true>>" in made
    assert b"/Lang (vi)" in made
    assert b"/DisplayDocTitle true" in made
    kinds = re.findall(rb"/S /(\w+)\n/Type /StructElem|/Type /StructElem\n/S /(\w+)", made)
    order = [(one or other).decode() for one, other in kinds if (one or other) != b"Document"]
    assert order == ["P", "P", "H1", "H2", "P", "P", "H2", "P", "Figure", "P"]
    drawn = drawn_in(made)
    opened, closed = drawn.count(b" BDC") + drawn.count(b" BMC"), drawn.count(b"EMC")
    assert opened == closed
    # The line under the letterhead and the boxes to tick tell nothing.
    assert drawn.count(b"/Artifact BMC") == 3
    outside = re.sub(rb"(BDC|BMC)\n.*?EMC", b"", drawn, flags=re.DOTALL)
    assert b"Tj" not in outside, "every letter belongs to an element"
    assert b"TJ" not in outside


def test_a_paragraph_that_a_page_does_not_take_goes_on_as_an_element_of_the_next() -> None:
    long = replace(SLIP, sections=(Section("Các bước", ("việc phải làm " * 900,)),))
    made = pdf(long)
    pages = made.count(b"/Type /Page\n")
    assert pages > 1
    assert made.count(b"/StructParents") == pages
    assert drawn_in(made).count(b"EMC") == drawn_in(made).count(b" BDC") + drawn_in(made).count(b" BMC")


def test_a_long_slip_takes_more_pages_and_breaks_nothing() -> None:
    long = Slip(
        "Dài", (Section("Các bước", tuple(f"{n}. " + "việc phải làm " * 12 for n in range(60)), True),), (), "x"
    )
    assert pdf(long).count(b"/Type /Page\n") > 3


def test_only_a_slip_of_several_pages_numbers_them(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    cell = FPDF.cell

    def noted(page: FPDF, *given: Any, **named: Any) -> Any:
        written.append(str(given[2] if len(given) > 2 else named.get("text", "")))
        return cell(page, *given, **named)

    monkeypatch.setattr(FPDF, "cell", noted)
    section = Section("Các bước", tuple(f"{n}. " + "việc phải làm " * 12 for n in range(25)), True)
    made = pdf(replace(SLIP, sections=(section,), page_mark="Trang {number}/{of}"))
    pages = made.count(b"/Type /Page\n")
    assert pages > 1
    assert [one for one in written if one.startswith("Trang")] == [f"Trang {n}/{pages}" for n in range(1, pages + 1)]
    written.clear()
    pdf(replace(SLIP, page_mark="Trang {number}/{of}"))
    assert not [one for one in written if one.startswith("Trang")]


TOLD = "Cán bộ sẽ gọi lại. Số phiếu: 1234 5678\nGọi trước 16:30 ngày 02/12/2026."


def test_a_slip_of_a_ticket_asks_how_far_it_is_by_the_camera_of_a_telephone() -> None:
    slip = slip_of_ticket(TOLD, "12345678", "8099", HEAD, words(), "vi")
    assert slip.title == "Số phiếu: 1234 5678"
    assert slip.sections[0].lines[1] == "Gọi trước 16:30 ngày 02/12/2026."
    assert slip.address == "smsto:8099:PHIEU 1234 5678"
    assert "soạn PHIEU 1234 5678 gửi 8099" in slip.foot[0]
    order = keywords().find(slip.address.rpartition(":")[2])
    assert order is not None
    assert (order.keyword, order.code) == (Keyword.TICKET, "12345678")
    assert pdf(slip).startswith(b"%PDF-")


def test_where_nobody_takes_text_messages_a_slip_of_a_ticket_offers_none() -> None:
    slip = slip_of_ticket(TOLD, "12345678", None, HEAD, words(), "en")
    assert "sms" not in slip.address
    assert not any("TICKET" in line for line in slip.foot)


@pytest.mark.parametrize("diacritics", [False, True])
def test_a_procedure_by_text_message_takes_two_segments_and_says_how_to_get_the_rest(
    cards: Cards, diacritics: bool
) -> None:
    style = SmsStyle(diacritics, 3)
    cut = 0
    for code in sorted(file.stem for file in (NLU_DATA / "procedures").glob("?.??????.yml"))[::25]:
        card = cards.card(code, "vi")
        assert card is not None
        more = f"Còn nữa: soạn {code} gửi lại số này."
        text = as_text(slip_of_card(card, HEAD, words(), "vi"), style, more)
        assert size(style.write(text)).segments <= 2
        assert text.startswith(card.sides.name)
        cut += text.endswith(more)
    assert cut > 0


@pytest.mark.parametrize("dots", [384, 576])
def test_a_strip_is_as_wide_as_the_paper_and_only_black_and_white(dots: int) -> None:
    strip = strip_image(SLIP, dots)
    assert strip.width == dots
    assert strip.mode == "1"
    ink = sum(1 for dot in strip.convert("L").getdata() if dot == 0)
    assert 0.02 < ink / (strip.width * strip.height) < 0.5


@given(st.text(max_size=200), st.integers(40, 600))
def test_no_line_is_wider_than_the_paper_and_no_word_is_lost(text: str, width: int) -> None:
    font = ImageFont.truetype(str(font_file("regular")), 26)
    lines = wrapped(text, font, width)
    assert all(font.getlength(line) <= width or len(line) == 1 for line in lines)
    assert "".join("".join(lines).split()) == "".join(text.split())


def test_a_receipt_printer_gets_a_picture_and_a_cut() -> None:
    catcher = PaperCatcher()
    try:
        NetworkPrinter("127.0.0.1", catcher.port, 384).put_out(SLIP)
        sent = catcher.strip()
    finally:
        catcher.close()
    assert sent.removeprefix(b"\x10\x04\x04").startswith(b"\x1b@"), "the printer begins afresh"
    at = sent.index(b"\x1dv0")
    assert int.from_bytes(sent[at + 4 : at + 6], "little") == 384 // 8
    assert b"\x1dV" in sent[-16:], "the strip is cut off"


def test_a_printer_that_is_a_file_gets_the_same(tmp_path: Path) -> None:
    device = tmp_path / "lp0"
    device.touch()
    FilePrinter(str(device), 384).put_out(SLIP)
    assert b"\x1dv0" in device.read_bytes()


def test_a_printer_that_is_away_is_told_of(tmp_path: Path) -> None:
    port = free_port()
    with pytest.raises(PrinterFailed):
        NetworkPrinter("127.0.0.1", port, 384).put_out(SLIP)
    with pytest.raises(PrinterFailed):
        FilePrinter(str(tmp_path / "no" / "printer"), 384).put_out(SLIP)


def cups(folder: Path, monkeypatch: pytest.MonkeyPatch, *, lp_status: int = 0, looks_until_out: int = 0) -> None:
    """CUPS' commands as its manual describes them, for a printer that takes a while or never gets to it."""
    (folder / "left").write_text(str(looks_until_out))
    programs = {
        "lp": f'printf "%s " "$@" > order\ncat > page\necho "request id is van-phong-7 (1 file(s))"\nexit {lp_status}',
        "lpstat": 'left=$(cat left)\n[ "$left" = 0 ] && exit 0\necho $((left - 1)) > left\n'
        'echo "van-phong-6 other 512"\necho "van-phong-7 motcua 1024"',
        "cancel": 'printf "%s " "$@" > cancelled',
    }
    for name, script in programs.items():
        program = folder / name
        program.write_text(f"#!/bin/sh\ncd {folder}\n{script}\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_cups_gets_the_page_by_its_own_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cups(tmp_path, monkeypatch, looks_until_out=2)
    CupsPrinter("van-phong").put_out(SLIP)
    assert (tmp_path / "left").read_text().strip() == "0", "it is waited for until the sheet is out"
    assert (tmp_path / "page").read_bytes().startswith(b"%PDF-")
    assert "-d van-phong" in (tmp_path / "order").read_text()
    assert "khai sinh" not in (tmp_path / "order").read_text(), "what a visitor asks for is no title in a queue"
    assert not (tmp_path / "cancelled").exists()


def test_cups_that_refuses_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cups(tmp_path, monkeypatch, lp_status=1)
    with pytest.raises(PrinterFailed, match="status 1"):
        CupsPrinter("van-phong").put_out(SLIP)


def test_a_sheet_that_does_not_come_out_is_taken_back_and_not_called_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cups(tmp_path, monkeypatch, looks_until_out=1000)
    with pytest.raises(PrinterFailed, match="not out"):
        CupsPrinter("van-phong", patience=0.2).put_out(SLIP)
    assert (tmp_path / "cancelled").read_text().split() == ["-x", "van-phong-7"], "nobody finds it hours later"


@pytest.mark.parametrize(("answer", "prints"), [(b"\x12", True), (b"\x72", False)], ids=["paper", "none"])
def test_a_receipt_printer_without_paper_is_told_of(answer: bytes, prints: bool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as printer:
        taken: list[bytes] = []

        def serve() -> None:
            connection, _ = printer.accept()
            with connection:
                assert connection.recv(3) == b"\x10\x04\x04", "the paper's sensor is asked first"
                connection.sendall(answer)
                while piece := connection.recv(65536):
                    taken.append(piece)

        serving = threading.Thread(target=serve)
        serving.start()
        receipt = NetworkPrinter("127.0.0.1", printer.getsockname()[1], 384)
        if prints:
            receipt.put_out(SLIP)
        else:
            with pytest.raises(PrinterFailed, match="no paper"):
                receipt.put_out(SLIP)
        serving.join()
    assert (b"\x1dv0" in b"".join(taken)) is prints


def test_any_answer_can_be_put_on_paper() -> None:
    slip = slip_of_text("Hồ sơ đang giải quyết.\n\nHẹn trả 20/12/2026.", HEAD, words(), "vi")
    assert slip.sections[0].lines == ("Hồ sơ đang giải quyết.", "Hẹn trả 20/12/2026.")
