"""Ticket numbers: eight digits a caller can write down, key in and read out.

The number follows from the idempotency key, so that a kiosk without a line tells the citizen the very number the
centre will know later. The last digit is a check digit (Damm's algorithm, which finds every single wrong digit and
every swap of two neighbours), so that a misheard number is noticed before anybody looks for it.
"""

from __future__ import annotations

import hashlib

DIGITS = 8

_DAMM = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)
"""The totally anti-symmetric quasigroup of order ten of H. M. Damm's thesis (2004)."""


def number_for(key: str, attempt: int = 0) -> str:
    """The number of a key; another ``attempt`` gives another number, for the rare case that it is taken."""
    digest = hashlib.sha256(f"motcua:ticket:{attempt}:{key}".encode()).digest()
    body = str(int.from_bytes(digest[:8], "big") % 10 ** (DIGITS - 1)).zfill(DIGITS - 1)
    return body + _check_digit(body)


def is_number(text: str) -> bool:
    """Whether eight digits can be a ticket number."""
    return len(text) == DIGITS and text.isascii() and text.isdigit() and _check_digit(text) == "0"


def grouped(number: str) -> str:
    """As it is read: ``1234 5678``."""
    return f"{number[:4]} {number[4:]}"


def spelled(number: str) -> str:
    """As it is said: ``1 2 3 4, 5 6 7 8``."""
    return ", ".join(" ".join(group) for group in grouped(number).split())


def _check_digit(digits: str) -> str:
    interim = "0"
    for digit in digits:
        interim = _DAMM[int(interim)][int(digit)]
    return interim
