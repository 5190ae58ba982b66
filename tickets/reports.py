"""Reports of problems with a place: what everybody may read of them, beside the ticket officers work on."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, Select, case, delete, func, select

from language.languages import default_language
from language.redaction.personal_data import redact
from stores.database import Database
from stores.sealing import Seal, SealBroken
from tickets.store import TicketStore
from tickets.tables import ReportRow, TicketRow
from tickets.ticket import Draft, Outcome, TicketKind, TicketState

TRIED_FOR: Final = timedelta(days=1)
"""How long what was sent to the test address is kept."""


@dataclass(frozen=True, slots=True)
class NewReport:
    """What a channel knows when somebody has reported a problem."""

    key: str
    """Idempotency key."""
    service: str
    """Code of :file:`open311.yml`."""
    description: str
    address: str = ""
    """Where, in words."""
    latitude: float | None = None
    longitude: float | None = None
    attributes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    media: tuple[str, ...] = ()
    """Addresses of photos."""
    contact: str | None = None
    """Telephone number in E.164; nobody but the post ever sees it."""
    channel: str = "open311"
    jurisdiction: str = ""
    language: str = field(default_factory=default_language)
    moderated: bool = False
    """Whether its number is given only once an officer has read it."""
    is_test: bool = False
    """Kept for a day, shown to no officer."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report as everybody may read it."""

    number: str
    token: str
    service: str
    description: str
    address: str
    latitude: float | None
    longitude: float | None
    media: tuple[str, ...]
    requested_at: datetime
    updated_at: datetime
    due_at: datetime | None
    is_open: bool
    state: TicketState
    outcome: Outcome | None
    agency: str | None
    is_accepted: bool
    """Whether its number may be told: at once, or since an officer has read it."""


@dataclass(frozen=True, slots=True)
class ReportsWanted:
    """Which reports are looked for; what is left out does not matter."""

    numbers: tuple[str, ...] | None = None
    services: tuple[str, ...] | None = None
    begin: datetime | None = None
    end: datetime | None = None
    is_open: bool | None = None
    jurisdiction: str = ""
    is_test: bool = False


@dataclass(frozen=True, slots=True)
class KindOpen:
    """Open reports of one kind."""

    service: str
    """Code of :file:`open311.yml`; empty where none was chosen."""
    count: int
    late: int
    """Of these, past what was promised."""
    oldest_days: int


class Reports:
    """Safe to share between threads and processes.

    Args:
        database: its tables are made.
        seal: hides what was written until it is redacted for everybody.
        tickets: where officers find them.
        clock: the time, with zone.
    """

    def __init__(self, database: Database, seal: Seal, tickets: TicketStore, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._seal = seal
        self._tickets = tickets
        self._clock = clock

    def add(self, new: NewReport) -> Report:
        """Keep a report, and the ticket for officers; the same key again gives what was kept first."""
        with self._database.reading() as session:
            known = session.scalar(select(ReportRow.number).where(ReportRow.key == new.key))
        if known is None:
            number = f"T{secrets.token_hex(5)}" if new.is_test else self._ticket(new)
            with self._database.writing() as session:
                if session.get(ReportRow, number) is None:
                    session.add(self._row(number, new))
            known = number
        return self._one(ReportRow.number == known)  # type: ignore[return-value]

    def find(self, wanted: ReportsWanted, *, limit: int, offset: int = 0) -> list[Report]:
        """Reports whose number may be told, the latest first."""
        query = self._query().where(ReportRow.is_test == wanted.is_test, ReportRow.jurisdiction == wanted.jurisdiction)
        # One nobody has read yet has no number to be listed by.
        query = query.where((ReportRow.moderated.is_(False)) | (TicketRow.state != TicketState.OPEN))
        if wanted.numbers is not None:
            query = query.where(ReportRow.number.in_(wanted.numbers))
        if wanted.services is not None:
            query = query.where(ReportRow.service.in_(wanted.services))
        if wanted.begin is not None:
            query = query.where(ReportRow.requested_at >= wanted.begin)
        if wanted.end is not None:
            query = query.where(ReportRow.requested_at <= wanted.end)
        if wanted.is_open is not None:
            is_done = TicketRow.state == TicketState.DONE
            query = query.where(~is_done | TicketRow.state.is_(None) if wanted.is_open else is_done)
        query = query.order_by(ReportRow.requested_at.desc(), ReportRow.number).limit(limit).offset(offset)
        with self._database.reading() as session:
            return [self._read(row) for row in session.execute(query)]

    def by_token(self, token: str) -> Report | None:
        """The report a token was given for."""
        return self._one(ReportRow.token == token)

    def of(self, number: str) -> Report | None:
        """The public side of a ticket, where it has one."""
        return self._one(ReportRow.number == number)

    def changed_since(self, moment: datetime, until: datetime, limit: int) -> list[tuple[datetime, Report]]:
        """Reports everybody may read that were made or changed after a moment, with when, the earliest change first.

        Of several that changed in the same instant all are given, beyond the limit if need be.
        """
        public = self._query().where(
            ReportRow.is_test.is_(False), TicketRow.changed_at > moment, TicketRow.changed_at <= until
        )
        public = public.where((ReportRow.moderated.is_(False)) | (TicketRow.state != TicketState.OPEN))
        with self._database.reading() as session:
            rows = session.execute(public.order_by(TicketRow.changed_at).limit(limit)).all()
            if len(rows) == limit:
                last = rows[-1][1].changed_at
                rows = session.execute(public.where(TicketRow.changed_at <= last).order_by(TicketRow.changed_at)).all()
            return [(row[1].changed_at, self._read(row)) for row in rows]

    def open_by_kind(self) -> list[KindOpen]:
        """What is open of each kind, the most first; reports without a kind (by text message or telephone) together."""
        now = self._clock()
        is_open = TicketRow.state.in_([one for one in TicketState if one != TicketState.DONE])
        query = (
            select(
                ReportRow.service,
                func.count(),
                func.sum(case((TicketRow.due_at < now, 1), else_=0)),
                func.min(TicketRow.created_at),
            )
            .select_from(TicketRow)
            .outerjoin(ReportRow, ReportRow.number == TicketRow.number)
            .where(TicketRow.kind == TicketKind.REPORT, is_open)
            .group_by(ReportRow.service)
        )
        with self._database.reading() as session:
            rows = session.execute(query).all()
        found = [KindOpen(kind or "", count, int(late or 0), (now - oldest).days) for kind, count, late, oldest in rows]
        return sorted(found, key=lambda one: -one.count)

    def open_by_commune(self) -> list[tuple[str, int, int]]:
        """Codes of communes, how many reports about each are open, and how many of these past what was promised."""
        is_open = TicketRow.state.in_([one for one in TicketState if one != TicketState.DONE])
        late = func.sum(case((TicketRow.due_at < self._clock(), 1), else_=0))
        query = (
            select(TicketRow.commune, func.count(), late)
            .where(TicketRow.kind == TicketKind.REPORT, is_open, TicketRow.commune.is_not(None))
            .group_by(TicketRow.commune)
        )
        with self._database.reading() as session:
            return [(str(code), count, int(late or 0)) for code, count, late in session.execute(query)]

    def forget_orphans(self) -> list[tuple[str, ...]]:
        """Erase reports whose ticket is gone, and old tests; of each the addresses of its photos."""
        tickets = select(TicketRow.number)
        old = ReportRow.is_test.is_(True) & (ReportRow.requested_at < self._clock() - TRIED_FOR)
        gone = old | (ReportRow.is_test.is_(False) & ReportRow.number.not_in(tickets))
        with self._database.writing() as session:
            media = [tuple(json.loads(text)) for text in session.scalars(select(ReportRow.media).where(gone))]
            session.execute(delete(ReportRow).where(gone))
        return media

    def photos(self) -> dict[str, tuple[str, ...]]:
        """Addresses of the photos of every report, by its ticket's number."""
        with self._database.reading() as session:
            rows = session.execute(select(ReportRow.number, ReportRow.media).where(ReportRow.media != "[]")).all()
        return {row.number: tuple(json.loads(row.media)) for row in rows}

    def _ticket(self, new: NewReport) -> str:
        place, position = new.address, None
        if new.latitude is not None and new.longitude is not None:
            position = (new.latitude, new.longitude)
            place = f"{place} ({new.latitude:.5f}, {new.longitude:.5f})".strip()
        ticket = self._tickets.add(
            Draft(
                key=f"report:{new.key}",
                kind=TicketKind.REPORT,
                channel=new.channel,
                contact=new.contact,
                words=new.description,
                place=place,
                language=new.language,
                position=position,
            )
        )
        return ticket.number

    def _row(self, number: str, new: NewReport) -> ReportRow:
        return ReportRow(
            number=number,
            key=new.key,
            token=secrets.token_hex(12),
            service=new.service,
            description=self._seal.close(new.description),
            address=self._seal.close(new.address),
            latitude=new.latitude,
            longitude=new.longitude,
            attributes=self._seal.close(json.dumps({name: list(one) for name, one in new.attributes.items()})),
            media=json.dumps(list(new.media)),
            requested_at=self._clock(),
            jurisdiction=new.jurisdiction,
            moderated=new.moderated,
            is_test=new.is_test,
        )

    @staticmethod
    def _query() -> Select[ReportRow, TicketRow]:
        return select(ReportRow, TicketRow).outerjoin(TicketRow, TicketRow.number == ReportRow.number)

    def _one(self, condition: Any) -> Report | None:
        with self._database.reading() as session:
            row = session.execute(self._query().where(condition)).one_or_none()
        return self._read(row) if row is not None else None

    def _read(self, row: Row[ReportRow, TicketRow]) -> Report:
        report, ticket = row
        state = TicketState(ticket.state) if ticket is not None else TicketState.OPEN
        return Report(
            number=report.number,
            token=report.token,
            service=report.service,
            # Whatever somebody wrote into a public form: numbers and names of people are nobody else's.
            description=redact(self._opened(report.description), keep_places=True),
            address=redact(self._opened(report.address), keep_places=True),
            latitude=report.latitude,
            longitude=report.longitude,
            media=tuple(json.loads(report.media)),
            requested_at=report.requested_at,
            updated_at=max(report.requested_at, ticket.changed_at) if ticket is not None else report.requested_at,
            due_at=ticket.due_at if ticket is not None else None,
            is_open=state is not TicketState.DONE,
            state=state,
            outcome=Outcome(ticket.outcome) if ticket is not None and ticket.outcome else None,
            agency=ticket.agency if ticket is not None else None,
            is_accepted=not report.moderated or (ticket is not None and state is not TicketState.OPEN),
        )

    def attributes_of(self, number: str) -> dict[str, list[str]]:
        """What was filled in beside the description; for officers."""
        with self._database.reading() as session:
            sealed = session.scalar(select(ReportRow.attributes).where(ReportRow.number == number))
        found: dict[str, list[str]] = json.loads(self._opened(sealed) or "{}") if sealed else {}
        return found

    def _opened(self, sealed: str) -> str:
        try:
            return self._seal.open(sealed)
        except SealBroken:
            return ""
