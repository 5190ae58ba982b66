"""What officers propose to tell of a procedure: proposed by one, approved by another, told from its day on, taken back.

The database says what was approved by whom; the files of :mod:`catalogue.approved` are made from it, so that every
process and every kiosk answers from them without asking. Nothing is deleted: the rows are the history of a record.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalogue.approved import set_records
from catalogue.record import Origin, Procedure
from catalogue.tables import ProposalRow
from stores.audit import Audit, Deed
from stores.database import Database


class State(StrEnum):
    """What became of a proposal."""

    WAITING = "waiting"
    APPROVED = "approved"
    """Told from its first day on, until one approved later takes its place."""
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    """By whoever proposed it."""
    TAKEN_BACK = "taken_back"
    """It was told, and what was told before is told again."""


class NotPossible(ValueError):
    """The deed changes nothing; ``why`` is the key of the sentence that says why."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Proposal:
    """A record as somebody wants it told."""

    id: int
    record: Procedure
    base: Procedure | None
    """What it was made from; None for a new procedure."""
    reason: str
    state: State
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    answer: str
    """Why it was refused."""


class Proposals:
    """The proposals of an installation.

    Args:
        database: its tables are made.
        clock: the time, with zone.
        audit: who changed what is told.
        folder: of the approved records; see :func:`catalogue.approved.approved_folders`.
        known: the record of a code and province as it is written now.
    """

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        audit: Audit,
        folder: Path,
        known: Callable[[str, str | None], Procedure | None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._audit = audit
        self._folder = folder
        self._known = known

    def propose(self, record: Procedure, base: Procedure | None, reason: str, officer: str) -> int:
        """Keep a proposal; returns its number.

        Raises:
            NotPossible: it changes nothing, or says not why.
        """
        record = record.model_copy(update={"origin": Origin.HANDWRITTEN})
        reason = " ".join(reason.split())
        if not reason:
            raise NotPossible("proposal_without_reason")
        if base is not None and _json(record) == _json(base):
            raise NotPossible("proposal_changes_nothing")
        row = ProposalRow(
            code=record.code,
            province=record.province or "",
            begins=record.valid_from,
            record=_json(record),
            base=_json(base) if base is not None else "",
            reason=reason,
            state=State.WAITING,
            proposed_by=officer,
            proposed_at=self._clock(),
            decided_by="",
            answer="",
        )
        with self._database.writing() as session:
            session.add(row)
            session.flush()
            self._note(session, row, officer, "proposed")
            return row.id

    def get(self, number: int) -> Proposal | None:
        """One proposal."""
        with self._database.reading() as session:
            row = session.get(ProposalRow, number)
            return _read(row) if row is not None else None

    def waiting(self) -> list[Proposal]:
        """Those nobody has decided on, the oldest first."""
        with self._database.reading() as session:
            query = select(ProposalRow).where(ProposalRow.state == State.WAITING).order_by(ProposalRow.id)
            return [_read(row) for row in session.scalars(query)]

    def count_waiting(self) -> int:
        """How many nobody has decided on."""
        with self._database.reading() as session:
            query = select(func.count()).select_from(ProposalRow).where(ProposalRow.state == State.WAITING)
            return session.scalar(query) or 0

    def history(self, code: str) -> list[Proposal]:
        """Every proposal for a procedure, for every province, the newest first."""
        with self._database.reading() as session:
            query = select(ProposalRow).where(ProposalRow.code == code).order_by(ProposalRow.id.desc())
            return [_read(row) for row in session.scalars(query)]

    def approve(self, number: int, officer: str) -> Proposal:
        """Tell it from its first day on.

        Raises:
            NotPossible: the officer proposed it, it is decided already, or the record has changed since.
            OSError: the file cannot be written; nothing has changed.
        """
        with self._database.writing() as session:
            row = _open(session, number)
            if row.proposed_by == officer:
                raise NotPossible("proposal_is_yours")
            told = self._known(row.code, row.province or None)
            if (told is None) != (row.base == "") or (told is not None and _json(told) != row.base):
                # Approved all the same it would undo what somebody else has corrected meanwhile.
                raise NotPossible("proposal_is_outdated")
            self._decide(session, row, State.APPROVED, officer)
            self._settle(session, row.code, row.province)
            return _read(row)

    def refuse(self, number: int, officer: str, why: str) -> None:
        """Leave things as they are.

        Raises:
            NotPossible: it is decided already, or nothing says why.
        """
        with self._database.writing() as session:
            row = _open(session, number)
            row.answer = " ".join(why.split())
            if not row.answer:
                raise NotPossible("proposal_without_reason")
            self._decide(session, row, State.REFUSED, officer)

    def withdraw(self, number: int, officer: str) -> None:
        """Take one's own proposal back before it is decided on.

        Raises:
            NotPossible: it is somebody else's, or decided already.
        """
        with self._database.writing() as session:
            row = _open(session, number)
            if row.proposed_by != officer:
                raise NotPossible("proposal_is_not_yours")
            self._decide(session, row, State.WITHDRAWN, officer)

    def take_back(self, number: int, officer: str) -> None:
        """Tell again what was told before; one officer may, since two approved that, too.

        Raises:
            NotPossible: it is not told.
            OSError: the file cannot be written; nothing has changed.
        """
        with self._database.writing() as session:
            row = session.get(ProposalRow, number, with_for_update=True)
            if row is None or row.state != State.APPROVED:
                raise NotPossible("proposal_is_not_told")
            self._decide(session, row, State.TAKEN_BACK, officer)
            self._settle(session, row.code, row.province)

    def _decide(self, session: Session, row: ProposalRow, state: State, officer: str) -> None:
        row.state, row.decided_by, row.decided_at = state, officer, self._clock()
        self._note(session, row, officer, state)

    def _note(self, session: Session, row: ProposalRow, officer: str, what: str) -> None:
        self._audit.note_within(session, Deed.CATALOGUE_CHANGED, officer, f"{row.code}: proposal {row.id} {what}")

    def _settle(self, session: Session, code: str, province: str) -> None:
        """Make the files those of the proposals that stand: of each first day the one approved last."""
        session.flush()
        standing = (
            select(ProposalRow)
            .where(ProposalRow.code == code, ProposalRow.province == province, ProposalRow.state == State.APPROVED)
            .order_by(ProposalRow.decided_at, ProposalRow.id)
        )
        told: dict[date | None, Procedure] = {row.begins: _record(row.record) for row in session.scalars(standing)}
        set_records(self._folder, code, province or None, told.values())


def _open(session: Session, number: int) -> ProposalRow:
    row = session.get(ProposalRow, number, with_for_update=True)
    if row is None or row.state != State.WAITING:
        raise NotPossible("proposal_is_decided")
    return row


def _json(record: Procedure) -> str:
    return json.dumps(record.to_json(), ensure_ascii=False, sort_keys=True)


def _record(text: str) -> Procedure:
    return Procedure.model_validate_json(text)


def _read(row: ProposalRow) -> Proposal:
    return Proposal(
        id=row.id,
        record=_record(row.record),
        base=_record(row.base) if row.base else None,
        reason=row.reason,
        state=State(row.state),
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        answer=row.answer,
    )
