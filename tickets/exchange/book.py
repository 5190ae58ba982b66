"""The book of exchanged cases: begun and carried on by our officers, and by the messages of the other side.

Every change of a case and the message that tells of it come to be in one transaction, so nothing is lost and nothing
told that was not done. Messages of one side are numbered and taken in that order, each once.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from stores.apart import CASE
from stores.audit import Audit, Deed
from stores.copy_keys import CopyKeys
from stores.database import Database
from stores.sealing import Seal
from tickets.exchange.case import STATES, Outside, Side, Standing, Step
from tickets.exchange.cases import Cases, NoSuchCase
from tickets.exchange.messages import MOST_PAPERS, Kind, Message, Paper, PaperType
from tickets.exchange.papers import BadPaper, Checked, PaperFiles, checked
from tickets.exchange.partners import Partner, Partners
from tickets.exchange.records import (
    locked,
    read_standing,
    write_standing,
)
from tickets.exchange.tables import CaseRow, MessageRow, PaperRow

MOST_STRAY: Final = 200
"""Papers of one partner whose message has not come yet."""
STRAY_FOR: Final = timedelta(days=1)
_MACHINE: Final = ""
"""Officer of what the machine did."""
_KINDS: Final = {Step.ASK_SUPPLEMENT: Kind.SUPPLEMENT_ASKED, Step.GIVE_SUPPLEMENT: Kind.SUPPLEMENT_GIVEN}
_OF_SENDER: Final = frozenset({Kind.SENT, Kind.SUPPLEMENT_GIVEN, Kind.ERASE})
_OF_RECEIVER: Final = frozenset({Kind.SUPPLEMENT_ASKED, Kind.ERASED})


class NotNow(Exception):
    """This step does not fit how the case stands; nothing was changed."""


class NotSetUp(Exception):
    """This agency has no code yet (``MOTCUA_EXCHANGE_AGENCY``)."""


class Refused(Exception):
    """A message that cannot be taken.

    Args:
        code: for programs; stable.
        expected: the number that is awaited, of ``out_of_order``.
        papers: which are missing, of ``papers_missing``.
    """

    def __init__(self, code: str, expected: int | None = None, papers: Sequence[str] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.expected = expected
        self.papers = tuple(papers)


class Tickets(Protocol):
    """The tickets cases were made from."""

    def came_back(self, session: Session, ticket: str, key: str, agency: str, words: str, step: Step) -> None:
        """The other agency has finished, refused or given back the case of a ticket, or asks for a supplement."""
        ...


@dataclass(frozen=True, slots=True)
class Upload:
    """A paper as an officer hands it in."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Ready:
    """A paper that was checked and scanned."""

    name: str
    checked: Checked

    @property
    def sha256(self) -> str:
        """Of its content."""
        return hashlib.sha256(self.checked.content).hexdigest()


@dataclass(frozen=True, slots=True)
class NewCase:
    """What goes to another agency."""

    partner: str
    subject: str
    words: str
    working_days: int
    procedure: str | None = None
    dossier: str | None = None
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that was taken."""

    case: str
    repeated: bool
    at: datetime


class Book(Cases):
    """The cases of one installation; safe to share between threads and processes.

    Args:
        database: its tables are made.
        seal: hides what cases say.
        clock: the time.
        partners: whom cases are exchanged with.
        files: where papers lie.
        own: code of this agency; empty: nothing is exchanged.
        audit: where deeds are noted, in their transaction.
        tickets: told when something comes back; None where nobody is.
    """

    def __init__(
        self,
        database: Database,
        seal: Seal,
        clock: Callable[[], datetime],
        partners: Partners,
        files: PaperFiles,
        own: str,
        audit: Audit,
        tickets: Tickets | None = None,
    ) -> None:
        super().__init__(database, seal, files, audit)
        self._clock = clock
        self._tickets = tickets
        self._copies = CopyKeys(database, seal)
        self.partners = partners
        self.own = own

    def ready(self, uploads: Sequence[Upload]) -> list[Ready]:
        """Papers as they may be sent, each once.

        Raises:
            BadPaper: one is none, or there are too many.
            NotScanned: the scanner is away.
        """
        found: dict[str, Ready] = {}
        for one in uploads:
            self.files.scan(one.content)
            made = Ready(" ".join(one.name.split())[:120] or "1", checked(one.content))
            found.setdefault(made.sha256, made)
        if len(found) > MOST_PAPERS:
            raise BadPaper("too_many")
        return list(found.values())

    def send(
        self,
        new: NewCase,
        papers: Sequence[Ready],
        officer: str,
        key: str,
        also: Callable[[Session], None] | None = None,
    ) -> str:
        """Begin a case; its id. The same key is the same case.

        Args:
            new: what is asked.
            papers: from :meth:`ready`.
            officer: who sends it.
            key: of the form.
            also: done in the same transaction, before; what it raises is passed on, and nothing is sent.

        Raises:
            NotSetUp: this agency has no code.
            NotNow: the partner is unknown or switched off.
            OSError: the disk takes no paper.
        """
        if not self.own:
            raise NotSetUp
        partner = self.partners.get(new.partner)
        if partner is None or not partner.is_on:
            raise NotNow
        kept = [(one, *self.files.keep(one.checked.content)) for one in papers]
        with self._database.writing() as session:
            known = session.scalar(select(CaseRow.id).where(CaseRow.key == key))
            if known is not None:
                return known
            if also is not None:
                also(session)
            now, id = self._clock(), secrets.token_hex(16)
            row = self._row(id, key, partner.code, Side.SENDER, new.working_days)
            row.ticket, row.procedure = new.ticket, new.procedure
            row.subject, row.words = self._seal.close(new.subject), self._seal.close(new.words)
            row.dossier = self._seal.close(new.dossier) if new.dossier else ""
            session.add(row)
            session.flush()
            self._queue(session, row, Kind.SENT, officer, now, words=new.words, papers=kept, new=new)
            self._audit.note_within(session, Deed.CASE, officer, f"{id} sent to {partner.code}")
        return id

    def act(self, id: str, step: Step, officer: str, words: str, papers: Sequence[Ready], key: str) -> None:
        """Our next step.

        Args:
            key: of the form: sent twice, it is one step.

        Raises:
            NoSuchCase: there is none.
            NotNow: it does not fit.
            OSError: the disk takes no paper.
        """
        kept = [(one, *self.files.keep(one.checked.content)) for one in papers]
        message = f"msg_{hashlib.sha256(f'{id} {key}'.encode()).hexdigest()[:32]}"
        with self._database.writing() as session:
            row = self._found(session, id)
            if session.get(MessageRow, message) is not None:
                return
            standing, side, now = read_standing(row), Side(row.side), self._clock()
            if row.erased_at is not None or step not in standing.may(side):
                raise NotNow
            write_standing(row, standing.after(step, side, now))
            kind = _KINDS.get(step, Kind.STATE)
            self._queue(session, row, kind, officer, now, STATES.get(step), words, kept, id=message)
            self._audit.note_within(session, Deed.CASE, officer, f"{id} {step}")

    def take_paper(self, partner: Partner, case: str, sha256: str, content: bytes) -> bool:
        """Keep a paper of the other side, whose message comes after it; whether it is new.

        Raises:
            Refused: it does not fit, or there are too many.
            NotScanned: the scanner is away.
            OSError: the disk does not take it.
        """
        if hashlib.sha256(content).hexdigest() != sha256:
            raise Refused("wrong_hash")
        with self._database.reading() as session:
            row = session.get(CaseRow, case)
            if row is not None and (row.partner != partner.code or row.erased_at is not None):
                raise Refused("no_such_case")
            if session.get(PaperRow, (case, sha256)) is not None:
                return False
            stray = select(func.count()).where(PaperRow.partner == partner.code, PaperRow.message == "")
            if (session.scalar(stray) or 0) >= MOST_STRAY:
                raise Refused("too_many_papers")
        try:
            self.files.scan(content)
            made = checked(content)
        except BadPaper as error:
            raise Refused(f"paper_{error.why}") from None
        file, key = self.files.keep(made.content)
        with self._database.writing() as session:
            if session.get(PaperRow, (case, sha256)) is not None:
                self.files.forget(file)
                return False
            side = Side(row.side).other if row is not None else Side.SENDER
            paper = self._paper(case, partner.code, side, "", sha256, made, file, key)
            session.add(paper)
        return True

    def take(self, message: Message, partner: Partner, proof: str, officer: str = _MACHINE) -> Taken:
        """Take a message of the other side.

        Args:
            message: as it was signed.
            partner: who signed it, or of whom an officer says so.
            proof: time and signature; empty for what an officer entered from a file without one.
            officer: who entered it.

        Raises:
            Refused: it cannot be taken.
        """
        if not self.own or message.sender != partner.code or message.receiver != self.own:
            raise Refused("wrong_agency")
        with self._database.writing() as session:
            row = locked(session, message.case)
            if row is None:
                row = self._arriving(session, message, partner)
            elif row.partner != partner.code:
                raise Refused("no_such_case")
            side = Side(row.side).other
            if message.kind in (_OF_RECEIVER if side is Side.SENDER else _OF_SENDER):
                raise Refused("not_yours")
            now = self._clock()
            self._seen(session, row, message.seen, now)
            is_known = session.get(MessageRow, message.id) is not None
            if is_known or (row.erased_at is not None and message.number <= row.last_in):
                return Taken(row.id, repeated=True, at=now)
            is_about_erasing = message.kind in {Kind.ERASE, Kind.ERASED} and message.number > row.last_in
            if message.number != row.last_in + 1 and not is_about_erasing:
                raise Refused("out_of_order", expected=row.last_in + 1)
            gone: list[str] = []
            # What was erased takes nothing new; it is said to be taken, so that nobody sends it for ever.
            if row.erased_at is None or is_about_erasing:
                gone = self._apply(session, row, message, side, proof, officer, now)
            row.last_in, row.changed_at = message.number, now
        for file in gone:
            self.files.forget(file)
        return Taken(message.case, repeated=False, at=now)

    def erase(self, id: str, who: str) -> None:
        """Erase a case here, and have the other side do so, too. Only who sent it may: they answer the person.

        Raises:
            NoSuchCase: there is none.
            NotNow: it is not ours to erase.
        """
        with self._database.writing() as session:
            row = self._found(session, id)
            if Side(row.side) is not Side.SENDER:
                raise NotNow
            files = self._recall(session, row, who)
        for file in files:
            self.files.forget(file)

    def recall_of_tickets(self, session: Session, tickets: Sequence[str]) -> None:
        """Erase the cases of tickets that are being erased, and have the other sides do so; in their transaction."""
        for row in session.scalars(select(CaseRow).where(CaseRow.ticket.in_(tickets), CaseRow.erased_at.is_(None))):
            self._recall(session, row, "citizen")

    def forget_before(self, ended: datetime, untouched: datetime) -> int:
        """Delete cases that are over, papers whose message never came, and files of nobody; returns how many cases.

        An erased case stays until the other side has said that it is erased there.

        Args:
            ended: those that ended before this moment.
            untouched: those that nobody has changed since this one.
        """
        is_over = (CaseRow.ended_at < ended) | (CaseRow.changed_at < untouched)
        recalled = CaseRow.erased_at.is_not(None) & (CaseRow.side == Side.SENDER) & CaseRow.erased_there_at.is_(None)
        with self._database.writing() as session:
            gone = list(session.scalars(select(CaseRow.id).where(is_over, ~recalled)))
            session.execute(delete(MessageRow).where(MessageRow.case_id.in_(gone)))
            session.execute(delete(CaseRow).where(CaseRow.id.in_(gone)))
            stray = (PaperRow.message == "") & (PaperRow.at < self._clock() - STRAY_FOR)
            session.execute(delete(PaperRow).where(PaperRow.case_id.in_(gone) | stray))
            for id in gone:
                self._copies.destroy_within(session, CASE, id)
            known = set(session.scalars(select(PaperRow.file)))
        self.files.sweep(known)
        return len(gone)

    def _arriving(self, session: Session, message: Message, partner: Partner) -> CaseRow:
        if message.kind is Kind.ERASE:
            # What never arrived, or is long forgotten: kept as erased, so that it is not taken any more if it comes.
            row = self._row(message.case, f"in:{message.case}", partner.code, Side.RECEIVER, 1)
        elif message.kind is Kind.SENT:
            row = self._row(message.case, f"in:{message.case}", partner.code, Side.RECEIVER, message.working_days or 1)
            row.procedure = message.procedure
            row.subject, row.words = self._seal.close(message.subject), self._seal.close(message.words)
            row.dossier = self._seal.close(message.dossier) if message.dossier else ""
        else:
            raise Refused("no_such_case")
        session.add(row)
        session.flush()
        return row

    def _apply(
        self, session: Session, row: CaseRow, message: Message, side: Side, proof: str, officer: str, now: datetime
    ) -> list[str]:
        """Do what a message says; returns the files that are noise now."""
        gone: list[str] = []
        self._attach(session, row, message, side)
        session.add(
            MessageRow(
                id=message.id,
                case_id=row.id,
                side=side,
                number=message.number,
                kind=message.kind,
                state=message.state,
                at=min(message.at, now),
                officer=officer,
                body=self._seal.close(message.body().decode()),
                signature=proof,
                tries=0,
                next_at=None,
                done_at=now,
                trouble="",
            )
        )
        session.flush()
        self._audit.note_within(session, Deed.CASE, row.partner, f"{row.id} {message.state or message.kind}")
        if message.kind is Kind.SENT:
            write_standing(row, Standing(row.working_days).after(Step.ARRIVE, Side.RECEIVER, now))
            # The receipt, signed: from here on the time limit counts, on both sides from the same moment.
            self._queue(session, row, Kind.STATE, _MACHINE, now, Outside.ARRIVED)
        elif message.kind is Kind.ERASE:
            gone = self._erase_within(session, row)
            self._queue(session, row, Kind.ERASED, _MACHINE, now)
        elif message.kind is Kind.ERASED:
            row.erased_there_at = row.erased_there_at or now
        elif message.step is not None:
            before = read_standing(row)
            after = before.after(message.step, side, min(message.at, now))
            write_standing(row, after)
            if after != before and row.ticket is not None and self._tickets is not None:
                tells = after.ended_at is not None or message.step is Step.ASK_SUPPLEMENT
                partner = self.partners.get(row.partner)
                if tells and partner is not None:
                    self._tickets.came_back(session, row.ticket, message.id, partner.name, message.words, message.step)
        return gone

    def _attach(self, session: Session, row: CaseRow, message: Message, side: Side) -> None:
        found = {paper.sha256: session.get(PaperRow, (row.id, paper.sha256)) for paper in message.papers}
        missing = [sha for sha, one in found.items() if one is None or one.partner != row.partner]
        if missing:
            raise Refused("papers_missing", papers=missing)
        for paper in message.papers:
            kept = found[paper.sha256]
            if kept is not None and not kept.message:
                kept.message, kept.side, kept.name = message.id, side, self._seal.close(paper.name)

    def _seen(self, session: Session, row: CaseRow, id: str, now: datetime) -> None:
        """The other side has taken ours up to this one: an answer that was lost on its way is made up for by it."""
        last = session.get(MessageRow, id) if id else None
        if last is None or last.case_id != row.id or last.side != row.side:
            # Of a message this installation has forgotten, having been restored from a backup.
            return
        ours = (MessageRow.case_id == row.id) & (MessageRow.side == row.side) & (MessageRow.number <= last.number)
        session.execute(update(MessageRow).where(ours, MessageRow.done_at.is_(None)).values(done_at=now, trouble=""))

    def _queue(
        self,
        session: Session,
        row: CaseRow,
        kind: Kind,
        officer: str,
        at: datetime,
        state: Outside | None = None,
        words: str = "",
        papers: Sequence[tuple[Ready, str, str]] = (),
        new: NewCase | None = None,
        id: str = "",
    ) -> None:
        id = id or f"msg_{secrets.token_hex(16)}"
        row.last_out, row.changed_at = row.last_out + 1, at
        message = Message(
            id=id,
            kind=kind,
            sender=self.own,
            receiver=row.partner,
            case=row.id,
            number=row.last_out,
            seen=self._last_of(session, row.id, Side(row.side).other),
            at=at,
            subject=new.subject if new is not None else "",
            words=words,
            procedure=new.procedure if new is not None else None,
            dossier=new.dossier if new is not None else None,
            working_days=new.working_days if new is not None else None,
            state=state,
            papers=tuple(
                Paper(sha256=one.sha256, name=one.name, type=one.checked.type, size=len(one.checked.content))
                for one, _file, _key in papers
            ),
        )
        session.add(
            MessageRow(
                id=id,
                case_id=row.id,
                side=row.side,
                number=row.last_out,
                kind=kind,
                state=state,
                at=at,
                officer=officer,
                body=self._seal.close(message.body().decode()),
                signature="",
                tries=0,
                next_at=at,
                done_at=None,
                trouble="",
            )
        )
        for one, file, key in papers:
            if session.get(PaperRow, (row.id, one.sha256)) is not None:
                self.files.forget(file)
                continue
            paper = self._paper(row.id, row.partner, Side(row.side), id, one.sha256, one.checked, file, key)
            paper.name, paper.is_there = self._seal.close(one.name), False
            session.add(paper)
        session.flush()

    def _recall(self, session: Session, row: CaseRow, who: str) -> list[str]:
        if row.erased_at is not None:
            return []
        files = self._erase_within(session, row)
        self._queue(session, row, Kind.ERASE, _MACHINE, self._clock())
        self._audit.note_within(session, Deed.ERASED, who, f"exchanged case {row.id}")
        return files

    def _erase_within(self, session: Session, row: CaseRow) -> list[str]:
        """Kinds, states and times stay; returns the files that are noise now."""
        now, of_case = self._clock(), MessageRow.case_id == row.id
        files = list(session.scalars(select(PaperRow.file).where(PaperRow.case_id == row.id)))
        session.execute(delete(PaperRow).where(PaperRow.case_id == row.id))
        # What has not gone out would say what is erased.
        session.execute(delete(MessageRow).where(of_case, MessageRow.done_at.is_(None)))
        session.execute(update(MessageRow).where(of_case).values(body=""))
        row.subject, row.words, row.dossier, row.ticket, row.procedure = "", "", "", None, None
        row.erased_at, row.ended_at, row.awaiting_since = now, row.ended_at or now, None
        self._copies.destroy_within(session, CASE, row.id)
        return files

    def _row(self, id: str, key: str, partner: str, side: Side, working_days: int) -> CaseRow:
        now = self._clock()
        return CaseRow(
            id=id,
            key=key,
            partner=partner,
            side=side,
            ticket=None,
            subject="",
            words="",
            procedure=None,
            dossier="",
            working_days=working_days,
            paused="[]",
            made_at=now,
            changed_at=now,
            last_out=0,
            last_in=0,
        )

    def _paper(
        self, case: str, partner: str, side: Side, message: str, sha256: str, made: Checked, file: str, key: str
    ) -> PaperRow:
        return PaperRow(
            case_id=case,
            sha256=sha256,
            partner=partner,
            side=side,
            message=message,
            name="",
            type=PaperType(made.type),
            size=len(made.content),
            file=file,
            key=key,
            at=self._clock(),
            is_there=True,
        )

    @staticmethod
    def _found(session: Session, id: str) -> CaseRow:
        row = locked(session, id)
        if row is None:
            raise NoSuchCase(id)
        return row
