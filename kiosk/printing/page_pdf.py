"""A slip as a page of A4, what printers of offices hold: large letters, boxes to tick, a QR code."""

from __future__ import annotations

import io
from typing import Final

import segno
from fpdf import FPDF

from kiosk.printing.fonts import font_file
from kiosk.printing.slip import Section, Slip
from language.languages import DEFAULT_LANGUAGE

_MARGIN: Final = 18.0
_FONT: Final = "page"
_TITLE, _HEADING, _TEXT, _FOOT = 21.0, 15.0, 13.0, 10.0
"""Points. From twelve on people of seventy read without glasses at arm's length."""
_QR_MILLIMETRES: Final = 26.0


def pdf(slip: Slip) -> bytes:
    """The slip as a PDF file."""
    page = FPDF(format="A4")
    page.set_margins(_MARGIN, _MARGIN)
    page.set_auto_page_break(True, _MARGIN)
    page.add_font(_FONT, "", str(font_file("regular")))
    page.add_font(_FONT, "B", str(font_file("bold")))
    page.set_title(slip.title)
    page.set_lang(DEFAULT_LANGUAGE)
    page.add_page()
    _write(page, slip.title, _TITLE, bold=True)
    page.ln(2)
    for section in slip.sections:
        _section(page, section)
    _foot(page, slip)
    return bytes(page.output())


def _section(page: FPDF, section: Section) -> None:
    if section.heading:
        if page.will_page_break(_HEADING + _TEXT):
            page.add_page()
        page.ln(1.5)
        _write(page, section.heading, _HEADING, bold=True)
    for line in section.lines:
        left = page.l_margin
        if section.ticked:
            if page.will_page_break(_TEXT * 0.6):
                page.add_page()
            page.rect(left, page.get_y() + 1.2, 4.2, 4.2)
            page.set_left_margin(left + 7)
            page.set_x(left + 7)
        _write(page, line, _TEXT)
        page.set_left_margin(left)
        page.ln(0.8)


def _foot(page: FPDF, slip: Slip) -> None:
    if page.will_page_break(_QR_MILLIMETRES + 4):
        page.add_page()
    page.ln(3)
    top = page.get_y()
    drawn = io.BytesIO()
    segno.make(slip.address, error="m", micro=False).save(drawn, kind="png", scale=6, border=1)
    page.image(drawn, page.w - _MARGIN - _QR_MILLIMETRES, top, _QR_MILLIMETRES, _QR_MILLIMETRES)
    page.set_right_margin(_MARGIN + _QR_MILLIMETRES + 3)
    for line in slip.foot:
        _write(page, line, _FOOT)


def _write(page: FPDF, text: str, points: float, *, bold: bool = False) -> None:
    page.set_font(_FONT, "B" if bold else "", points)
    page.multi_cell(0, points * 0.5, text, new_x="LMARGIN", new_y="NEXT", align="L")
