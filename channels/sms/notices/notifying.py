"""Notices: what an office tells a citizen of its own accord. Whoever has not asked for them gets none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from channels.rendering import SmsStyle
from channels.sms.answering.own_words import own_lines
from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.consents import Consents, Decision
from channels.sms.citizens.preferences import Preferences
from channels.sms.notices.short_links import short_links
from channels.sms.queue.outbox import Outbox
from channels.sms.queue.queued import NewMessage
from channels.sms.routes.messages import Kind
from channels.words import words
from language.languages import default_language
from stores.sealing import Seal


class Outcome(StrEnum):
    """What became of a notice."""

    QUEUED = "queued"
    """It goes out in the hours for notices, unless the consent ends before."""
    NO_CONSENT = "no_consent"
    """Nothing was kept of it."""
    NO_TELEPHONE = "no_telephone"
    """The number is no telephone's."""
    SHORT_LINK = "short_link"
    """The text holds a link that hides where it leads: nobody could tell it from a fraud's."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice."""

    key: str
    """Names it in the office's own words (dossier and event); the same key again sends nothing more."""
    phone: str
    """As people write it."""
    text: str
    """With diacritics; they are left out for those who want none."""


class Notifying:
    """Queues notices; raises SQLAlchemy's errors when the database is away.

    Args:
        outbox: asks once more for consent and hour when a notice is due.
        consents: who wants notices.
        preferences: how each one wants them written.
        seal: hashes numbers.
        style: of this installation.
        stop: how notices are stopped (:func:`notice_end`).
    """

    def __init__(
        self,
        outbox: Outbox,
        consents: Consents,
        preferences: Preferences,
        seal: Seal,
        style: SmsStyle,
        stop: Callable[[], str] = lambda: notice_end(),
    ) -> None:
        self._stop = stop
        self._outbox = outbox
        self._consents = consents
        self._preferences = preferences
        self._seal = seal
        self._style = style

    def send(self, notice: Notice) -> Outcome:
        """Queue a notice, with the word that stops notices under it."""
        if short_links().stand_in(notice.text):
            return Outcome.SHORT_LINK
        citizen = Citizen.of(notice.phone, self._seal)
        if citizen is None:
            return Outcome.NO_TELEPHONE
        consent = self._consents.of(citizen.person)
        if consent is None or consent.decision is not Decision.GRANTED:
            return Outcome.NO_CONSENT
        style = self._style.with_diacritics(self._preferences.diacritics(citizen.person))
        texts = own_lines(style, default_language(), [notice.text, self._stop()])
        self._outbox.add(
            [
                NewMessage(f"notice:{notice.key}:{index}", citizen.phone, text, Kind.NOTICE, citizen.person)
                for index, text in enumerate(texts)
            ]
        )
        return Outcome.QUEUED


def notice_end(brand: str = "", number: str | None = None) -> str:
    """The last line of a notice: how to stop them.

    Args:
        brand: sender of notices; nobody can answer a name, so that the number to write to is told.
        number: citizens write to.
    """
    if brand and number:
        return words().text(default_language(), "sms_notice_end_brand", number=number)
    return words().text(default_language(), "sms_notice_end")
