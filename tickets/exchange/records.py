"""Exchanged cases as they are read: a case, what was said about it, its papers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from stores.sealing import Seal, SealBroken
from tickets.exchange.case import Outside, Side, Standing
from tickets.exchange.messages import Kind, Message, PaperType
from tickets.exchange.tables import CaseRow, MessageRow, PaperRow


@dataclass(frozen=True, slots=True)
class Case:
    """A case as one side keeps it."""

    id: str
    partner: str
    side: Side
    """Ours."""
    ticket: str | None
    subject: str
    words: str
    procedure: str | None
    dossier: str
    standing: Standing
    made_at: datetime
    changed_at: datetime
    erased_at: datetime | None
    erased_there_at: datetime | None

    @property
    def is_ours(self) -> bool:
        """Whether it is our turn."""
        return self.standing.ended_at is None and self.standing.holder is self.side


@dataclass(frozen=True, slots=True)
class Event:
    """A message of a case."""

    id: str
    side: Side
    number: int
    kind: Kind
    state: Outside | None
    at: datetime
    officer: str
    words: str
    is_signed: bool
    """Whether the other side's signature is kept."""
    done_at: datetime | None
    """When it was taken; None: ours is on its way."""
    tries: int
    trouble: str
    """A code of :class:`tickets.exchange.book.Refused`, or of the line; empty where nothing is wrong."""


@dataclass(frozen=True, slots=True)
class KeptPaper:
    """A paper."""

    sha256: str
    side: Side
    message: str
    name: str
    type: PaperType
    size: int
    file: str
    key: str


def opened(seal: Seal, sealed: str) -> str:
    """What was sealed; empty where this installation has no key for it."""
    try:
        return seal.open(sealed) if sealed else ""
    except SealBroken:
        return ""


def read_standing(row: CaseRow) -> Standing:
    """How a row stands."""
    return Standing(
        working_days=row.working_days,
        progress=Outside(row.progress) if row.progress else None,
        back=Outside(row.back) if row.back else None,
        received_at=row.received_at,
        awaiting_since=row.awaiting_since,
        paused=tuple((date.fromisoformat(began), date.fromisoformat(ended)) for began, ended in json.loads(row.paused)),
        ended_at=row.ended_at,
    )


def write_standing(row: CaseRow, standing: Standing) -> None:
    """Have a row stand so."""
    row.progress, row.back = standing.progress, standing.back
    row.received_at, row.awaiting_since, row.ended_at = (
        standing.received_at,
        standing.awaiting_since,
        standing.ended_at,
    )
    row.paused = json.dumps([[began.isoformat(), ended.isoformat()] for began, ended in standing.paused])


def read_case(row: CaseRow, seal: Seal) -> Case:
    """A row, opened."""
    return Case(
        id=row.id,
        partner=row.partner,
        side=Side(row.side),
        ticket=row.ticket,
        subject=opened(seal, row.subject),
        words=opened(seal, row.words),
        procedure=row.procedure,
        dossier=opened(seal, row.dossier),
        standing=read_standing(row),
        made_at=row.made_at,
        changed_at=row.changed_at,
        erased_at=row.erased_at,
        erased_there_at=row.erased_there_at,
    )


def read_message(row: MessageRow, seal: Seal) -> Message | None:
    """The message in a row; None once it was erased."""
    body = opened(seal, row.body)
    return Message.model_validate_json(body) if body else None


def read_event(row: MessageRow, seal: Seal) -> Event:
    """A row, opened."""
    message = read_message(row, seal)
    return Event(
        id=row.id,
        side=Side(row.side),
        number=row.number,
        kind=Kind(row.kind),
        state=Outside(row.state) if row.state else None,
        at=row.at,
        officer=row.officer,
        words=message.words if message is not None and message.kind is not Kind.SENT else "",
        is_signed=bool(row.signature),
        done_at=row.done_at,
        tries=row.tries,
        trouble=row.trouble,
    )


def read_paper(row: PaperRow, seal: Seal) -> KeptPaper:
    """A row, opened."""
    return KeptPaper(
        row.sha256,
        Side(row.side),
        row.message,
        opened(seal, row.name),
        PaperType(row.type),
        row.size,
        row.file,
        row.key,
    )


def locked(session: Session, id: str) -> CaseRow | None:
    """A case that is about to change: locked where the database has row locks."""
    return session.get(CaseRow, id, with_for_update=True)
