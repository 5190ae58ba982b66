"""The kept utterances in the database: added, listed, labelled, dropped, forgotten."""

from __future__ import annotations

import hashlib
import json
from datetime import date

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError

from contract.meaning import Candidate
from contract.turn import Channel
from learning.kept import Kept, KeptUtterance, Reason, State
from learning.tables import LearningUtterance
from stores.database import Database


class LearningStore:
    """Utterances that wait for a label.

    Every method raises SQLAlchemy's errors when the database is away; :class:`learning.recorder.Recorder`
    keeps them from the turns.

    Args:
        database: its tables are made (:meth:`Database.migrate`).
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, kept: Kept) -> None:
        """Keep an utterance, or count it when the same normalised text is kept already.

        A dropped one stays dropped. A labelled one stays labelled unless somebody denied its answer: then the
        label did not help.
        """
        try:
            self._add(kept)
        except IntegrityError:
            # Another process kept the same words in the same moment; now they can be counted.
            self._add(kept)

    def _add(self, kept: Kept) -> None:
        key = hashlib.sha256(kept.normalised.encode()).hexdigest()
        with self._database.writing() as session:
            same = select(LearningUtterance).where(LearningUtterance.key == key).with_for_update()
            row = session.scalar(same)
            if row is None:
                row = LearningUtterance(key=key, times=0, first_day=kept.day, state=State.OPEN, label="")
                session.add(row)
            row.times += 1
            row.last_day = kept.day
            if row.state == State.LABELLED and kept.reason is Reason.DENIED:
                row.state, row.label = State.OPEN, ""
            if row.state == State.OPEN:
                _write(row, kept)

    def open(self, limit: int | None = None) -> list[KeptUtterance]:
        """The utterances without a label, the most frequent first, then the latest."""
        query = (
            select(LearningUtterance)
            .where(LearningUtterance.state == State.OPEN)
            .order_by(LearningUtterance.times.desc(), LearningUtterance.last_day.desc(), LearningUtterance.id.desc())
            .limit(limit)
        )
        with self._database.reading() as session:
            return [_read(row) for row in session.scalars(query)]

    def get(self, number: int) -> KeptUtterance | None:
        """One utterance, whatever became of it."""
        with self._database.reading() as session:
            row = session.get(LearningUtterance, number)
            return _read(row) if row is not None else None

    def mark_labelled(self, number: int, label: str) -> None:
        """The utterance has become training data."""
        with self._database.writing() as session:
            row = session.get_one(LearningUtterance, number)
            row.state, row.label = State.LABELLED, label

    def drop(self, number: int) -> bool:
        """Erase what was said; False when there is no such utterance."""
        with self._database.writing() as session:
            row = session.get(LearningUtterance, number)
            if row is None:
                return False
            row.state, row.label = State.DROPPED, ""
            row.text = row.normalised = row.answered = ""
            row.candidates = "[]"
            return True

    def forget_before(self, day: date) -> int:
        """Delete what was not said since ``day``; returns how many."""
        with self._database.writing() as session:
            old = select(LearningUtterance.id).where(LearningUtterance.last_day < day)
            numbers = list(session.scalars(old))
            session.execute(delete(LearningUtterance).where(LearningUtterance.id.in_(numbers)))
            return len(numbers)


def _write(row: LearningUtterance, kept: Kept) -> None:
    row.text = kept.text
    row.normalised = kept.normalised
    row.channel = kept.channel
    row.reason = kept.reason
    row.intent = kept.intent
    row.candidates = json.dumps([[candidate.code, candidate.chance] for candidate in kept.candidates])
    row.answered = kept.answered


def _read(row: LearningUtterance) -> KeptUtterance:
    candidates = tuple(Candidate(code=code, chance=chance) for code, chance in json.loads(row.candidates))
    kept = Kept(
        text=row.text,
        normalised=row.normalised,
        channel=Channel(row.channel),
        reason=Reason(row.reason),
        intent=row.intent,
        candidates=candidates,
        answered=row.answered,
        day=row.last_day,
    )
    return KeptUtterance(row.id, kept, row.times, row.first_day, State(row.state), row.label)
