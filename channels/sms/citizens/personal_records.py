"""What any store that keeps something about a person must be able to do: tell what there is, and erase it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from channels.sms.citizens.citizen import Citizen


@dataclass(frozen=True, slots=True)
class Holding:
    """What one store keeps about a person; how much and until when, never what it says."""

    kind: str
    """Names the sentence ``kept_<kind>`` of the wording files: ``messages``, ``tickets``."""
    entries: int
    until: date | None = None
    """The day by which the last of it is erased anyway; None where no day is set."""


class PersonalRecords(Protocol):
    """A store that keeps something about persons; safe to share between threads."""

    needs_proof: bool
    """Whether only whoever proves to hold the number may erase it here."""

    def holding(self, citizen: Citizen) -> Holding:
        """What is kept about a citizen at the moment."""
        ...

    def erase(self, citizen: Citizen) -> None:
        """Erase it, except what is still on its way, such as the message being answered. Twice does no harm."""
        ...
