"""The look-up of a kiosk: live over the line, else from the data of the last synchronisation.

Without a line a code that opens nothing may be wrong, or newer than the data: the answer says that it could not be
looked up, and the try counts all the same, so that nobody tries four digits through on a box in the dark.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from actions.dossiers.backend import BackendRejected, BackendUnavailable
from actions.dossiers.one_time import CannotSend, CodeSent, CodeWrong, NoMoreCodes, Sending
from actions.dossiers.service import Ambiguous, Answer, Locked, NotFoundOrMismatch, Proof, Unavailable
from kiosk.centre_link.client import SyncError
from kiosk.dossiers.asking import ANSWER, QUESTION, LookedUp, LookUp, seal, unseal
from kiosk.dossiers.offline_dossiers import KeptDossiers
from kiosk.protocol.keys import Keys, PublicKeys
from runtime.clock import VIETNAM

_FOUR = 4
Refusal = NotFoundOrMismatch | Ambiguous | Locked | CodeWrong
Send = Callable[[bytes], bytes]
"""Sends a sealed question and gives the sealed answer; raises :class:`SyncError`."""


class KioskStore:
    """What the look-up of somebody at this kiosk asks: the centre, else the data kept here.

    Args:
        send: the line.
        keys: of this kiosk.
        centre: who is asked.
        kept: what can be told without the line.
        is_locked: whether the centre has shut this box out.
    """

    def __init__(
        self, send: Send, keys: Keys, centre: PublicKeys, kept: KeptDossiers, is_locked: Callable[[], bool]
    ) -> None:
        self._send = send
        self._keys = keys
        self._centre = centre
        self._kept = kept
        self._is_locked = is_locked

    def ask(self, code: str, last4: str, conversation: str, seconds: float) -> Answer:
        """The line has a limit of its own; see :class:`actions.dossiers.service.DossierStore`."""
        if self._is_locked():
            raise BackendRejected("this box is shut out")
        try:
            return self._live(code, last4, conversation)
        except SyncError:
            if len(last4) != _FOUR:
                raise BackendUnavailable("no line: one-time codes are the centre's") from None
            return self._without_line(code, last4)

    @property
    def sends_codes(self) -> bool:
        """The centre does, over the line."""
        return True

    def send_code(self, code: str, conversation: str, marks: Sequence[str], language: str, seconds: float) -> Sending:
        """Let the centre send a one-time code; it counts against this box."""
        if self._is_locked():
            raise BackendRejected("this box is shut out")
        try:
            answer = self.asked(LookUp(code=code, conversation=hashed(conversation), language=language))
        except SyncError:
            raise BackendUnavailable("no line: one-time codes are the centre's") from None
        sent = sending(answer)
        if sent is None:
            raise BackendUnavailable("the centre could not send a code")
        return sent

    @property
    def is_locked(self) -> bool:
        """Whether the centre has shut this box out."""
        return self._is_locked()

    def asked(self, question: LookUp) -> LookedUp:
        """What the centre answers. Raises :class:`SyncError` without a line, ``BackendUnavailable`` for no answer."""
        answer = self._send(seal(question, self._centre, QUESTION))
        try:
            return LookedUp.from_bytes(unseal(answer, self._keys, ANSWER))
        except ValueError as error:
            raise BackendUnavailable(f"the centre's answer cannot be read: {type(error).__name__}") from None

    def _live(self, code: str, last4: str, conversation: str) -> Answer:
        found = self.asked(LookUp(code=code, last4=last4, conversation=hashed(conversation)))
        if found.outcome == "found" and found.record is not None:
            return Proof(found.record.dossier())
        refused = refusal(found)
        if refused is None:
            failed = BackendUnavailable if found.retryable else BackendRejected
            raise failed("the centre could not look it up")
        return refused

    def _without_line(self, code: str, last4: str) -> Answer:
        try:
            kept = self._kept.find(code, last4)
        except SQLAlchemyError as error:
            raise BackendUnavailable(f"kept dossiers cannot be read: {type(error).__name__}") from None
        if kept is None:
            return Unavailable("no line, and not in the data kept here", retryable=True)
        return Proof(kept.dossier, kept.as_of.astimezone(VIETNAM))


def hashed(conversation: str) -> str:
    """A conversation of this box as its centre may know it."""
    return hashlib.sha256(conversation.encode()).hexdigest()[:32]


def refusal(found: LookedUp) -> Refusal | None:
    """Why the centre tells nothing of what was asked for; None where it told, or could not look it up."""
    match found.outcome:
        case "mismatch":
            return NotFoundOrMismatch(found.tries_left)
        case "ambiguous":
            return Ambiguous()
        case "locked":
            return Locked(_moment_of(found.until))
        case "code_wrong":
            return CodeWrong(found.tries_left)
        case _:
            return None


def sending(found: LookedUp) -> Sending | None:
    """What became of a wish for a one-time code; None where the centre could not try."""
    match found.outcome:
        case "code_sent":
            return CodeSent()
        case "no_more_codes":
            return NoMoreCodes(_moment_of(found.until))
        case "cannot_send":
            return CannotSend()
        case _:
            return None


def _moment_of(until: float) -> datetime:
    """When a lock opens, in Vietnamese time."""
    return datetime.fromtimestamp(until, UTC).astimezone(VIETNAM)
