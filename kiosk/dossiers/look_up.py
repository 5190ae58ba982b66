"""The look-up of a kiosk: live over the line, else from the data of the last synchronisation.

Without a line a code that opens nothing may be wrong, or newer than the data: the answer says that it could not be
looked up, and the try counts all the same, so that nobody tries four digits through on a box in the dark.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from actions.dossiers.freetext import without_personal_data
from actions.dossiers.lockout import Lockout, LockoutUnavailable, Refused
from actions.dossiers.model import Clock, Dossier, vietnam_date, view_of
from actions.dossiers.service import Ambiguous, Found, Locked, NotFoundOrMismatch, Outcome, Unavailable
from kiosk.centre_link.client import SyncError
from kiosk.dossiers.asking import ANSWER, QUESTION, LookedUp, LookUp, seal, unseal
from kiosk.dossiers.kept import KeptDossiers
from kiosk.protocol.keys import Keys, PublicKeys
from runtime.clock import VIETNAM

_FOUR_DIGITS: Final = re.compile(r"[0-9]{4}")

Send = Callable[[bytes], bytes]
"""Sends a sealed question and gives the sealed answer; raises :class:`SyncError`."""


class KioskLookUp:
    """Looks up for somebody at this kiosk.

    Args:
        send: the line.
        keys: of this kiosk.
        centre: who is asked.
        kept: what can be told without the line.
        lockout: counts tries on this box.
        clock: the time.
        is_locked: whether the centre has shut this box out.
    """

    def __init__(
        self,
        send: Send,
        keys: Keys,
        centre: PublicKeys,
        kept: KeptDossiers,
        lockout: Lockout,
        clock: Clock,
        is_locked: Callable[[], bool],
    ) -> None:
        self._send = send
        self._keys = keys
        self._centre = centre
        self._kept = kept
        self._lockout = lockout
        self._clock = clock
        self._is_locked = is_locked

    def look_up(self, code: str, last4: str, conversation: str) -> Outcome:
        """See :meth:`actions.dossiers.service.DossierService.look_up`."""
        if not _FOUR_DIGITS.fullmatch(last4):
            raise ValueError("the second factor is four digits")
        if self._is_locked():
            return Unavailable("this box is shut out", retryable=False)
        try:
            attempt = self._lockout.take(code, conversation)
        except LockoutUnavailable as error:
            return Unavailable(str(error), retryable=True)
        if isinstance(attempt, Refused):
            return Locked(attempt.until)
        try:
            outcome = self._live(code, last4, conversation)
        except SyncError:
            outcome = self._without_line(code, last4)
        if isinstance(outcome, Found):
            with suppress(LockoutUnavailable):
                self._lockout.forgive(code, conversation)
        return outcome

    def _live(self, code: str, last4: str, conversation: str) -> Outcome:
        hashed = hashlib.sha256(conversation.encode()).hexdigest()[:32]
        question = LookUp(code=code, last4=last4, conversation=hashed)
        answer = self._send(seal(question, self._centre, QUESTION))
        found = LookedUp.from_bytes(unseal(answer, self._keys, ANSWER))
        match found.outcome:
            case "found" if found.record is not None:
                return self._found(found.record.dossier(), None)
            case "mismatch":
                return NotFoundOrMismatch(found.tries_left)
            case "ambiguous":
                return Ambiguous()
            case "locked":
                return Locked(datetime.fromtimestamp(found.until, UTC).astimezone(VIETNAM))
            case _:
                return Unavailable("the centre could not look it up", found.retryable)

    def _without_line(self, code: str, last4: str) -> Outcome:
        try:
            kept = self._kept.find(code, last4)
        except SQLAlchemyError as error:
            return Unavailable(f"kept dossiers cannot be read: {type(error).__name__}", retryable=True)
        if kept is None:
            return Unavailable("no line, and not in the data kept here", retryable=True)
        return self._found(kept.dossier, kept.as_of.astimezone(VIETNAM))

    def _found(self, dossier: Dossier, as_of: datetime | None) -> Found:
        return Found(view_of(dossier, vietnam_date(self._clock()), without_personal_data), as_of)
