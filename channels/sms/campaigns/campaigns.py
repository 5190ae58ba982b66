"""Campaigns in the database: made from a list, begun, fed into the outbox at a pace, paused, stopped, reported on.

A message is queued only in the hours for notices, to somebody whose consent holds at that moment and who has not had
enough today; the outbox asks for consent and hour once more. Only about a minute's worth is ever queued, so that a
pause or a stop is felt at once.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from channels.sms.campaigns.audience import Recipient
from channels.sms.campaigns.rules import Rules
from channels.sms.campaigns.tables import CampaignRecipientRow, CampaignRow
from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.consents import Consents
from channels.sms.notices.notice_rule import Hours
from channels.sms.queue.outbox import Outbox
from channels.sms.queue.outbox_statements import references_in, take_back
from channels.sms.queue.queued import NewMessage
from channels.sms.queue.states import OutgoingState
from channels.sms.queue.tables import outgoing
from channels.sms.routes.messages import Kind
from runtime.clock import VIETNAM
from stores.database import Database
from stores.sealing import Seal, SealBroken

LONGEST_GAP: Final = timedelta(minutes=2)
"""A worker that was away does not make up for it in one go."""
MOST_AT_ONCE: Final = 1_000
_PIECE: Final = 500
"""Persons asked for in one query."""

Texts = Callable[[str, Mapping[str, str], str | None], tuple[str, ...]]
"""The messages of a sentence with its values, as a person (keyed hash; None: usually) wants them written."""


class State(StrEnum):
    """Of a campaign."""

    DRAFT = "draft"
    RUNNING = "running"
    """From its beginning on; before, it is scheduled."""
    PAUSED = "paused"
    STOPPED = "stopped"
    """For good."""
    DONE = "done"
    """Everybody was told, or need not be any more."""


class RecipientState(StrEnum):
    """Of somebody a campaign is for."""

    WAITING = "waiting"
    QUEUED = "queued"
    NO_CONSENT = "no_consent"
    """It ended before the message was queued."""
    STOPPED = "stopped"
    UNREADABLE = "unreadable"
    """Sealed with a key that is gone."""


class NotPossible(ValueError):
    """The deed changes nothing; ``why`` is the key of the sentence that says why."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign, without its recipients."""

    id: int
    name: str
    template: str
    state: State
    made_by: str
    made_at: datetime
    begins_at: datetime | None
    per_hour: int
    without_consent: int
    segments: int


class Campaigns:
    """Safe to share between threads and processes; several workers feed a campaign together, each recipient once.

    Args:
        database: its tables are made.
        seal: hides numbers and values.
        outbox: sends.
        consents: who asked for notices.
        texts: writes the messages.
        rules: caps and pace.
        hours: in which notices go out.
        now: the clock.
    """

    def __init__(
        self,
        database: Database,
        seal: Seal,
        outbox: Outbox,
        consents: Consents,
        texts: Texts,
        rules: Rules,
        hours: Hours,
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._seal = seal
        self._outbox = outbox
        self._consents = consents
        self._texts = texts
        self._rules = rules
        self._hours = hours
        self._now = now

    def draft(
        self, name: str, template: str, recipients: Sequence[Recipient], officer: str, segments_of: Callable[[str], int]
    ) -> int:
        """Keep a list and its sentence; of those who have not asked for notices nothing is kept but how many.

        Raises:
            NotPossible: nobody of the list may be told.
        """
        by_person = {
            citizen.person: (citizen.phone, one.values)
            for one in recipients
            if (citizen := Citizen.of(one.phone, self._seal)) is not None
        }
        granted = self._consents.granted(by_person)
        if not granted:
            raise NotPossible("campaign_nobody")
        told = [(person, *by_person[person]) for person in by_person if person in granted]
        segments = sum(segments_of(text) for _, _, values in told for text in self._texts(template, values, None))
        now = self._now()
        with self._database.writing() as session:
            row = CampaignRow(
                name=name,
                template=template,
                state=State.DRAFT,
                made_by=officer,
                made_at=now,
                changed_at=now,
                per_hour=self._rules.per_hour,
                without_consent=len(by_person) - len(told),
                segments=segments,
            )
            session.add(row)
            session.flush()
            session.add_all(
                CampaignRecipientRow(
                    campaign=row.id,
                    person=person,
                    line=line,
                    sealed=self._seal.close(json.dumps([phone, dict(values)], ensure_ascii=False)),
                    state=RecipientState.WAITING,
                    not_before=0.0,
                    queued_as="",
                )
                for line, (person, phone, values) in enumerate(told)
            )
            return row.id

    def get(self, number: int) -> Campaign | None:
        """One campaign."""
        with self._database.reading() as session:
            row = session.get(CampaignRow, number)
            return _read(row) if row is not None else None

    def newest(self, limit: int = 50) -> list[Campaign]:
        """The newest first."""
        with self._database.reading() as session:
            query = select(CampaignRow).order_by(CampaignRow.id.desc()).limit(limit)
            return [_read(row) for row in session.scalars(query)]

    def counts(self, number: int) -> dict[RecipientState, int]:
        """How many recipients are in which state."""
        with self._database.reading() as session:
            query = (
                select(CampaignRecipientRow.state, func.count())
                .where(CampaignRecipientRow.campaign == number)
                .group_by(CampaignRecipientRow.state)
            )
            return {RecipientState(state): count for state, count in session.execute(query).tuples()}

    def under_way(self) -> tuple[dict[State, int], dict[RecipientState, int]]:
        """How many campaigns have begun and are not over, and how many of their recipients are in which state."""
        begun = (CampaignRow.state.in_((State.RUNNING, State.PAUSED))) & (CampaignRow.begins_at <= self._now())
        campaigns = select(CampaignRow.state, func.count()).where(begun).group_by(CampaignRow.state)
        people = (
            select(CampaignRecipientRow.state, func.count())
            .where(CampaignRecipientRow.campaign.in_(select(CampaignRow.id).where(begun)))
            .group_by(CampaignRecipientRow.state)
        )
        with self._database.reading() as session:
            return (
                {State(state): count for state, count in session.execute(campaigns).tuples()},
                {RecipientState(state): count for state, count in session.execute(people).tuples()},
            )

    def report(self, number: int) -> dict[str, int]:
        """What became of the messages: how many in which state of the outbox."""
        found: Counter[str] = Counter()
        with self._database.reading() as session:
            queued = select(CampaignRecipientRow.queued_as).where(
                CampaignRecipientRow.campaign == number, CampaignRecipientRow.state == RecipientState.QUEUED
            )
            references = references_in(session, queued)
            for start in range(0, len(references), _PIECE):
                piece = references[start : start + _PIECE]
                states = select(outgoing.c.state).where(outgoing.c.reference.in_(piece))
                found.update(session.scalars(states))
        return dict(found)

    def samples(self, number: int, count: int = 3) -> list[tuple[str, ...]]:
        """The messages of the first recipients that still wait, as they are usually written."""
        with self._database.reading() as session:
            row = session.get(CampaignRow, number)
            query = self._waiting(number).limit(count)
            sealed = [one.sealed for one in session.scalars(query)]
        opened = [self._opened(each) for each in sealed]
        return [self._texts(row.template, one[1], None) for one in opened if one is not None] if row is not None else []

    def try_on(self, number: int, phone: str, key: str) -> bool:
        """Send the first recipient's message to an officer's own telephone; whether there is such a number."""
        citizen, samples = Citizen.of(phone, self._seal), self.samples(number, 1)
        if citizen is None or not samples:
            return False
        messages = [
            # An answer: whoever tries it asks for it, whatever the hour.
            NewMessage(f"campaign-try:{number}:{key}:{page}", citizen.phone, text, Kind.ANSWER, citizen.person)
            for page, text in enumerate(samples[0])
        ]
        self._outbox.add(messages)
        return True

    def start(self, number: int, begins_at: datetime | None = None, per_hour: int | None = None) -> None:
        """Begin a draft, now or later, or go on with what was paused.

        Raises:
            NotPossible: it runs already, is over, or the pace is none.
        """
        if per_hour is not None and not 1 <= per_hour <= self._rules.most_per_hour:
            raise NotPossible("campaign_pace_wrong")
        with self._database.writing() as session:
            row = _open(session, number, State.DRAFT, State.PAUSED)
            if row.state == State.DRAFT:
                row.begins_at = begins_at or self._now()
            row.per_hour = per_hour or row.per_hour
            row.state, row.changed_at, row.fed_at = State.RUNNING, self._now(), None

    def pause(self, number: int) -> None:
        """Queue nothing more until it goes on.

        Raises:
            NotPossible: it does not run.
        """
        with self._database.writing() as session:
            row = _open(session, number, State.RUNNING)
            row.state, row.changed_at = State.PAUSED, self._now()

    def stop(self, number: int) -> int:
        """End it for good; what is queued and not sent is taken out of the queue. Returns how many messages that was.

        Raises:
            NotPossible: it is over.
        """
        with self._database.writing() as session:
            return self._stop(session, _open(session, number, State.DRAFT, State.RUNNING, State.PAUSED))

    def stop_all(self) -> int:
        """The emergency switch: end everything that runs or waits to; returns how many campaigns."""
        with self._database.writing() as session:
            query = select(CampaignRow).where(CampaignRow.state.in_((State.RUNNING, State.PAUSED))).with_for_update()
            rows = list(session.scalars(query))
            for row in rows:
                self._stop(session, row)
            return len(rows)

    def step(self) -> int:
        """Queue what is due; call it about once a minute. Returns how many recipients were queued."""
        now = self._now()
        if self._hours.next(now) != now:
            return 0
        with self._database.reading() as session:
            query = select(CampaignRow.id).where(CampaignRow.state == State.RUNNING, CampaignRow.begins_at <= now)
            due = list(session.scalars(query.order_by(CampaignRow.id)))
        return sum(self._feed(number, now) for number in due)

    def forget_before(self, moment: datetime) -> int:
        """Erase campaigns nobody has touched since; returns how many."""
        with self._database.writing() as session:
            old = select(CampaignRow.id).where(CampaignRow.changed_at < moment, CampaignRow.state != State.RUNNING)
            numbers = list(session.scalars(old))
            session.execute(delete(CampaignRecipientRow).where(CampaignRecipientRow.campaign.in_(numbers)))
            session.execute(delete(CampaignRow).where(CampaignRow.id.in_(numbers)))
            return len(numbers)

    def _feed(self, number: int, now: datetime) -> int:
        with self._database.writing() as session:
            row = session.get(CampaignRow, number, with_for_update=True)
            if row is None or row.state != State.RUNNING:
                return 0
            elapsed = min(now - row.fed_at, LONGEST_GAP) if row.fed_at is not None else timedelta(minutes=1)
            room = min(math.floor(row.per_hour * elapsed.total_seconds() / 3600), MOST_AT_ONCE)
            if room < 1 and row.fed_at is not None:
                return 0
            due = CampaignRecipientRow.not_before <= now.timestamp()
            recipients = list(session.scalars(self._waiting(number).where(due).limit(max(room, 1))))
            row.fed_at, row.changed_at = now, now
            granted = self._consents.granted([one.person for one in recipients])
            full = self._had_enough(session, [one.person for one in recipients], now)
            told: list[tuple[CampaignRecipientRow, list[NewMessage]]] = []
            for one in recipients:
                if one.person not in granted:
                    one.state, one.sealed = RecipientState.NO_CONSENT, ""
                elif one.person in full:
                    one.not_before = _tomorrow(now).timestamp()
                else:
                    told.append((one, self._messages(row, one)))
            # All at once: a statement for each recipient would hold the database for seconds.
            references = iter(self._outbox.add_within(session, [each for _, messages in told for each in messages]))
            queued = 0
            for one, messages in told:
                one.sealed = ""
                one.queued_as = " ".join(next(references) for _ in messages)
                one.state = RecipientState.QUEUED if messages else RecipientState.UNREADABLE
                queued += bool(messages)
            session.flush()
            if session.scalar(select(func.count()).select_from(self._waiting(number).subquery())) == 0:
                row.state = State.DONE
            return queued

    def _messages(self, row: CampaignRow, one: CampaignRecipientRow) -> list[NewMessage]:
        """What somebody is told; nothing where number and values are sealed with a key that is gone."""
        opened = self._opened(one.sealed)
        if opened is None:
            return []
        phone, values = opened
        return [
            NewMessage(f"campaign:{row.id}:{one.person}:{page}", phone, text, Kind.NOTICE, one.person)
            for page, text in enumerate(self._texts(row.template, values, one.person))
        ]

    def _had_enough(self, session: Session, persons: Sequence[str], now: datetime) -> set[str]:
        """Who got as many notices today as one may get."""
        midnight = datetime.combine(now.astimezone(VIETNAM).date(), time(), VIETNAM).timestamp()
        found: set[str] = set()
        for start in range(0, len(persons), _PIECE):
            query = (
                select(outgoing.c.person)
                .where(
                    outgoing.c.person.in_(persons[start : start + _PIECE]),
                    outgoing.c.kind == Kind.NOTICE,
                    outgoing.c.created_at >= midnight,
                    outgoing.c.state != OutgoingState.CANCELLED,
                )
                .group_by(outgoing.c.person)
                .having(func.count() >= self._rules.person_a_day)
            )
            found |= set(session.scalars(query))
        return found

    def _stop(self, session: Session, row: CampaignRow) -> int:
        row.state, row.changed_at = State.STOPPED, self._now()
        mine = CampaignRecipientRow.campaign == row.id
        queued = select(CampaignRecipientRow.queued_as).where(mine, CampaignRecipientRow.queued_as != "")
        taken = take_back(session, references_in(session, queued), self._now().timestamp())
        session.execute(
            update(CampaignRecipientRow)
            .where(mine, CampaignRecipientRow.state == RecipientState.WAITING)
            .values(state=RecipientState.STOPPED, sealed="")
        )
        return taken

    def _waiting(self, number: int) -> Select[Any]:
        return (
            select(CampaignRecipientRow)
            .where(CampaignRecipientRow.campaign == number, CampaignRecipientRow.state == RecipientState.WAITING)
            .order_by(CampaignRecipientRow.line)
        )

    def _opened(self, sealed: str) -> tuple[str, dict[str, str]] | None:
        try:
            phone, values = json.loads(self._seal.open(sealed))
        except SealBroken:
            return None
        return str(phone), {str(name): str(value) for name, value in values.items()}


def _open(session: Session, number: int, *states: State) -> CampaignRow:
    row = session.get(CampaignRow, number, with_for_update=True)
    if row is None or row.state not in states:
        raise NotPossible("campaign_not_now")
    return row


def _tomorrow(now: datetime) -> datetime:
    return datetime.combine(now.astimezone(VIETNAM).date() + timedelta(days=1), time(), VIETNAM)


def _read(row: CampaignRow) -> Campaign:
    return Campaign(
        id=row.id,
        name=row.name,
        template=row.template,
        state=State(row.state),
        made_by=row.made_by,
        made_at=row.made_at,
        begins_at=row.begins_at,
        per_hour=row.per_hour,
        without_consent=row.without_consent,
        segments=row.segments,
    )
