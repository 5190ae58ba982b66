"""Collecting digits by keys, by voice, or both, in as many pieces as the caller needs."""

from __future__ import annotations

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
NUMBER_DIGITS: Final = range(10, 12)
"""A telephone number of Vietnam with its leading zero."""
_LONGEST: Final = 64


@dataclass(frozen=True, slots=True)
class Collected:
    """Digits so far."""

    digits: str = ""
    code: str | None = None
    """A whole dossier code, letters included, where one was said."""

    def is_whole(self, lengths: Sequence[int]) -> bool:
        """Whether it can be all of it."""
        return self.code is not None or len(self.digits) in lengths

    def is_too_long(self, lengths: Sequence[int]) -> bool:
        """Whether no more digits can mend it."""
        return self.code is None and len(self.digits) > max(lengths)


def keyed(before: str, keys: str) -> Collected:
    """Add keys to what was collected; ``*`` inside starts over, ``#`` only ends the entry."""
    kept = "" if "*" in keys else before
    return Collected((kept + keys.rpartition("*")[2].replace("#", ""))[:_LONGEST])


def said(before: str, words: str, lengths: Sequence[int], today: date) -> Collected | None:
    """Add what was read out; None when the words hold no digits.

    A whole number said again replaces what was there; a piece is put behind it. A code is of a day not long after
    ``today``.
    """
    wants_code = lengths == CODE_DIGITS
    if wants_code:
        code = find_dossier_code(words, today)
        if code is not None:
            return Collected(code.digits, code.text)
    whole = spoken_digits(words, lengths)
    if whole is not None and len(whole) in lengths:
        return Collected(whole)
    piece = spoken_digits(words)
    if piece is None:
        return None
    return Collected((before + piece)[:_LONGEST])


def in_groups(digits: str, size: int = 3) -> str:
    """Digits as they are read back: one by one, a comma after every group, so that a voice pauses."""
    groups = [digits[at : at + size] for at in range(0, len(digits), size)]
    return ", ".join(" ".join(group) for group in groups)
