"""What persons ask for in writing about their data, and what is due when, as the audit log keeps it.

Law 91/2025/QH15, article 4, and decree 356/2025/NĐ-CP, article 5: an answer within two working days; 10 days to see,
correct or copy, 15 to withdraw, restrict or object, 20 to delete, each put off once at most. Whoever asked stands in
the authority's own letter book; here stands the number of the letter, and nobody's name.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final

from language.redaction.personal_data import redact
from runtime.clock import VIETNAM
from runtime.messages import Message
from runtime.working_time import working_time
from stores.audit import Audit, Deed, Entry

ANSWER_WORKING_DAYS: Final = 2


class Right(StrEnum):
    """What is asked for."""

    SEE = "see"
    CORRECT = "correct"
    COPY = "copy"
    WITHDRAW = "withdraw"
    RESTRICT = "restrict"
    OBJECT = "object"
    DELETE = "delete"


DAYS: Final[Mapping[Right, int]] = {
    Right.SEE: 10,
    Right.CORRECT: 10,
    Right.COPY: 10,
    Right.WITHDRAW: 15,
    Right.RESTRICT: 15,
    Right.OBJECT: 15,
    Right.DELETE: 20,
}
"""Days from the receipt until it is done."""


class NoSuchWish(ValueError):
    """No wish has this number, or what is noted of it cannot be."""


@dataclass
class Wish:
    """One of them."""

    number: int
    """Of the entry that began it."""
    right: Right
    letter: str
    received_on: date
    answered_on: date | None = None
    extended_on: date | None = None
    done_on: date | None = None

    @property
    def answer_by(self) -> date:
        """Two working days after the receipt."""
        return working_time().after(self.received_on, ANSWER_WORKING_DAYS)

    @property
    def done_by(self) -> date:
        """When it must be done."""
        return self.received_on + timedelta(days=DAYS[self.right] * (2 if self.extended_on is not None else 1))

    @property
    def due(self) -> date | None:
        """The next day something must have happened by; None once it is done."""
        if self.done_on is not None:
            return None
        return self.answer_by if self.answered_on is None else self.done_by


def told_by(entries: Iterable[Entry]) -> list[Wish]:
    """The wishes that entries of the log tell of, the oldest first."""
    found: dict[int, Wish] = {}
    for entry in entries:
        content = json.loads(entry.what)
        if entry.deed == Deed.RIGHT_ASKED:
            day = date.fromisoformat(content["received_on"])
            found[entry.id] = Wish(entry.id, Right(content["right"]), content["letter"], day)
            continue
        wish = found.get(content["wish"])
        if wish is None:
            continue
        day = entry.at.astimezone(VIETNAM).date()
        match entry.deed:
            case Deed.RIGHT_ANSWERED:
                wish.answered_on = wish.answered_on or day
            case Deed.RIGHT_EXTENDED:
                wish.extended_on = wish.extended_on or day
            case Deed.RIGHT_DONE:
                wish.done_on = wish.done_on or day
                wish.answered_on = wish.answered_on or day
    return list(found.values())


class Wishes:
    """The record of an installation.

    Args:
        audit: holds it.
    """

    def __init__(self, audit: Audit) -> None:
        self._audit = audit

    def all(self) -> Sequence[Wish]:
        """The oldest first."""
        return told_by(self._audit.of(Deed.RIGHT_ASKED, Deed.RIGHT_ANSWERED, Deed.RIGHT_EXTENDED, Deed.RIGHT_DONE))

    def begin(self, who: str, right: Right, letter: str, received: datetime) -> Wish:
        """Write down that something was asked for; what comes after 15:00 is received the next working day."""
        day = working_time().received(received)
        self._audit.write(
            Deed.RIGHT_ASKED,
            who,
            {"right": right, "letter": redact(letter)[:60], "received_on": day.isoformat()},
            "command",
        )
        return self.all()[-1]

    def go_on(self, number: int, who: str, deed: Deed) -> Wish:
        """Write down that it was answered, put off or done. Raises :class:`NoSuchWish`."""
        wish = next((wish for wish in self.all() if wish.number == number), None)
        if wish is None:
            raise NoSuchWish(Message("there is no wish {number}", number=number))
        if wish.done_on is not None:
            raise NoSuchWish(Message("wish {number} is done since {done_on}", number=number, done_on=wish.done_on))
        if deed is Deed.RIGHT_EXTENDED and wish.extended_on is not None:
            raise NoSuchWish(
                Message("wish {number} was put off already, and once is all the decree allows", number=number)
            )
        self._audit.write(deed, who, {"wish": number}, "command")
        return next(wish for wish in self.all() if wish.number == number)
