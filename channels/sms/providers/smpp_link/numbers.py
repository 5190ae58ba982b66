"""Numbers as SMPP writes them: digits, with what kind they are beside. Pure. Source: SMPP 3.4, 5.2.5 and 5.2.6."""

from __future__ import annotations

from dataclasses import dataclass

from language.phone_number import InvalidPhoneNumber, PhoneNumber

INTERNATIONAL, NATIONAL, NAME = 1, 2, 5
_ISDN = 1
_LONGEST_SHORT_CODE = 8


@dataclass(frozen=True, slots=True)
class Address:
    """A number in a PDU."""

    ton: int
    npi: int
    digits: str


def address_of(number: str) -> Address:
    """How a number is written: E.164 as international, a short code as it is, a name as a name."""
    if number.startswith("+"):
        return Address(INTERNATIONAL, _ISDN, number[1:])
    if number and not number.isdecimal():
        return Address(NAME, 0, number)
    return Address(0, 0 if len(number) <= _LONGEST_SHORT_CODE else _ISDN, number)


def number_of(ton: int, digits: str) -> str:
    """A number as the rest of the program reads it; as it came, where no way of reading fits.

    Operators write a citizen's number as international, as national, or as international and mean national: each way
    is tried, what they say first.
    """
    if ton == NAME or not digits.lstrip("+").isdecimal():
        return digits
    bare = digits.lstrip("+")
    ways = [f"+{bare}", bare, f"0{bare.lstrip('0')}"]
    if ton == NATIONAL:
        ways = [f"0{bare.lstrip('0')}", bare, f"+{bare}"]
    elif ton != INTERNATIONAL:
        ways = [bare, f"+{bare}", f"0{bare}"]
    for way in ways:
        try:
            return PhoneNumber.parse(way).address
        except InvalidPhoneNumber:
            continue
    return digits
