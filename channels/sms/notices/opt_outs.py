"""Opt-outs that come from elsewhere: said to a provider, or on a list of numbers that want no messages."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from channels.sms.citizens.consents import Consents, Decision, Manner
from channels.sms.queue.states import OutgoingState
from channels.sms.queue.tables import outgoing
from language.phone_number import InvalidPhoneNumber, PhoneNumber
from stores.database import Database

LOOKED_BACK: Final = timedelta(days=3)
"""How far back refusals of a provider are looked for: longer than a message lives."""
LONGEST_LIST: Final = 200_000
"""Lines of a list taken at once."""
_CELL = re.compile(r"[,;\t]")


@dataclass(frozen=True, slots=True)
class NumberList:
    """A list of numbers as it was read."""

    phones: tuple[str, ...]
    """In E.164, each once."""
    unreadable: tuple[int, ...]
    """Lines without a number, counted from 1. What stood there is not repeated: it may be somebody's."""


def read_numbers(lines: Iterable[str]) -> NumberList:
    """The first number of each line; a table's other columns, its heading and empty lines do not matter.

    Raises:
        ValueError: the list is too long.
    """
    phones: dict[str, None] = {}
    unreadable: list[int] = []
    for number, line in enumerate(lines, start=1):
        if number > LONGEST_LIST:
            raise ValueError(f"more than {LONGEST_LIST} lines")
        cells = [cell.strip(" \"'\ufeff") for cell in _CELL.split(line.strip())]
        found = next((phone for cell in cells if (phone := _phone(cell)) is not None), None)
        if found is not None:
            phones[found] = None
        elif any(cells) and (number > 1 or any(sign.isdigit() for sign in line)):
            unreadable.append(number)
    return NumberList(tuple(phones), tuple(unreadable))


class ProviderOptOuts:
    """Notes who has told a provider that our messages are not wanted.

    Args:
        database: of the messages.
        consents: where it is noted.
        codes: by which providers say so.
        now: the clock.
    """

    def __init__(
        self, database: Database, consents: Consents, codes: Collection[str], now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._consents = consents
        self._codes = codes
        self._now = now

    def step(self) -> int:
        """Note those since the last days; returns how many are new. Whoever asked for notices after that keeps them."""
        refused = select(outgoing.c.person, outgoing.c.created_at).where(
            outgoing.c.created_at >= (self._now() - LOOKED_BACK).timestamp(),
            outgoing.c.state == OutgoingState.FAILED,
            outgoing.c.code.in_(self._codes),
        )
        with self._database.reading() as session:
            found = {person: max(0.0, at) for person, at in session.execute(refused).tuples()}
        return self._consents.refuse_all(
            [person for person, at in found.items() if not self._granted_since(person, at)], Manner.PROVIDER, "provider"
        )

    def _granted_since(self, person: str, at: float) -> bool:
        consent = self._consents.of(person)
        return consent is not None and consent.decision is Decision.GRANTED and consent.since.timestamp() >= at


def _phone(cell: str) -> str | None:
    if sum(sign.isdigit() for sign in cell) < 8:
        return None
    try:
        return PhoneNumber.parse(cell).e164
    except InvalidPhoneNumber:
        return None
