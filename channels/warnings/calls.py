"""Calls for warnings: claimed by lease, settled by what became of them, again after a pause, never after the key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import select, update

from channels.sms.citizens.consents import WARNINGS, Consents
from channels.warnings.given import CallState, State, read
from channels.warnings.register import number_in
from channels.warnings.rules import CallRules, Outcome
from channels.warnings.tables import WarningRecipientRow, WarningRow
from stores.database import Database
from stores.sealing import Seal

LEASE_SECONDS: Final = 300.0
"""Longer than any call for a warning: after that the process that called is gone."""


@dataclass(frozen=True, slots=True)
class DueCall:
    """Somebody to be called now."""

    warning: int
    person: str
    phone: str = field(repr=False)
    """E.164."""
    template: str
    values: Mapping[str, str]


class WarningCalls:
    """Safe to share between threads and processes; nobody is called by two of them.

    Args:
        database: its tables are made.
        seal: hides numbers.
        consents: asked again before each call.
        rules: tries and pauses.
        now: the clock.
    """

    def __init__(
        self, database: Database, seal: Seal, consents: Consents, rules: CallRules, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._seal = seal
        self._consents = consents
        self._rules = rules
        self._now = now

    def claim(self, owner: str, most: int) -> list[DueCall]:
        """Those to be called now, who was tried least first; a try is counted before it is made.

        Args:
            owner: the process that calls.
            most: calls at once.
        """
        now = self._now()
        with self._database.reading() as session:
            # Looked at every second: mostly there is nothing.
            if session.scalar(select(WarningRow.id).where(WarningRow.state == State.GIVEN).limit(1)) is None:
                return []
        with self._database.writing() as session:
            self._take_back(session, now.timestamp())
            row = WarningRecipientRow
            due = (
                select(row, WarningRow)
                .join(WarningRow, WarningRow.id == row.warning)
                .where(
                    row.call_state == CallState.WAITING,
                    row.next_call_at <= now.timestamp(),
                    WarningRow.state == State.GIVEN,
                    WarningRow.ends_at > now,
                )
                .order_by(row.tries, row.next_call_at)
                .limit(most)
            )
            locked = due if self._database.is_sqlite else due.with_for_update(skip_locked=True, of=row)
            found = list(session.execute(locked).tuples())
            wanted = self._consents.granted([one.person for one, _ in found], WARNINGS)
            claimed = []
            for one, warning in found:
                phone = number_in(one.sealed, self._seal)
                if one.person not in wanted or phone is None:
                    one.call_state = CallState.REFUSED if phone is not None else CallState.GIVEN_UP
                    one.sealed = ""
                    continue
                one.call_state, one.call_owner, one.tries = CallState.CALLING, owner, one.tries + 1
                one.call_until = now.timestamp() + LEASE_SECONDS
                given = read(warning)
                claimed.append(DueCall(warning.id, one.person, phone, given.template, given.values))
            return claimed

    def settle(self, due: DueCall, outcome: Outcome, *, answered: bool, owner: str) -> None:
        """Write down what became of a call; one that was stopped meanwhile stays so, unless the key was pressed."""
        now = self._now().timestamp()
        with self._database.writing() as session:
            one = session.get(WarningRecipientRow, (due.warning, due.person), with_for_update=True)
            if one is None:
                return
            one.last_outcome, one.answered = outcome, one.answered or answered
            if outcome is Outcome.CONFIRMED:
                one.call_state = CallState.CONFIRMED
            elif one.call_state == CallState.CALLING and one.call_owner == owner:
                pause = self._rules.pauses.get(outcome)
                again = pause is not None and one.tries < self._rules.tries
                one.call_state = CallState.WAITING if again else CallState.GIVEN_UP
                one.next_call_at = now + (pause.total_seconds() if pause is not None else 0.0)
            if one.call_state in (CallState.CONFIRMED, CallState.GIVEN_UP) and one.queued_as:
                one.sealed = ""

    def goes_on(self, warning: int) -> bool:
        """Whether a warning still holds: it was not cancelled, and its time is not over."""
        with self._database.reading() as session:
            row = session.get(WarningRow, warning)
            return row is not None and row.state == State.GIVEN and row.ends_at > self._now()

    def _take_back(self, session: Any, now: float) -> None:
        """What a process that is gone was calling is called again; that try was one."""
        row = WarningRecipientRow
        lapsed = (row.call_state == CallState.CALLING, row.call_until < now)
        session.execute(
            update(row)
            .where(*lapsed, row.tries >= self._rules.tries)
            .values(call_state=CallState.GIVEN_UP, last_outcome=Outcome.FAILED)
        )
        session.execute(
            update(row)
            .where(*lapsed)
            .values(call_state=CallState.WAITING, next_call_at=now, last_outcome=Outcome.FAILED)
        )
