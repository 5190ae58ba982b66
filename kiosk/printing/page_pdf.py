"""A slip as a page of A4, what printers of offices hold: large letters, boxes to tick, a QR code.

The file is tagged (PDF 32000-1, 14.8): a screen reader that opens it finds the title, the headings, each line and the
address behind the code, in their order and language; what only decorates is marked as that.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Final, cast

import segno
from fpdf import FPDF, ViewerPreferences

from kiosk.printing.fonts import font_file
from kiosk.printing.slip import Section, Slip

_FONT: Final = "page"
_TITLE, _HEADING, _TEXT, _FOOT = 21.0, 15.0, 13.0, 10.0
"""Points. From twelve on people of seventy read without glasses at arm's length."""
_LEADING: Final = 0.46
"""Millimetres of a line for each point of its letters."""


@dataclass(frozen=True, slots=True)
class _Layout:
    """How closely a sheet is set. Lengths in millimetres."""

    size: float
    """Of the letters, as a part of their full size."""
    margin: float
    gap: float
    """Between lines and sections, as a part of the full one."""
    code: float
    """Of the QR code's side: from twenty on the camera of a plain telephone reads it at arm's length."""


_SMALLEST: Final = 12.0 / _TEXT
_LAYOUTS: Final = (
    _Layout(1.0, 16.0, 1.0, 26.0),
    _Layout(_SMALLEST, 16.0, _SMALLEST, 26.0),
    # Printers of offices leave five millimetres white.
    _Layout(_SMALLEST, 11.0, 0.35, 21.0),
)
"""Tried in turn until the sheet takes one page: the text never falls below twelve points."""
_SEVERAL: Final = _LAYOUTS[1]
"""Of a sheet that takes several pages whatever is done: air to read in, since nothing is won by less."""


def pdf(slip: Slip) -> bytes:
    """The slip as a PDF file, on one page wherever letters of a readable size allow it.

    What is optional stays away before a second page is begun.
    """
    needed = replace(slip, sections=tuple(section for section in slip.sections if not section.optional))
    drawn = FPDF()
    for whole, layout in [*((slip, layout) for layout in _LAYOUTS), (needed, _LAYOUTS[-1])]:
        drawn = _Page(whole, layout).drawn()
        if drawn.pages_count == 1:
            break
    else:
        # Only now is it known that there are several; numbers change nothing on a page.
        drawn = _Page(slip, _SEVERAL, pages=_Page(slip, _SEVERAL).drawn().pages_count).drawn()
    return bytes(drawn.output())


class _Sheet(FPDF):
    """A4 with the number of each page below it, where there are several.

    Args:
        mark: "Trang {number}/{of}".
        pages: how many; 1 prints no number.
        margin: of the page, millimetres.
    """

    def __init__(self, mark: str, pages: int, margin: float) -> None:
        super().__init__(format="A4")
        self._mark, self._pages, self._margin = mark, pages, margin

    def footer(self) -> None:
        """Called by the library at the end of each page."""
        if self._pages == 1 or not self._mark:
            return
        self.set_y(-self._margin * 0.75)
        self.set_font(_FONT, "", _FOOT)
        with self.decoration():
            self.cell(0, _FOOT * _LEADING, self._mark.format(number=self.page_no(), of=self._pages), align="C")

    @contextmanager
    def tagged(self, kind: str) -> Iterator[None]:
        """What is drawn within is one element of the structure: ``/H1``, ``/H2`` or ``/P``. No page may end in it.

        The library tags pictures alone, by these same steps.
        """
        number = self.struct_builder.next_mcid_for_page(self.page)
        self._add_marked_content(struct_type=kind, mcid=number)
        self._out(f"{kind} <</MCID {number}>> BDC")
        yield
        self._out("EMC")

    @contextmanager
    def decoration(self) -> Iterator[None]:
        """What is drawn within tells a reader nothing."""
        self._out("/Artifact BMC")
        yield
        self._out("EMC")


class _Page:
    """One slip in one layout."""

    def __init__(self, slip: Slip, layout: _Layout, pages: int = 1) -> None:
        self._slip = slip
        self._layout = layout
        self._page = _Sheet(slip.page_mark, pages, layout.margin)

    def drawn(self) -> FPDF:
        page = self._page
        page.set_margins(self._layout.margin, self._layout.margin)
        page.set_auto_page_break(True, self._layout.margin)
        page.add_font(_FONT, "", str(font_file("regular")))
        page.add_font(_FONT, "B", str(font_file("bold")))
        page.set_title(self._slip.title)
        page.set_lang(self._slip.language)
        page.viewer_preferences = ViewerPreferences(display_doc_title=True)
        page.add_page()
        self._head()
        self._write(self._slip.title, _TITLE, bold=True, kind="/H1")
        page.ln(1)
        for section in self._slip.sections:
            self._section(section)
        self._foot()
        return page

    def _head(self) -> None:
        if not self._slip.head:
            return
        office, *others = self._slip.head
        self._write(office, _TEXT, bold=True)
        for line in others:
            self._write(line, _FOOT)
        page = self._page
        page.ln(1)
        with page.decoration():
            page.line(page.l_margin, page.get_y(), page.w - page.r_margin, page.get_y())
        page.ln(2)

    def _section(self, section: Section) -> None:
        page = self._page
        if section.heading:
            if page.will_page_break(_HEADING + _TEXT):
                page.add_page()
            page.ln(1.5 * self._layout.gap)
            self._write(section.heading, _HEADING, bold=True, kind="/H2")
        for line in section.lines:
            left = page.l_margin
            if section.ticked:
                if page.will_page_break(_TEXT * 0.6):
                    page.add_page()
                with page.decoration():
                    page.rect(left, page.get_y() + 1.0, 4.2, 4.2)
                page.set_left_margin(left + 7)
                page.set_x(left + 7)
            self._write(line, _TEXT)
            page.set_left_margin(left)
            page.ln(0.8 * self._layout.gap)

    def _foot(self) -> None:
        page = self._page
        side, margin = self._layout.code, self._layout.margin
        if page.will_page_break(side + 2):
            page.add_page()
        page.ln(2)
        top = page.get_y()
        drawn = io.BytesIO()
        segno.make(self._slip.address, error="m", micro=False).save(drawn, kind="png", scale=6, border=1)
        page.image(drawn, page.w - margin - side, top, side, side, alt_text=self._slip.address)
        page.set_right_margin(margin + side + 3)
        for line in self._slip.foot:
            self._write(line, _FOOT)

    def _write(self, text: str, points: float, *, bold: bool = False, kind: str = "/P") -> None:
        page, size = self._page, points if points == _FOOT else points * self._layout.size
        page.set_font(_FONT, "B" if bold else "", size)
        height = size * _LEADING
        lines = cast("list[str]", page.multi_cell(0, height, text, align="L", dry_run=True, output="LINES"))
        # What the rest of the page does not take becomes an element of its own on the next one.
        while lines:
            if page.will_page_break(height):
                page.add_page()
            # A hair less: the library compares sums of fractions.
            room = max(1, int((page.page_break_trigger - page.get_y()) / height - 0.01))
            with page.tagged(kind):
                page.multi_cell(0, height, "\n".join(lines[:room]), new_x="LMARGIN", new_y="NEXT", align="L")
            lines = lines[room:]
