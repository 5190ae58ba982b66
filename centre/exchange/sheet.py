"""The sheet of a case: PDF/A-3 with large letters, and the manifest inside, for whoever keeps one file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kiosk.printing.fonts import font_file

_FONT: Final = "page"
_TITLE, _TEXT, _SMALL = 18.0, 12.0, 9.0
_LEADING: Final = 0.46
"""Millimetres of a line for each point of its letters."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on it."""

    title: str
    subject: str
    language: str
    rows: Sequence[tuple[str, str]]
    """Name and value, one below the other."""
    words: str
    papers_title: str
    papers: Sequence[str]
    foot: str


def pdf(sheet: Sheet, manifest: bytes | None = None) -> bytes:
    """The sheet as a file.

    Args:
        sheet: what stands on it.
        manifest: put into the file as ``manifest.json``; None: nothing is.
    """
    # Late: the gateway of a small box imports the desk, and this takes 15 MB.
    from fpdf import FPDF

    page = FPDF(format="A4", enforce_compliance="PDF/A-3B")
    page.set_margins(18, 18)
    page.set_auto_page_break(True, 18)
    page.add_font(_FONT, "", str(font_file("regular")))
    page.add_font(_FONT, "B", str(font_file("bold")))
    page.set_title(sheet.title)
    page.set_lang(sheet.language)
    page.add_page()

    def write(text: str, points: float, *, bold: bool = False) -> None:
        page.set_font(_FONT, "B" if bold else "", points)
        page.multi_cell(0, points * _LEADING, text, new_x="LMARGIN", new_y="NEXT", align="L")

    write(sheet.title, _SMALL)
    page.ln(2)
    write(sheet.subject, _TITLE, bold=True)
    page.ln(3)
    for name, value in sheet.rows:
        write(name, _SMALL)
        write(value, _TEXT)
        page.ln(1)
    page.ln(2)
    if sheet.words:
        write(sheet.words, _TEXT)
        page.ln(3)
    if sheet.papers:
        write(sheet.papers_title, _TEXT, bold=True)
        for paper in sheet.papers:
            write(paper, _SMALL)
    page.ln(3)
    write(sheet.foot, _SMALL)
    if manifest is not None:
        page.embed_file(
            bytes=manifest,
            basename="manifest.json",
            mime_type="application/json",
            associated_file_relationship="Data",
        )
    return bytes(page.output())
