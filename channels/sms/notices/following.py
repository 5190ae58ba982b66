"""News of a dossier by text message: begun from the number on it, one message a change, gone at the end.

Only the telephone number that is written on the dossier can begin it, and begins it for itself: nobody is signed up by
somebody else, and no news goes to a number the agency does not know.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import delete, select, update
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from actions.backends.pushing import Pushes
from actions.dossiers.backend import BackendError, DossierBackend, KeepsAnswers, ProvableDossier
from actions.dossiers.follow import Began, Question
from actions.dossiers.model import Dossier, code_digits, vietnam_date
from actions.dossiers.service import LookUp, Outcome, Unavailable
from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.consents import Consents, Decision, Manner
from channels.sms.citizens.follow_tables import FollowRow
from channels.sms.notices.notifying import Notice, Notifying
from runtime import logs
from runtime.backoff import Backoff
from runtime.working_time import working_time
from stores.database import Database
from stores.sealing import Seal, SealBroken

EVERY: Final = timedelta(hours=1)
"""Between two questions about a dossier that is followed; a day once it has been followed for a month, or where its
source pushes changes."""
SLOWER_AFTER: Final = timedelta(days=30)
SLOWER: Final = timedelta(days=1)
LONGEST: Final = timedelta(days=365)
"""After which nobody waits for news any more."""
FAILING: Final = Backoff(first=900.0, longest=21_600.0)
"""Pauses while the source is away or does not know the dossier."""
REMIND_AFTER: Final = 5
"""Working days a dossier waits for its citizen before one reminder."""
AT_ONCE: Final = 30
WAITING: Final = -1
"""In place of a state: nothing could be looked up yet."""
WAIT_FIRST: Final = timedelta(minutes=2)
WAIT_LONGEST: Final = timedelta(hours=48)
"""After which whoever waits for a look-up is told that nothing came of it."""
WORDING: Final = "dossier follow 1"
"""Version of the sentence that was agreed to, for the proof of consent."""
_log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class _Claimed:
    """A row as it was claimed."""

    code: str
    phone: str
    dossier: str
    person: str
    language: str
    status: int
    since: datetime
    reminded: bool
    asked: tuple[Any, ...] = ()
    """Of a look-up that waits: four digits, conversation, channel, marks."""


class Following:
    """Safe to share between threads and processes.

    Args:
        database: its tables are made.
        seal: hides code and number.
        source: of dossiers; asked with blocking calls.
        consents: who agreed, who refused.
        notifying: sends.
        news: the words of a change, or of a reminder, for a dossier in a language.
        dossiers: looks up what could not be looked up before.
        answer: the words of what that came to.
        number_of: the number text messages of a person came from last.
        now: the time.
        pushes: what sources have pushed; None where none does.
    """

    def __init__(
        self,
        database: Database,
        seal: Seal,
        source: DossierBackend,
        consents: Consents,
        notifying: Notifying,
        news: Callable[[Dossier, str, bool], str],
        dossiers: LookUp,
        answer: Callable[[Outcome, str], str],
        number_of: Callable[[Session, str], str | None],
        now: Callable[[], datetime],
        pushes: Pushes | None = None,
    ) -> None:
        self._database = database
        self._seal = seal
        self._source = source
        self._consents = consents
        self._notifying = notifying
        self._news = news
        self._dossiers = dossiers
        self._answer = answer
        self._number_of = number_of
        self._now = now
        self._pushes = pushes

    def begin(self, code: str, marks: Sequence[str], language: str, turn: str) -> Began:
        """See :class:`actions.dossiers.follow.Follow`."""
        try:
            found = self._source.find(code)
        except BackendError:
            return Began.NOT_NOW
        citizen = Citizen.of(found.phone, self._seal) if found is not None and found.phone is not None else None
        if found is None or citizen is None or f"person:{citizen.person}" not in marks:
            return Began.OTHER_NUMBER
        if found.dossier.status.is_final:
            return Began.OVER
        consent = self._consents.of(citizen.person)
        if consent is not None and consent.decision is Decision.REFUSED:
            return Began.REFUSED
        self._consents.grant(citizen.person, Manner.SENTENCE, WORDING, turn)
        self._keep(code, citizen, int(found.dossier.status), language, self._pause(code, self._now()))
        return Began.BEGUN

    def can_wait(self, marks: Sequence[str]) -> bool:
        """See :class:`actions.dossiers.follow.Follow`."""
        try:
            return self._asking(marks) is not None
        except SQLAlchemyError:
            return False

    def wait(self, question: Question, language: str, turn: str) -> Began:
        """See :class:`actions.dossiers.follow.Follow`."""
        citizen = self._asking(question.marks)
        if citizen is None:
            return Began.OTHER_NUMBER
        consent = self._consents.of(citizen.person)
        if consent is not None and consent.decision is Decision.REFUSED:
            return Began.REFUSED
        self._consents.grant(citizen.person, Manner.SENTENCE, WORDING, turn)
        asked = [question.last4, question.conversation, question.channel, list(question.marks)]
        self._keep(question.code, citizen, WAITING, language, WAIT_FIRST, asked)
        return Began.WAITING

    def ask_now(self, code: str) -> None:
        """A source says that a dossier has changed: whoever follows it is due. Raises SQLAlchemy's errors."""
        if isinstance(self._source, KeepsAnswers):
            self._source.outdate(code)
        followed = update(FollowRow).where(FollowRow.dossier == self._hash(code))
        with self._database.writing() as session:
            session.execute(followed.values(next_at=self._now(), failures=0))

    def step(self) -> int:
        """Ask about those that are due and tell what changed; returns how many messages were queued."""
        now = self._now()
        with self._database.reading() as session:
            due = select(FollowRow.id).where(FollowRow.next_at <= now).order_by(FollowRow.next_at).limit(AT_ONCE)
            ids = list(session.scalars(due))
        return sum(self._look(id) for id in ids)

    def _keep(
        self,
        code: str,
        citizen: Citizen,
        status: int,
        language: str,
        pause: timedelta,
        asked: Sequence[object] = (),
    ) -> None:
        now, hashed = self._now(), self._hash(code)
        with self._database.writing() as session:
            mine = (FollowRow.dossier == hashed, FollowRow.person == citizen.person)
            session.execute(delete(FollowRow).where(*mine))
            session.add(
                FollowRow(
                    dossier=hashed,
                    person=citizen.person,
                    sealed=self._seal.close(json.dumps([code, citizen.phone, *asked])),
                    language=language,
                    status=status,
                    since=now,
                    begun_at=now,
                    next_at=now + pause,
                    failures=0,
                    reminded=False,
                )
            )

    def _look(self, id: int) -> bool:
        """One that is due: whether a message was queued. Claimed first, so that another worker does not ask, too."""
        claimed = self._claimed(id)
        if claimed is None:
            return False
        if claimed.status == WAITING:
            return self._look_up(id, claimed)
        found = self._found(claimed.code)
        if found is None or found.as_of is not None:
            self._failed(id)
            return False
        dossier = found.dossier
        changed = int(dossier.status) != claimed.status
        waited = working_time().between(vietnam_date(claimed.since), vietnam_date(self._now()))
        reminder = dossier.status.awaits_citizen and not claimed.reminded and waited >= REMIND_AFTER
        if changed or reminder:
            text = self._news(dossier, claimed.language, not changed)
            since = "" if changed else ":again"
            key = f"dossier:{claimed.dossier}:{claimed.person}:{dossier.status:d}:{claimed.since.timestamp()}{since}"
            # Queued before it is noted: told twice is caught by the key, noted and never told is not.
            self._notifying.send(Notice(key, claimed.phone, text))
        if changed and self._pushes is not None:
            self._pushes.came(claimed.code)
        self._noted(id, dossier, changed=changed, reminded=reminder)
        return changed or reminder

    def _look_up(self, id: int, claimed: _Claimed) -> bool:
        """A look-up that could not be answered when it was asked for: whether it is now, or never will be."""
        last4, conversation, channel, marks = claimed.asked
        outcome = self._dossiers.look_up(claimed.code, last4, conversation, channel=channel, marks=marks)
        if isinstance(outcome, Unavailable) and self._now() - claimed.since < WAIT_LONGEST:
            self._failed(id)
            return False
        key = f"dossier-waited:{claimed.dossier}:{claimed.person}:{claimed.since.timestamp()}"
        self._notifying.send(Notice(key, claimed.phone, self._answer(outcome, claimed.language)))
        with self._database.writing() as session:
            session.execute(delete(FollowRow).where(FollowRow.id == id))
        return True

    def _asking(self, marks: Sequence[str]) -> Citizen | None:
        """Who asks, where the number is known that text messages came from."""
        person = next((mark.removeprefix("person:") for mark in marks if mark.startswith("person:")), None)
        if person is None:
            return None
        with self._database.reading() as session:
            number = self._number_of(session, person)
        return Citizen.of(number, self._seal) if number is not None else None

    def _claimed(self, id: int) -> _Claimed | None:
        """The row, put off to its next time; None where it is not due, or gone for good."""
        now = self._now()
        with self._database.reading() as session:
            person = session.scalar(select(FollowRow.person).where(FollowRow.id == id))
        # Outside the transaction: the ledger reads in one of its own.
        consent = self._consents.of(person) if person is not None else None
        is_over = consent is None or consent.decision is Decision.REFUSED
        with self._database.writing() as session:
            row = session.get(FollowRow, id)
            if row is None or row.next_at > now:
                return None
            try:
                code, phone, *asked = json.loads(self._seal.open(row.sealed))
            except SealBroken:
                is_over = True
            if is_over or now - row.begun_at > LONGEST:
                session.delete(row)
                return None
            row.next_at = now + self._pause(code, row.begun_at)
            return _Claimed(
                code, phone, row.dossier, row.person, row.language, row.status, row.since, row.reminded, tuple(asked)
            )

    def _hash(self, code: str) -> str:
        return self._seal.hash("followed dossier", code_digits(code) or code)

    def _pause(self, code: str, begun_at: datetime) -> timedelta:
        """Until the next question that nobody has caused."""
        if self._pushes is not None and self._pushes.is_awaited(code):
            # Pushed before the source shows it.
            return timedelta(seconds=FAILING.first)
        slow = self._now() - begun_at >= SLOWER_AFTER or (self._pushes is not None and self._pushes.is_pushed(code))
        return SLOWER if slow else EVERY

    def _failed(self, id: int) -> None:
        with self._database.writing() as session:
            row = session.get(FollowRow, id)
            if row is not None:
                row.failures += 1
                row.next_at = self._now() + timedelta(seconds=FAILING.pause(row.failures))

    def _noted(self, id: int, dossier: Dossier, *, changed: bool, reminded: bool) -> None:
        with self._database.writing() as session:
            row = session.get(FollowRow, id)
            if row is None:
                return
            row.failures = 0
            if dossier.status.is_final:
                session.delete(row)
            elif changed:
                row.status, row.since, row.reminded = int(dossier.status), self._now(), False
                row.next_at = self._now() + self._pause(dossier.code, row.begun_at)
            elif reminded:
                row.reminded = True

    def _found(self, code: str) -> ProvableDossier | None:
        try:
            return self._source.find(code)
        except BackendError as error:
            _log.warning("a followed dossier cannot be asked for", cause=str(error))
            return None
