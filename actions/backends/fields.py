"""Reads single values of an answer as systems really write them; pure, and never raises for odd text.

What cannot be read is None (or :attr:`DossierStatus.UNKNOWN`), never a guess.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from actions.dossiers.model import DossierStatus
from language.phone_number import InvalidPhoneNumber, PhoneNumber
from runtime.clock import VIETNAM

FIRST_YEAR: Final = 2000
"""Electronic dossiers are younger; 0001 and 1900 are how some systems write "no date"."""
LAST_YEAR: Final = 2100
MOST_TEXT: Final = 2_000
"""Characters of one text that are kept."""

_WITHOUT_SIGNS: Final = {14: "%Y%m%d%H%M%S", 12: "%Y%m%d%H%M", 8: "%Y%m%d"}
"""By length: the national portal writes ``yyyyMMddHHmmss``."""
_DAY_FIRST: Final = ("%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y")
_FIRST_MILLISECONDS: Final = 10_000_000_000
"""Larger numbers count milliseconds, smaller ones seconds."""
_VIETNAMESE: Final = 228
"""``languageId`` of Vietnamese in VNPT iGate; 46 is English."""


def moment(value: object) -> datetime | None:
    """A moment in any form that was seen; without zone it is Vietnam's.

    They are ``20261106170000``, ``06/11/2026 17:00:00``, ``2026-11-06T17:00:00.000+0700``, and milliseconds since
    1970. None for what is none, or lies outside 2000 to 2100.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _of_epoch(float(value))
    if not isinstance(value, str):
        return None
    text = value.strip()[:40]
    found = _of_digits(text) if text.isascii() and text.isdigit() else _of_text(text)
    if found is None:
        return None
    if found.tzinfo is None:
        found = found.replace(tzinfo=VIETNAM)
    # Compared before it is moved: the year 1 has no day before it.
    return found.astimezone(VIETNAM) if FIRST_YEAR < found.year < LAST_YEAR else None


def day(value: object) -> date | None:
    """The day in Vietnam of a moment; see :func:`moment`."""
    found = moment(value)
    return found.date() if found is not None else None


def line(value: object) -> str | None:
    """A text on one line in NFC; None for an empty one and for what is no text."""
    if not isinstance(value, str):
        return None
    printable = "".join(sign if sign.isprintable() else " " for sign in value[:MOST_TEXT])
    return " ".join(unicodedata.normalize("NFC", printable).split()) or None


def named(value: object) -> str | None:
    """A name that is text in one call, ``{name}`` or ``[{languageId, name}]`` in the next; Vietnamese first."""
    if isinstance(value, str):
        return line(value)
    if isinstance(value, Mapping):
        return named(value.get("name"))
    if isinstance(value, list):
        rows = [row for row in value if isinstance(row, Mapping)]
        rows.sort(key=lambda row: row.get("languageId") != _VIETNAMESE)
        return next((name for row in rows if (name := line(row.get("name")))), None)
    return None


def status_of_code(value: object) -> DossierStatus:
    """One of the ten national codes, written as number or text; anything else is unknown."""
    text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not (text.isascii() and text.isdigit() and len(text) <= 2):
        return DossierStatus.UNKNOWN
    try:
        return DossierStatus(int(text))
    except ValueError:
        return DossierStatus.UNKNOWN


def state_key(name: str) -> str:
    """The name of a state as it is compared: case, blanks and signs at its end do not matter."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split()).strip(" .:;-")


def same_code(left: object, right: str) -> bool:
    """Whether two dossier codes are the same but for case and blanks."""
    return isinstance(left, str) and "".join(left.split()).upper() == "".join(right.split()).upper()


def phone(value: object) -> str | None:
    """A telephone number: ``0900000101``, a foreign one with its plus; None for anything else."""
    try:
        number = PhoneNumber.parse(str(value)) if isinstance(value, str | int) else None
    except InvalidPhoneNumber:
        return None
    if number is None or number.e164 is None:
        return None
    return re.sub(r"^\+84", "0", number.e164)


def endings(phones: Iterable[object], identities: Iterable[object]) -> tuple[str, ...]:
    """The last four digits of the numbers of people on a dossier, each once.

    An identity number has 12 digits, an old one 9 (Luật Căn cước 26/2023/QH15, article 12); others
    prove nothing.
    """
    numbers = [found for one in phones if (found := phone(one)) is not None]
    for one in identities:
        digits = re.sub(r"[\s.\-]", "", str(one)) if isinstance(one, str | int) else ""
        if digits.isascii() and digits.isdigit() and len(digits) in (9, 12):
            numbers.append(digits)
    return tuple(dict.fromkeys(number[-4:] for number in numbers))


def items(value: object) -> list[Mapping[str, Any]]:
    """The objects in a list; none of what is no list."""
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _of_digits(text: str) -> datetime | None:
    form = _WITHOUT_SIGNS.get(len(text))
    if form is not None:
        return _parsed(text, form)
    return _of_epoch(float(text)) if 9 <= len(text) <= 13 else None


def _of_text(text: str) -> datetime | None:
    for form in _DAY_FIRST:
        if (found := _parsed(text, form)) is not None:
            return found
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _parsed(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)
    except ValueError:
        return None


def _of_epoch(number: float) -> datetime | None:
    seconds = number / 1000 if abs(number) >= _FIRST_MILLISECONDS else number
    # Also false for what is no number; and short of what a date can hold.
    if not 0 < seconds < 4_102_444_800:
        return None
    found = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).astimezone(VIETNAM)
    return found if FIRST_YEAR < found.year < LAST_YEAR else None
