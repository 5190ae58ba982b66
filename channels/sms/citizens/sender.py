"""Who sent a message: a subscriber who can be answered, or a machine that must not be."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from language.phone_number import InvalidPhoneNumber, PhoneNumber
from stores.sealing import Seal

_E164 = re.compile(r"\+[1-9]\d{7,14}")


def subscriber_of(sender: str) -> str | None:
    """The sender's number in E.164; None for short codes and names, which have no subscriber behind them.

    A number in international form that no numbering plan knows yet is a subscriber all the same: operators
    open new prefixes faster than plans are corrected, and whoever texts gets an answer.
    """
    try:
        return PhoneNumber.parse(sender).e164
    except InvalidPhoneNumber:
        return sender if _E164.fullmatch(sender) else None


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sent one message: parsed and hashed once, when the message comes in, and carried on as this value."""

    written: str = field(repr=False)
    """As the provider writes it."""
    phone: str | None = field(repr=False)
    """In E.164; None for short codes and names, which nobody can be answered at."""
    person: str
    """Keyed hash of the number: what rows, counters and preferences are kept under."""

    @classmethod
    def of(cls, written: str, seal: Seal) -> Sender:
        """Read what a provider wrote."""
        phone = subscriber_of(written)
        return cls(written, phone, seal.hash("sms", phone or written))

    @classmethod
    def stored(cls, kept: str, person: str) -> Sender:
        """The sender of a row: :attr:`kept`, and the hash that stands beside it."""
        # Only what is no number, and what older versions kept as it was written, must be read again.
        return cls(kept, kept if _E164.fullmatch(kept) else subscriber_of(kept), person)

    @property
    def kept(self) -> str:
        """What of it is stored, sealed: the number in E.164, else what was written."""
        return self.phone or self.written
