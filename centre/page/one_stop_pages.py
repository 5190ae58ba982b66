"""The one-stop desk's morning: dossiers, tickets and cases due today, overdue, and waiting for a supplement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, url_for
from werkzeug.wrappers import Response as AnyResponse

from actions.dossiers.model import Dossier
from centre.officers import Duty
from centre.page.access import CentreParts, page, signed_in
from centre.page.exchange_pages import shown
from centre.page.fleet import moment
from centre.page.words import tell
from runtime.clock import VIETNAM
from tickets.numbers import grouped
from tickets.store import WAITING, Wanted
from tickets.ticket import Ticket

MOST = 200
"""Of each kind; more is no list to work with."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list."""

    what: str
    about: str
    when: str
    address: str = ""
    """Of its page; empty where there is none here."""


@dataclass(frozen=True, slots=True)
class Day:
    """One of the three lists."""

    name: str
    title: str
    lines: list[Line]
    none: str


def add_one_stop(pages: Blueprint, parts: CentreParts) -> None:
    """``/centre/one-stop``."""

    @pages.get("/one-stop")
    def one_stop() -> AnyResponse:
        officer = signed_in(parts, Duty.TICKETS)
        today = parts.clock().astimezone(VIETNAM).date()
        lists: dict[str, list[Line]] = {"today": [], "overdue": [], "awaiting": []}
        morning = parts.one_stop.morning() if parts.one_stop is not None else None
        if morning is not None:
            for name, dossiers in (
                ("today", morning.today),
                ("overdue", morning.overdue),
                ("awaiting", morning.awaiting),
            ):
                lists[name] += [_dossier(parts, one) for one in dossiers[:MOST]]
        for ticket in parts.tickets.find(Wanted(states=WAITING), limit=MOST, with_words=False):
            if ticket.is_overdue(parts.clock()):
                lists["overdue"].append(_ticket(ticket))
            elif ticket.answered_at is None and _day(ticket) == today:
                lists["today"].append(_ticket(ticket))
        _cases(parts, lists, today)
        source = tell("one_stop_no_list") if parts.one_stop is None else tell("one_stop_away")
        return page(
            parts,
            "one_stop.html",
            officer,
            lists=[Day(name, tell(name), lines, tell(f"{name}_none")) for name, lines in lists.items()],
            source=tell("one_stop_as_of", moment=moment(morning.as_of)) if morning is not None else source,
        )


def _cases(parts: CentreParts, lists: dict[str, list[Line]], today: date) -> None:
    if parts.exchange is None:
        return
    for case in parts.exchange.book.cases(limit=MOST):
        row = shown(parts, parts.exchange, case)
        line = Line(
            what=tell("kind_case", number=row["shown"]),
            about=f"{row['subject']}, {row['partner']}",
            when=str(row["due"]),
            address=url_for("centre.case", id=case.id),
        )
        if case.standing.awaiting_since is not None:
            lists["awaiting"].append(line)
        elif row["is_late"]:
            lists["overdue"].append(line)
        elif row["due_on"] == today:
            lists["today"].append(line)


def _dossier(parts: CentreParts, dossier: Dossier) -> Line:
    when = f"{dossier.appointment_on:%d/%m/%Y}" if dossier.appointment_on is not None else ""
    return Line(
        what=tell("kind_dossier", code=dossier.code),
        about=f"{dossier.procedure_name}. {parts.state_words(int(dossier.status))}",
        when=when,
    )


def _ticket(ticket: Ticket) -> Line:
    return Line(
        what=tell("kind_ticket", number=grouped(ticket.number)),
        about=tell("promised_answer"),
        when=moment(ticket.due_at) if ticket.due_at is not None else "",
        address=url_for("centre.ticket", number=ticket.number),
    )


def _day(ticket: Ticket) -> date | None:
    return ticket.due_at.astimezone(VIETNAM).date() if ticket.due_at is not None else None
