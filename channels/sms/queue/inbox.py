"""Messages from citizens: stored once before the provider hears that we have them, answered one after the other.

The key of a row makes storing idempotent; where a provider has no id (a modem), repeats within a minute are one. The
same words of one number within seconds are answered once, whatever ways they came by.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, insert, or_, select, text, update
from sqlalchemy.orm import Session

from channels.sms.citizens.sender import Sender
from channels.sms.queue import inbox_statements as statements
from channels.sms.queue.content import Content
from channels.sms.queue.leases import Lease
from channels.sms.queue.outbox import Outbox
from channels.sms.queue.queued import NewMessage
from channels.sms.queue.states import IncomingState
from channels.sms.queue.tables import incoming
from channels.sms.routes.messages import IncomingMessage, Kind
from stores.database import Database
from stores.sealing import Seal, SealBroken

TWIN_SECONDS = 60.0
"""Without a provider's id, the same words of the same sender within this time are one message reported twice."""

SHORT_TWIN_SECONDS = 5.0
"""The same for a key like "1": people send it again in earnest, to read on, as soon as a page has come."""

SAME_WORDS_SECONDS = 10.0
"""With ids of providers: the same words of the same number within this time came twice, under two ids or by two
routes, and are answered once. Nobody types a question again so fast."""

SAME_KEY_SECONDS = 2.0
"""The same for a key like "1"."""

SAME_WORDS = "same_words"
"""Stands beside the second one for the operator."""

PATIENCE_SECONDS = 3.0
"""What waiting to write may take while a provider waits for us; then what arrives is kept on the disk."""

SHORT = 3
"""Characters up to which a message is such a key."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that is stored."""

    id: int
    turn_id: str
    """Id of the core's turn: the same whenever this message is answered."""
    is_new: bool
    """False when it was there before."""
    state: IncomingState
    """ANSWERING when the caller asked for a lease and got it."""
    sender: Sender


@dataclass(frozen=True, slots=True)
class Question:
    """A message this process is to answer now."""

    id: int
    turn_id: str
    sender: Sender
    message: IncomingMessage
    attempts: int
    """Tries including this one."""
    faults: int
    """Earlier tries at which a living core failed."""
    stored_at: float
    sorry: bool
    """Whether the citizen was told that it takes longer."""

    @property
    def person(self) -> str:
        """Keyed hash of the sender: also the conversation's name in the core."""
        return self.sender.person


class Inbox:
    """The queue of incoming messages; safe to share between threads and processes.

    Every method raises SQLAlchemy's errors when the database is away.

    Args:
        database: its tables are made.
        seal: hides numbers and texts.
        outbox: where answers go.
        clock: seconds since 1970.
        tells_twins: whether the same words under two ids are answered once; load tests repeat themselves.
    """

    def __init__(
        self,
        database: Database,
        seal: Seal,
        outbox: Outbox,
        clock: Callable[[], float] = time.time,
        *,
        tells_twins: bool = True,
    ) -> None:
        self._tells_twins = tells_twins
        self._database = database
        self._seal = seal
        self._outbox = outbox
        self._clock = clock

    def take(self, message: IncomingMessage, lease: Lease | None = None) -> Taken:
        """Store a message unless it is there already; atomic over all threads and processes.

        Args:
            message: what came in.
            lease: the caller wants to answer it itself. It does not get it while an earlier message of the same
                person is still to be answered.
        """
        now = self._clock()
        sender = Sender.of(message.sender, self._seal)
        twin = self._twin(sender, message)
        key = (
            self._seal.hash("sms-message", f"{message.route}:{message.provider_id}")
            if message.provider_id is not None
            else secrets.token_hex(16)
        )
        content = Content(sender.kept, message.recipient, message.body, message.voice)
        row: dict[str, object] = {
            "key": key,
            "twin": twin,
            "route": message.route,
            "person": sender.person,
            "sealed": content.sealed(self._seal),
            "media": message.media,
            "received_at": message.received_at.timestamp(),
            "stored_at": now,
            "state": IncomingState.WAITING,
            "lease_owner": None,
            "lease_until": None,
            "next_try_at": now,
            "attempts": 0,
            "cause": "",
        }
        with self._database.writing(patience=PATIENCE_SECONDS) as session:
            self._one_at_a_time(session, sender.person)
            before = self._reported_before(session, message, key, twin, sender)
            if before is not None and message.provider_id is None:
                return before
            if before is not None:
                row |= {"state": IncomingState.IGNORED, "cause": SAME_WORDS, "answered_at": now}
            elif lease is not None and not session.scalar(statements.HAS_OPEN, {"of_person": sender.person}):
                row |= {"state": IncomingState.ANSWERING, "lease_owner": lease.owner, "lease_until": lease.until}
                row["attempts"] = 1
            # By month a key cannot be unique in the table. Who sends is locked, and what comes again is from the same.
            there = session.execute(statements.BY_KEY, {"of_key": key}).first()
            if there is not None:
                return Taken(there.id, key, False, IncomingState(there.state), sender)
            added = session.execute(insert(incoming).returning(incoming.c.id), row).scalar_one()
            return Taken(added, key, before is None, IncomingState(str(row["state"])), sender)

    def claim(self, lease: Lease, most: int) -> list[Question]:
        """Take up to ``most`` messages to answer: the oldest first, one a person, and that person's oldest."""
        if most <= 0:
            return []
        query = (
            statements.DUE
            if self._database.is_sqlite
            else statements.DUE.with_for_update(skip_locked=True, of=incoming)
        )
        with self._database.writing() as session:
            rows = session.execute(query, {"of_now": self._clock(), "of_most": most}).all()
            if rows:
                ids = [row.id for row in rows]
                session.execute(statements.TAKE, {"of_ids": ids, "of_owner": lease.owner, "of_until": lease.until})
        questions = [self._question(row) for row in rows]
        return [question for question in questions if question is not None]

    def question(self, taken: Taken, message: IncomingMessage) -> Question:
        """A message just taken with a lease, to be answered by the caller."""
        return Question(taken.id, taken.turn_id, taken.sender, message, 1, 0, self._clock(), False)

    def state(self, id: int) -> IncomingState:
        """What has become of a message."""
        with self._database.reading() as session:
            return IncomingState(session.execute(select(incoming.c.state).where(incoming.c.id == id)).scalar_one())

    def take_over(self, id: int, lease: Lease) -> Question | None:
        """Take one message that nobody works on any more; None when somebody does, or it is settled."""
        now = self._clock()
        free = or_(
            incoming.c.state == IncomingState.WAITING,
            (incoming.c.state == IncomingState.ANSWERING) & (incoming.c.lease_until < now),
        )
        with self._database.writing() as session:
            query = select(incoming).where(incoming.c.id == id, free)
            row = session.execute(query if self._database.is_sqlite else query.with_for_update()).one_or_none()
            if row is None:
                return None
            session.execute(statements.TAKE, {"of_ids": [id], "of_owner": lease.owner, "of_until": lease.until})
        return self._question(row)

    def settle(
        self,
        question: Question,
        owner: str,
        texts: Sequence[str],
        *,
        state: IncomingState = IncomingState.ANSWERED,
        cause: str = "",
        lease: Lease | None = None,
    ) -> tuple[str, ...] | None:
        """Write down the answer and what it answers, in one transaction.

        Args:
            question: what was answered.
            owner: whose lease it was answered under.
            texts: to send; may be none.
            state: what becomes of the question.
            cause: why it is ignored or given up.
            lease: the caller hands the texts over itself.

        Returns:
            references of the texts; None when the lease was lost meanwhile, and nothing was written.
        """
        with self._database.writing() as session:
            changed: Any = session.execute(
                update(incoming)
                .where(_held(question.id, owner))
                .values(state=state, cause=cause, answered_at=self._clock(), lease_owner=None, lease_until=None)
            )
            if not changed.rowcount:
                return None
            return self._outbox.add_within(session, self._answers(question, texts, "answer"), lease)

    def put_back(
        self, question: Question, owner: str, *, next_try_at: float, cause: str, is_fault: bool = False, sorry: str = ""
    ) -> bool:
        """Leave a message for a later try.

        Args:
            question: what could not be answered.
            owner: whose lease it was.
            next_try_at: seconds since 1970.
            cause: for the operator.
            is_fault: whether a living core failed at it.
            sorry: text that tells the citizen that it takes longer; empty when nothing is to be said now.

        Returns:
            False when the lease was lost meanwhile, and nothing was written.
        """
        values: dict[str, object] = {
            "state": IncomingState.WAITING,
            "next_try_at": next_try_at,
            "cause": cause,
            "faults": question.faults + is_fault,
            "lease_owner": None,
            "lease_until": None,
        }
        if sorry:
            values["sorry_at"] = self._clock()
        with self._database.writing() as session:
            changed: Any = session.execute(update(incoming).where(_held(question.id, owner)).values(values))
            if not changed.rowcount:
                return False
            if sorry:
                self._outbox.add_within(session, self._answers(question, [sorry], "sorry"))
        return True

    def renew(self, lease: Lease) -> None:
        """Keep the leases of a process for another while."""
        with self._database.writing() as session:
            session.execute(
                update(incoming)
                .where(incoming.c.state == IncomingState.ANSWERING, incoming.c.lease_owner == lease.owner)
                .values(lease_until=lease.until)
            )

    def let_go(self, owner: str, ids: Sequence[int]) -> None:
        """Let messages be claimed again whose owner lives, and could not write down what came of them.

        Args:
            owner: who claimed them; of nobody else's any is touched.
            ids: of the messages.
        """
        of_them = (
            (incoming.c.state == IncomingState.ANSWERING) & (incoming.c.lease_owner == owner) & incoming.c.id.in_(ids)
        )
        waiting = {"state": IncomingState.WAITING, "cause": "not_written", "lease_owner": None, "lease_until": None}
        with self._database.writing() as session:
            session.execute(update(incoming).where(of_them).values(next_try_at=self._clock(), **waiting))

    def release(self, dead: Sequence[str] = ()) -> int:
        """Put messages back whose process is gone.

        Args:
            dead: owners known to be gone, whose leases need not run out.
        """
        now = self._clock()
        lapsed = or_(incoming.c.lease_until < now, incoming.c.lease_owner.in_(dead))
        with self._database.writing() as session:
            changed: Any = session.execute(
                update(incoming)
                .where(incoming.c.state == IncomingState.ANSWERING, lapsed)
                .values(
                    state=IncomingState.WAITING,
                    next_try_at=now,
                    cause="process_gone",
                    lease_owner=None,
                    lease_until=None,
                )
            )
        return int(changed.rowcount)

    def _answers(self, question: Question, texts: Sequence[str], what: str) -> list[NewMessage]:
        recipient = question.sender.phone
        if recipient is None:
            return []
        return [
            NewMessage(
                key=f"{question.turn_id}:{what}:{index}",
                recipient=recipient,
                text=words,
                kind=Kind.ANSWER,
                person=question.person,
                came_by=question.message.route,
                sender=question.message.recipient,
                answer_to=question.id,
            )
            for index, words in enumerate(texts)
        ]

    def _question(self, row: Row[Any]) -> Question | None:
        try:
            content = Content.opened(row.sealed, self._seal)
        except SealBroken:
            with self._database.writing() as session:
                session.execute(
                    update(incoming)
                    .where(incoming.c.id == row.id)
                    .values(state=IncomingState.FAILED, cause="sealed_with_another_key", lease_owner=None)
                )
            return None
        message = IncomingMessage(
            route=row.route,
            sender=content.citizen,
            recipient=content.ours or "",
            body=content.text,
            received_at=datetime.fromtimestamp(row.received_at, UTC),
            media=row.media,
            voice=content.voice,
        )
        return Question(
            row.id,
            row.key,
            Sender.stored(content.citizen, row.person),
            message,
            row.attempts + 1,
            row.faults,
            row.stored_at,
            row.sorry_at is not None,
        )

    def _one_at_a_time(self, session: Session, person: str) -> None:
        """What one person sends is stored one after the other, so that twins and the order can be told.

        SQLite's write lock does that for everybody.
        """
        if not self._database.is_sqlite:
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": int(person[:15], 16)})

    def _twin(self, sender: Sender, message: IncomingMessage) -> str:
        return self._seal.hash("sms-twin", "\x00".join((sender.person, message.body.strip())))

    def _reported_before(
        self, session: Session, message: IncomingMessage, key: str, twin: str, sender: Sender
    ) -> Taken | None:
        is_short = len(message.body.strip()) <= SHORT
        if message.provider_id is None:
            near = SHORT_TWIN_SECONDS if is_short else TWIN_SECONDS
        elif self._tells_twins and not message.media:
            near = SAME_KEY_SECONDS if is_short else SAME_WORDS_SECONDS
        else:
            return None
        at = message.received_at.timestamp()
        wanted = {"of_twin": twin, "of_key": key, "of_from": at - near, "of_to": at + near}
        found = session.execute(statements.TWIN, wanted).first()
        return Taken(found.id, found.key, False, IncomingState(found.state), sender) if found is not None else None


def _held(id: int, owner: str) -> Any:
    return (incoming.c.id == id) & (incoming.c.state == IncomingState.ANSWERING) & (incoming.c.lease_owner == owner)
