"""The list of a campaign: a CSV file with a column for the number and one for each mark of the sentence. Pure."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Final, Protocol

from language.characters import fold
from language.phone_number import InvalidPhoneNumber, PhoneNumber

LONGEST: Final = 50_000
"""Lines of a list."""
PHONE: Final = "phone"


class WrongList(ValueError):
    """The whole list cannot be used; ``why`` is the key of the sentence that says why, with its values."""

    def __init__(self, why: str, **values: object) -> None:
        super().__init__(why)
        self.why = why
        self.values = values


@dataclass(frozen=True, slots=True)
class Recipient:
    """One line of the list."""

    phone: str = field(repr=False)
    """E.164."""
    values: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A line that cannot be used; what stood there is not repeated."""

    line: int
    """As a spreadsheet counts: the heading is 1."""
    why: str
    column: str


@dataclass(frozen=True, slots=True)
class Audience:
    """A list as it was read."""

    recipients: tuple[Recipient, ...]
    """Each number once, as it came first."""
    mistakes: tuple[Mistake, ...]
    repeated: int


class ValueRules(Protocol):
    """What a value may be."""

    def wrong_with(self, value: str) -> str | None:
        """Why it may not, as the key of a sentence; None for a good one."""
        ...


def read_audience(
    content: bytes, marks: Sequence[str], names: Mapping[str, Sequence[str]], rules: ValueRules
) -> Audience:
    """Read a list.

    Args:
        content: of the file: UTF-8, commas, semicolons or tabs between the columns.
        marks: of the sentence.
        names: how the heading of each column may be written, the number's under :data:`PHONE`.
        rules: what a value may be.

    Raises:
        WrongList: it is no such file, a column is missing or one too many, or it is too long.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise WrongList("audience_no_text") from None
    heading = text.splitlines()[0] if text.strip() else ""
    between = max(",;\t", key=heading.count)
    try:
        lines = list(csv.reader(StringIO(text, newline=""), delimiter=between))
    except csv.Error:
        # A cell as long as a book, say: a quote that was opened and never closed.
        raise WrongList("audience_no_text") from None
    if len(lines) < 2:
        raise WrongList("audience_empty")
    if len(lines) > LONGEST + 1:
        raise WrongList("audience_long", most=LONGEST)
    columns = _columns(lines[0], (PHONE, *marks), names)
    found: dict[str, Recipient] = {}
    mistakes: list[Mistake] = []
    repeated = 0
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        given = {name: " ".join(cells[place].split()) if place < len(cells) else "" for name, place in columns.items()}
        phone = _phone(given.pop(PHONE))
        wrong = next(((why, name) for name, value in given.items() if (why := rules.wrong_with(value))), None)
        if phone is None or wrong is not None:
            why, column = ("value_no_number", PHONE) if phone is None else wrong or ("", "")
            mistakes.append(Mistake(number, why, column))
        elif phone in found:
            repeated += 1
        else:
            found[phone] = Recipient(phone, given)
    return Audience(tuple(found.values()), tuple(mistakes), repeated)


def _columns(heading: Sequence[str], wanted: Sequence[str], names: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Where each column stands."""
    known = {fold(each.lower()): name for name in wanted for each in (name, *names.get(name, ()))}
    found: dict[str, int] = {}
    unknown = []
    for place, cell in enumerate(heading):
        name = known.get(fold(" ".join(cell.lower().split())))
        if name is None or name in found:
            unknown.append(cell.strip()[:40])
        else:
            found[name] = place
    missing = [names.get(name, (name,))[0] for name in wanted if name not in found]
    if missing:
        raise WrongList("audience_column_missing", columns=", ".join(missing))
    if unknown:
        # A column nobody needs is data nobody needs.
        raise WrongList("audience_column_unknown", columns=", ".join(unknown))
    return found


def _phone(cell: str) -> str | None:
    try:
        return PhoneNumber.parse(cell).e164
    except InvalidPhoneNumber:
        return None
