"""Breaches of personal data, as the audit log keeps them: found, described bit by bit, told.

Law 91/2025/QH15, article 23: the specialised authority is told within 72 hours of the moment somebody detects it;
decree 356/2025/NĐ-CP, article 28 and form 08, say what it is told. The record stands in the audit log, where nothing
can be changed or left out afterwards unseen, and holds no word that tells who a citizen is.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from language.redaction.personal_data import redact
from runtime.messages import Message
from stores.audit import Audit, Deed, Entry

DEADLINE: Final = timedelta(hours=72)


class Part(StrEnum):
    """What form 08 asks for beside the moment it was found."""

    WHAT = "what"
    """What happened."""
    HOW = "how"
    """How it was noticed, and by whom."""
    SINCE = "since"
    DATA = "data"
    """Which kinds of data."""
    PERSONS = "persons"
    """Of how many persons."""
    EFFECTS = "effects"
    """What it may mean for them."""
    MEASURES = "measures"
    """What was done."""
    CONTACT = "contact"
    """Who answers for it."""


class Told(StrEnum):
    """Whom it was told."""

    AUTHORITY = "authority"
    """The specialised authority, within the 72 hours."""
    CONTROLLER = "controller"
    """By a processor, at once."""
    PERSONS = "persons"


class NoSuchBreach(ValueError):
    """No breach has this number."""


@dataclass
class Breach:
    """One of them."""

    number: int
    """Of the entry that began it."""
    found_at: datetime
    parts: dict[Part, list[str]] = field(default_factory=dict)
    told: dict[Told, datetime] = field(default_factory=dict)

    @property
    def deadline(self) -> datetime:
        """When the authority must know."""
        return self.found_at + DEADLINE

    @property
    def lacking(self) -> list[Part]:
        """What form 08 asks for and nobody has written down."""
        return [part for part in Part if part not in self.parts]

    def hours_left(self, now: datetime) -> float | None:
        """Until the deadline, negative behind it; None once the authority was told."""
        if Told.AUTHORITY in self.told:
            return None
        return (self.deadline - now) / timedelta(hours=1)


def told_by(entries: Iterable[Entry]) -> list[Breach]:
    """The breaches that entries of the log tell of, the oldest first."""
    found: dict[int, Breach] = {}
    for entry in entries:
        content = json.loads(entry.what)
        if entry.deed == Deed.BREACH_FOUND:
            breach = Breach(entry.id, datetime.fromisoformat(content["found_at"]))
            breach.parts[Part.WHAT] = [content["words"]]
            found[entry.id] = breach
        elif (breach := found.get(content["breach"])) is not None:  # type: ignore[assignment]
            if entry.deed == Deed.BREACH_NOTED:
                breach.parts.setdefault(Part(content["part"]), []).append(content["words"])
            else:
                breach.told.setdefault(Told(content["whom"]), datetime.fromisoformat(content["at"]))
    return list(found.values())


class Breaches:
    """The record of an installation.

    Args:
        audit: holds it.
    """

    def __init__(self, audit: Audit) -> None:
        self._audit = audit

    def all(self) -> Sequence[Breach]:
        """The oldest first."""
        return told_by(self._audit.of(Deed.BREACH_FOUND, Deed.BREACH_NOTED, Deed.BREACH_TOLD))

    def one(self, number: int) -> Breach:
        """One of them. Raises :class:`NoSuchBreach`."""
        for breach in self.all():
            if breach.number == number:
                return breach
        raise NoSuchBreach(Message("there is no breach {number}", number=number))

    def begin(self, who: str, words: str, found_at: datetime) -> Breach:
        """Write down that one was detected; the clock runs from ``found_at``."""
        self._audit.write(Deed.BREACH_FOUND, who, {"found_at": found_at.isoformat(), "words": redact(words)}, "command")
        return self.all()[-1]

    def describe(self, number: int, who: str, part: Part, words: str) -> Breach:
        """Add to what is known. Raises :class:`NoSuchBreach`."""
        self.one(number)
        self._audit.write(Deed.BREACH_NOTED, who, {"breach": number, "part": part, "words": redact(words)}, "command")
        return self.one(number)

    def tell(self, number: int, who: str, whom: Told, at: datetime) -> Breach:
        """Write down that somebody was told. Raises :class:`NoSuchBreach`."""
        self.one(number)
        self._audit.write(Deed.BREACH_TOLD, who, {"breach": number, "whom": whom, "at": at.isoformat()}, "command")
        return self.one(number)
