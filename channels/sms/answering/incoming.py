"""A citizen's message while it is being answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from channels.rendering import SmsStyle
from channels.sms.answering.talk import LastWord
from channels.sms.citizens.citizen import Citizen


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message and what is known about whoever sent it."""

    citizen: Citizen
    text: str
    """Cleaned."""
    received_at: datetime
    turn: str
    """Id of the turn, the same for every try."""
    style: SmsStyle
    last: LastWord
    """How the talk stood before it."""
    danger: str | None = None
    """The kind of danger it tells of, a key of ``emergencies.yml``; looked for once."""

    @property
    def person(self) -> str:
        """Keyed hash of the number."""
        return self.citizen.person
