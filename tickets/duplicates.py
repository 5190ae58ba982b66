"""Open reports that may be about the same problem: close by or in the same place, and told in like words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

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


_Told = Row[*tuple[Any, ...]]
"""A report as :func:`_query` asks for it."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A report that may be about the same."""

    number: str
    at: datetime
    metres: int | None
    """How far away its pin is; None where one of both has none."""
    likeness: int
    """Of the words, 0 to 100."""


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
            mine = session.execute(_query().where(TicketRow.number == number)).one_or_none()
            if mine is None:
                return []
            # Where the commune is known on both sides it decides; where not, words do.
            others = _query().where(TicketRow.number != number, TicketRow.state != TicketState.DONE)
            if mine.commune:
                others = others.where(or_(TicketRow.commune == mine.commune, TicketRow.commune.is_(None)))
            rows = session.execute(others.order_by(TicketRow.created_at.desc()).limit(LOOKED_THROUGH)).all()
        words, place = self._words(mine), self._place(mine)
        found = (compared for row in rows if (compared := self._compared(mine, words, place, row)) is not None)
        return sorted(found, key=lambda one: (-one.likeness, one.metres or 0))[:SUGGESTED]

    def _compared(self, mine: _Told, words: str, place: str, other: _Told) -> Duplicate | None:
        # Each opening of a seal costs: what is out of the question is left sealed.
        metres = _metres(mine, other)
        if metres is not None and metres > METRES:
            return None
        likeness = round(token_set_ratio(words, self._words(other)))
        if metres is not None:
            # Pins tell more than words: the same kind of problem here, or told alike.
            is_same = (mine.service or "") == (other.service or "") or likeness >= LIKE_WORDS
        else:
            is_same = likeness >= LIKE_WORDS and _same_place(place, self._place(other))
        return Duplicate(other.number, other.created_at, metres, likeness) if is_same else None

    def _words(self, row: _Told) -> str:
        return plain_name(self._opened(row.words))

    def _place(self, row: _Told) -> str:
        return plain_name(self._opened(row.place if row.address is None else row.address))

    def _opened(self, sealed: str) -> str:
        try:
            return self._seal.open(sealed)
        except SealBroken:
            return ""


def _query() -> Select[*tuple[Any, ...]]:
    return (
        select(
            *(TicketRow.number, TicketRow.created_at, TicketRow.commune, TicketRow.words, TicketRow.place),
            *(ReportRow.service, ReportRow.address, ReportRow.latitude, ReportRow.longitude),
        )
        .outerjoin(ReportRow, ReportRow.number == TicketRow.number)
        .where(TicketRow.kind == TicketKind.REPORT, func.coalesce(ReportRow.is_test, False).is_(False))
    )


def _metres(one: _Told, other: _Told) -> int | None:
    """How far apart two pins are; None where one has none."""
    if None in (one.latitude, one.longitude, other.latitude, other.longitude):
        return None
    return round(1_000 * kilometres((one.latitude, one.longitude), (other.latitude, other.longitude)))


def _same_place(one: str, other: str) -> bool:
    numbers, others = ({word for word in place.split() if word.isdigit()} for place in (one, other))
    # "Xóm 4" and "xóm 5" differ in one sign only.
    return not (numbers and others and numbers.isdisjoint(others)) and token_set_ratio(one, other) >= LIKE_PLACE
