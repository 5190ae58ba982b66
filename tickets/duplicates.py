"""Open reports that may be about the same problem: close by or in the same place, and told in like words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from rapidfuzz.fuzz import token_set_ratio
from sqlalchemy import Row, Select, func, or_, select

from language.communes.register import kilometres, plain_name
from stores.database import Database
from stores.sealing import Seal, SealBroken
from tickets.tables import ReportRow, TicketRow
from tickets.ticket import TicketKind, TicketState

METRES: Final = 150.0
"""How far apart two pins on one problem lie: people stand before it, and telephones err."""
LIKE_WORDS: Final = 62.0
LIKE_PLACE: Final = 75.0
"""How alike two texts are from which they tell of the same, 0 to 100: RapidFuzz's ratio of their sets of words, without
diacritics. By trial on reports of one commune."""
LOOKED_THROUGH: Final = 200
"""Open reports that are compared, the newest; each has to be unsealed."""
SUGGESTED: Final = 5


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A report that may be about the same."""

    number: str
    at: datetime
    metres: int | None
    """How far away its pin is; None where one of both has none."""
    likeness: int
    """Of the words, 0 to 100."""


@dataclass(frozen=True, slots=True)
class _Told:
    number: str
    at: datetime
    words: str
    place: str
    service: str
    point: tuple[float, float] | None


class Duplicates:
    """Safe to share between threads and processes.

    Args:
        database: its tables are made.
        seal: opens what was written.
    """

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal

    def of(self, number: str) -> list[Duplicate]:
        """What may be about the same as a report, the likeliest first; nothing for what is no report."""
        with self._database.reading() as session:
            own = session.execute(_query().where(TicketRow.number == number)).one_or_none()
            if own is None:
                return []
            # Where the commune is known on both sides it decides; where not, words do.
            commune = own[0].commune
            others = _query().where(TicketRow.number != number, TicketRow.state != TicketState.DONE)
            if commune:
                others = others.where(or_(TicketRow.commune == commune, TicketRow.commune.is_(None)))
            rows = session.execute(others.order_by(TicketRow.created_at.desc()).limit(LOOKED_THROUGH)).all()
        mine = self._told(own)
        found = (compared for row in rows if (compared := _compared(mine, self._told(row))) is not None)
        return sorted(found, key=lambda one: (-one.likeness, one.metres or 0))[:SUGGESTED]

    def _told(self, row: Row[TicketRow, ReportRow]) -> _Told:
        ticket, report = row
        at = (report.latitude, report.longitude) if report is not None else (None, None)
        return _Told(
            number=ticket.number,
            at=ticket.created_at,
            words=plain_name(self._opened(ticket.words)),
            place=plain_name(self._opened(report.address if report is not None else ticket.place)),
            service=report.service if report is not None else "",
            point=(at[0], at[1]) if at[0] is not None and at[1] is not None else None,
        )

    def _opened(self, sealed: str) -> str:
        try:
            return self._seal.open(sealed)
        except SealBroken:
            return ""


def _query() -> Select[TicketRow, ReportRow]:
    return (
        select(TicketRow, ReportRow)
        .outerjoin(ReportRow, ReportRow.number == TicketRow.number)
        .where(TicketRow.kind == TicketKind.REPORT, func.coalesce(ReportRow.is_test, False).is_(False))
    )


def _compared(mine: _Told, other: _Told) -> Duplicate | None:
    likeness = round(token_set_ratio(mine.words, other.words))
    metres = round(1_000 * kilometres(mine.point, other.point)) if mine.point and other.point else None
    if metres is not None:
        # Pins tell more than words: the same kind of problem here, or told alike.
        is_same = metres <= METRES and (mine.service == other.service or likeness >= LIKE_WORDS)
    else:
        is_same = likeness >= LIKE_WORDS and _same_place(mine.place, other.place)
    return Duplicate(other.number, other.at, metres, likeness) if is_same else None


def _same_place(one: str, other: str) -> bool:
    numbers, others = ({word for word in place.split() if word.isdigit()} for place in (one, other))
    # "Xóm 4" and "xóm 5" differ in one sign only.
    return not (numbers and others and numbers.isdisjoint(others)) and token_set_ratio(one, other) >= LIKE_PLACE
