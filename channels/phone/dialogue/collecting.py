"""Collecting digits by keys, by voice, or both, in as many pieces as the caller needs."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from language.dossier_code import find_dossier_code
from language.numbers import spoken_digits

CODE_DIGITS: Final = range(13, 25)
"""How many digits a dossier code has on the keys; telephone and identity numbers have twelve at most."""
LAST4_DIGITS: Final = (4, 9, 10, 11, 12)
"""The last four, or a whole telephone or identity number of which they are the end."""
ONE_TIME_DIGITS: Final = (6,)
"""A code that was sent to the number on the dossier."""
KEY_DIGITS: Final = range(6, 25)
"""Digits of the number of a card, a certificate, a plate or a dossier; ended by a pause or by ``#``."""
PROOF_DIGITS: Final = (4, 6, 9, 10, 11, 12)
"""As :data:`LAST4_DIGITS`, or those of a code that was sent."""
NUMBER_DIGITS: Final = range(10, 12)
"""A telephone number of Vietnam with its leading zero."""
_LONGEST: Final = 64
_AGENCY: Final = re.compile(r"(?!00)(?:\d\d){1,4}|\d{6}|0\d{8}")
"""The agency's digits as they usually are: H15.50.05.21, G01.899.917, 38.98.H29, 000.00.12.H62."""
_RARE_AGENCY: Final = re.compile(r"\d{5}|\d{7}")
"""H49.201, 000.00.H15: as long as a usual one with a digit left out."""
_EARLIEST_YEAR: Final = 2015
"""There are no electronic dossiers from before."""


@dataclass(frozen=True, slots=True)
class Collected:
    """Digits so far."""

    digits: str = ""
    code: str | None = None
    """A whole dossier code, letters included, where one was said."""
    finished: bool = False
    """Whether the caller means it to be all: ended with ``#``, or said in one breath."""

    def is_whole(self, lengths: Sequence[int], today: date, *, sure: bool) -> bool:
        """Whether it can be all of it; of a dossier code not the length alone is looked at.

        Args:
            lengths: of this entry.
            today: a code is of a day not long after.
            sure: whether digits were keyed, not heard.
        """
        if lengths == CODE_DIGITS:
            return can_be_code(self.digits, today, rare=sure)
        return len(self.digits) in lengths

    def is_too_long(self, lengths: Sequence[int]) -> bool:
        """Whether no more digits can mend it."""
        return self.code is None and len(self.digits) > max(lengths)


def can_be_code(digits: str, today: date, *, rare: bool = False) -> bool:
    """Whether digits can be those of a dossier code: an agency, a day from 2015 to next year, and the day's number.

    Args:
        rare: whether agencies count that are as long as a usual one with a digit too few. Keys are sure enough for
            that; of what a recogniser heard, a digit is often missing.
    """
    for at, length in itertools.product(range(2, 10), (6, 8)):
        agency, day, number = digits[:at], digits[at : at + length], digits[at + length :]
        is_agency = _AGENCY.fullmatch(agency) or (rare and _RARE_AGENCY.fullmatch(agency))
        if is_agency and 4 <= len(number) <= 7 and _is_day(day, today):
            return True
    return False


def _is_day(digits: str, today: date) -> bool:
    try:
        day = date.fromisoformat(digits if len(digits) == 8 else f"20{digits}")
    except ValueError:
        return False
    return _EARLIEST_YEAR <= day.year <= today.year + 1


def keyed(before: str, keys: str) -> Collected:
    """Add keys to what was collected; ``*`` inside starts over, ``#`` only ends the entry."""
    kept = "" if "*" in keys else before
    return Collected((kept + keys.rpartition("*")[2].replace("#", ""))[:_LONGEST], finished=keys.endswith("#"))


def said(before: str, words: str, lengths: Sequence[int], today: date) -> Collected | None:
    """Add what was read out; None when the words hold no digits.

    A whole number said again replaces what was there; a piece is put behind it. A code is of a day not long after
    ``today``.
    """
    wants_code = lengths == CODE_DIGITS
    if wants_code:
        code = find_dossier_code(words, today)
        if code is not None:
            return Collected(code.digits, code.text, finished=True)
    whole = spoken_digits(words, lengths)
    if whole is not None and len(whole) in lengths:
        return Collected(whole, finished=True)
    piece = spoken_digits(words)
    if piece is None:
        return None
    return Collected((before + piece)[:_LONGEST])


def in_groups(digits: str, size: int = 3) -> str:
    """Digits as they are read back: one by one, a comma after every group, so that a voice pauses."""
    groups = [digits[at : at + size] for at in range(0, len(digits), size)]
    return ", ".join(" ".join(group) for group in groups)
