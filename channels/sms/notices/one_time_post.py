"""One-time codes by text message: to the number on a dossier, at any hour, since somebody waits for one."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from actions.dossiers.backend import BackendUnavailable
from actions.dossiers.model import Clock
from actions.dossiers.one_time import VALID
from channels.rendering import SmsStyle
from channels.sms.answering.own_words import own_lines
from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.consents import Consents, Decision
from channels.sms.citizens.preferences import Preferences
from channels.sms.queue.outbox import Outbox
from channels.sms.queue.queued import NewMessage
from channels.sms.queue.wake import Wake
from channels.sms.routes.messages import Kind
from language.phone_number import InvalidPhoneNumber, PhoneKind, PhoneNumber
from stores.sealing import Seal


class OneTimePost:
    """Takes codes to telephones.

    Args:
        outbox: the queue of outgoing messages.
        wake: tells the worker that there is something to send.
        consents: who has refused all messages.
        preferences: how each one wants them written.
        seal: hashes numbers.
        style: of this installation.
        lines: the words of a message with a code, in a language.
        now: the time.
    """

    def __init__(
        self,
        outbox: Outbox,
        wake: Wake,
        consents: Consents,
        preferences: Preferences,
        seal: Seal,
        style: SmsStyle,
        lines: Callable[[str, str], list[str]],
        now: Clock,
    ) -> None:
        self._outbox = outbox
        self._wake = wake
        self._consents = consents
        self._preferences = preferences
        self._seal = seal
        self._style = style
        self._lines = lines
        self._now = now

    def mark_of(self, phone: str) -> str | None:
        """See :class:`actions.dossiers.one_time.Post`."""
        citizen = self._reached(phone)
        return f"person:{citizen.person}" if citizen is not None else None

    def send(self, phone: str, digits: str, language: str, *, asked_for: bool) -> None:
        """See :class:`actions.dossiers.one_time.Post`."""
        citizen = self._reached(phone)
        if citizen is None:
            return
        try:
            consent = self._consents.of(citizen.person)
            if not asked_for and consent is not None and consent.decision is Decision.REFUSED:
                return
            style = self._style.with_diacritics(self._preferences.diacritics(citizen.person))
            ends = (self._now() + VALID).timestamp()
            key = f"one-time:{secrets.token_hex(16)}"
            self._outbox.add(
                [
                    NewMessage(f"{key}:{index}", citizen.phone, text, Kind.ANSWER, citizen.person, expires_at=ends)
                    for index, text in enumerate(own_lines(style, language, self._lines(digits, language)))
                ]
            )
        except SQLAlchemyError as error:
            raise BackendUnavailable(f"a one-time code cannot be queued: {type(error).__name__}") from None
        self._wake.outgoing()

    def _reached(self, phone: str) -> Citizen | None:
        try:
            mobile = PhoneNumber.parse(phone).kind is PhoneKind.MOBILE
        except InvalidPhoneNumber:
            return None
        return Citizen.of(phone, self._seal) if mobile else None
