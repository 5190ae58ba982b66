"""What goes on paper, before a printer gives it a shape."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

from contract.wording import Wording
from kiosk.procedure_cards import Card, ready_message
from kiosk.words import portal
from language.formatting import format_date
from language.languages import default_language
from tickets.numbers import grouped


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and its lines."""

    heading: str
    lines: tuple[str, ...]
    ticked: bool = False
    """Whether each line gets a box to tick: papers to bring."""
    optional: bool = False
    """Whether it stays away where the sheet would take a second page for it."""


@dataclass(frozen=True, slots=True)
class Slip:
    """One sheet or strip of paper."""

    title: str
    sections: tuple[Section, ...]
    foot: tuple[str, ...]
    """Source and where to ask; small."""
    address: str
    """Held by the QR code: an address, or a text message to our number; never anything personal."""
    head: tuple[str, ...] = ()
    """Letterhead: whose sheet it is, and when it was printed."""
    page_mark: str = ""
    """What stands below each page where there are several: "Trang {number}/{of}"."""
    language: str = field(default_factory=default_language)
    """Of the sheet; a screen reader that opens the file reads it so."""


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What stands over every sheet of an office.

    Args:
        office: as it calls itself: "Trung tâm phục vụ hành chính công xã …"; empty where nobody has set it.
        printed_on: the day of the print; None where nobody knows it.
    """

    office: str
    printed_on: date | None

    def lines(self, wording: Wording, language: str) -> tuple[str, str]:
        """In the language of the sheet."""
        if self.printed_on is None:
            dated = wording.text(language, "print_sheet_undated")
        else:
            dated = wording.text(language, "print_sheet", date=format_date(self.printed_on))
        return self.office or wording.text(language, "print_head"), dated


def slip_of_card(card: Card, head: Letterhead, wording: Wording, language: str) -> Slip:
    """A procedure to take home: papers first, since they are what people come back for."""

    def say(key: str, **values: object) -> str:
        return wording.text(language, key, **values)

    sides = card.sides
    papers = [
        Section(say("papers_case", case=one.case) if one.case else say("papers"), one.papers, ticked=True)
        for one in sides.checklists
    ]
    others = [
        Section(say("fee"), sides.fee),
        Section(say("time"), sides.time),
        Section(say("where"), sides.where),
        Section(say("conditions"), sides.conditions, optional=True),
        Section(say("result"), sides.result, optional=True),
        Section(say("steps"), tuple(f"{number}. {step}" for number, step in enumerate(sides.steps, start=1))),
    ]
    foot = (*sides.warnings, card.source, say("print_code", code=card.code), say("print_foot"))
    sections = tuple(one for one in [*papers, *others] if one.lines)
    lines = head.lines(wording, language)
    return Slip(sides.name, sections, foot, card.address, lines, page_mark(wording, language), language)


def slip_of_text(text: str, head: Letterhead, wording: Wording, language: str) -> Slip:
    """Any other answer of ours, line by line."""
    lines = tuple(filter(None, (line.strip() for line in text.split("\n"))))
    return Slip(
        wording.text(language, "print_title"),
        (Section("", lines),),
        (wording.text(language, "print_foot"),),
        portal(),
        head.lines(wording, language),
        page_mark(wording, language),
        language,
    )


def slip_of_ticket(text: str, number: str, ours: str | None, head: Letterhead, wording: Wording, language: str) -> Slip:
    """What a visitor keeps of a ticket: its number, what was promised, and how to ask how far it is.

    Args:
        text: what the visitor was told.
        number: of the ticket, eight digits.
        ours: number citizens text to; None: the paper says only where to ask.
        head: letterhead.
        wording: the kiosk's.
        language: of the sheet.
    """
    title = wording.text(language, "ticket_title", number=grouped(number))
    slip = replace(slip_of_text(text, head, wording, language), title=title)
    if ours is None:
        return slip
    order = wording.text(language, "ticket_order", number=grouped(number))
    return replace(
        slip,
        foot=(wording.text(language, "ticket_how", order=order, ours=ours), *slip.foot),
        address=ready_message(ours, order),
    )


def page_mark(wording: Wording, language: str) -> str:
    """What is filled in below each page: its number and how many there are."""
    return wording.text(language, "print_page", number="{number}", of="{of}")
