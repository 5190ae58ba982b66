"""XEM and XOA: what is kept about a number, and erasing it (law 91/2025/QH15, article 4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from redis import RedisError

from channels.conversing import Conversing
from channels.core_client import CoreUnavailable
from channels.sms.answering.incoming import Incoming
from channels.sms.answering.own_words import own_lines
from channels.sms.answering.talk import Talk
from channels.sms.citizens.consents import Consents
from channels.sms.citizens.personal_records import Holding, PersonalRecords
from channels.sms.citizens.preferences import Preferences
from channels.sms.citizens.proof import NumberProof
from channels.sms.limits.guard import Guard
from channels.words import words
from contract.turn import Channel, Event, Turn
from language.formatting import format_date
from runtime.settings import Settings
from stores.erasures import Erasures


@dataclass(frozen=True, slots=True)
class OwnData:
    """All places where something about a number is kept.

    Args:
        conversing: reaches the core's conversation and the pages to come.
        consents: decisions about notices.
        preferences: choices of style.
        talk: the last word.
        guard: digests of texts.
        records: further stores: messages, tickets.
        settings: say how long a conversation is kept.
        erasures: the record of wishes; the worker ends what cannot be erased at once.
        proof: whether the number is the sender's.
    """

    conversing: Conversing
    consents: Consents
    preferences: Preferences
    talk: Talk
    guard: Guard
    records: Sequence[PersonalRecords]
    settings: Settings
    erasures: Erasures
    proof: NumberProof

    def shown(self, incoming: Incoming) -> tuple[str, ...]:
        """What is kept, in kinds and numbers; never what it says, because telephones are shared."""
        language = incoming.last.language
        lines = [words().text(language, "sms_kept")]
        lines.append(words().text(language, "kept_talk", days=self.settings.conversation_days))
        lines += [
            _line(holding, language)
            for store in self.records
            if (holding := store.holding(incoming.citizen)).entries > 0
        ]
        consent = self.consents.of(incoming.person)
        if consent is not None:
            key = f"kept_{consent.decision}"
            lines.append(words().text(language, key, date=format_date(consent.since.date())))
        diacritics = self.preferences.diacritics(incoming.person)
        if diacritics is not None:
            lines.append(words().text(language, "kept_diacritics" if diacritics else "kept_plain"))
        lines.append(words().text(language, "sms_kept_next"))
        return own_lines(incoming.style, language, lines)

    def erased(self, incoming: Incoming, code: str = "") -> tuple[str, ...]:
        """Erase everything, then say so; what cannot be erased at the moment makes the turn be tried again.

        A sender can be forged, and an officer may be at work on a report: tickets go only with the code that was sent
        to the number. The rest, which at worst is asked once more, goes at once.

        Args:
            incoming: the order.
            code: what stood behind it.

        Raises:
            CoreError: the conversation could not be erased.
        """
        is_proven = bool(code) and self.proof.fits(incoming.person, code)
        # The caller hangs up: the core forgets the conversation, and pages that wait are dropped.
        gone = Turn(channel=Channel.SMS, conversation=incoming.citizen.conversation, event=Event.HANGUP)
        self.conversing.turn(gone)
        kept = {holding.kind for store in self.records if (holding := store.holding(incoming.citizen)).entries}
        self.erasures.begin(incoming.person, Channel.SMS, tickets=is_proven)
        for store in self.records:
            if is_proven or not store.needs_proof:
                store.erase(incoming.citizen)
        self.preferences.forget(incoming.person)
        try:
            self.talk.forget(incoming.person)
            self.guard.forget(incoming.person)
        except RedisError as error:
            raise CoreUnavailable(f"not everything could be erased: {type(error).__name__}") from error
        language = incoming.last.language
        lines = [words().text(language, "sms_erased")]
        if "tickets" in kept and is_proven:
            lines.append(words().text(language, "sms_erased_tickets"))
        elif "tickets" in kept:
            lines.append(words().text(language, "sms_erase_tickets_how", code=self.proof.code(incoming.person)))
        if self.consents.forget(incoming.person):
            lines.append(words().text(language, "sms_erased_refusal"))
        return own_lines(incoming.style, language, lines)


def _line(holding: Holding, language: str) -> str:
    until = ""
    if holding.until is not None:
        until = words().text(language, "kept_until", date=format_date(holding.until))
    return words().text(language, f"kept_{holding.kind}", entries=holding.entries, until=until)
