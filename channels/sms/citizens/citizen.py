"""Who writes: a telephone number for the network, a keyed hash for everything that is kept."""

from __future__ import annotations

from dataclasses import dataclass, field

from channels.sms.citizens.sender import Sender
from contract.turn import conversation_by_text
from stores.sealing import Seal


@dataclass(frozen=True, slots=True)
class Citizen:
    """Somebody behind a telephone number."""

    phone: str = field(repr=False)
    """In E.164; never logged, never stored but sealed."""
    person: str
    """Keyed hash of the number: what rows, counters and preferences are kept under."""

    @classmethod
    def of(cls, sender: str, seal: Seal) -> Citizen | None:
        """The citizen behind a sender; None for short codes and names, which nobody can be answered at."""
        return cls.behind(Sender.of(sender, seal))

    @classmethod
    def behind(cls, sender: Sender) -> Citizen | None:
        """The same for a sender that was read already."""
        return None if sender.phone is None else cls(sender.phone, sender.person)

    @property
    def conversation(self) -> str:
        """Id of this citizen's conversation by text message."""
        return conversation_by_text(self.person)
