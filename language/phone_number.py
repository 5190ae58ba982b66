"""The one type for telephone numbers and message senders."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

from language import data
from language.characters import plain

_MAX_LENGTH = 40
_SCHEME = re.compile(r"(?:tel|sms|whatsapp):", re.IGNORECASE)
_FILLING = re.compile(r"[\s().\-/]+")
_SENDER = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 _.&-]{2,11}")


class PhoneKind(Enum):
    """What can be done with a number: messages reach mobiles, answers cannot reach a sender's name."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    SHORT_CODE = "shortcode"
    ALPHANUMERIC = "alphanumeric"


class InvalidPhoneNumber(ValueError):
    """The text is no telephone number; the message never holds the text."""


@dataclass(frozen=True, slots=True)
class NumberingPlan:
    """The rules of ``numbering_plan.yml``."""

    country_code: str
    mobile: re.Pattern[str]
    """A national number without trunk zero."""
    landline: re.Pattern[str]
    short_code: re.Pattern[str]


@data.cached()
def numbering_plan() -> NumberingPlan:
    """Return Vietnam's numbering plan, read on first use."""
    content = data.load("numbering_plan")
    prefixes = "|".join(content["mobile_prefixes"].split())
    rest = int(content["landline_digits"]) - len(content["landline_lead"])
    return NumberingPlan(
        country_code=content["country_code"],
        mobile=re.compile(rf"(?:{prefixes})\d{{7}}"),
        landline=re.compile(rf"{content['landline_lead']}\d{{{rest}}}"),
        short_code=re.compile("|".join(content["short_codes"])),
    )


@dataclass(frozen=True, slots=True, repr=False)
class PhoneNumber:
    """A number that can be written to or called; repr and str show the kind only, to keep logs clean."""

    address: str = field(repr=False)
    """E.164 for telephones (``+84...``), the code for short codes, the name for alphanumeric senders."""
    kind: PhoneKind

    @classmethod
    def parse(cls, text: str) -> PhoneNumber:
        """Read a number in any usual writing: 0912 345 678, +84-912345678, 0084..., 84..., (024) 3825 0000.

        Vietnamese numbers follow the project's own numbering plan, since it knows operators earlier than
        the library does; foreign ones need their + (or 00) and are checked with libphonenumber. Hotlines
        and short codes (113, 1022, 18001096) and senders' names (letters, at most 11 signs) are kept as
        they are. Raises `InvalidPhoneNumber` for anything else.
        """
        written = _SCHEME.sub("", plain(text[:_MAX_LENGTH]).strip(), count=1)
        dialled = _FILLING.sub("", written)
        if not re.fullmatch(r"\+?\d{3,15}|00\d{5,17}", dialled):
            if len(text) <= _MAX_LENGTH and _SENDER.fullmatch(written):
                return cls(written, PhoneKind.ALPHANUMERIC)
            raise InvalidPhoneNumber("not a telephone number")
        return _vietnamese(dialled) or _foreign(dialled)

    @property
    def e164(self) -> str | None:
        """International form with a plus, None for short codes and names, which have none."""
        return self.address if self.address.startswith("+") else None

    @property
    def last4(self) -> str:
        """The last four digits, second factor of a status enquiry; fewer for short codes, none for names."""
        return "" if self.kind is PhoneKind.ALPHANUMERIC else self.address.removeprefix("+")[-4:]

    def __repr__(self) -> str:
        return f"PhoneNumber({self.kind.value})"


def _vietnamese(dialled: str) -> PhoneNumber | None:
    plan = numbering_plan()
    if plan.short_code.fullmatch(dialled):
        return PhoneNumber(dialled, PhoneKind.SHORT_CODE)
    for lead in (f"+{plan.country_code}", f"00{plan.country_code}", plan.country_code, "0"):
        if not dialled.startswith(lead):
            continue
        national = dialled.removeprefix(lead).removeprefix("0")
        if plan.mobile.fullmatch(national):
            return PhoneNumber(f"+{plan.country_code}{national}", PhoneKind.MOBILE)
        if plan.landline.fullmatch(national):
            return PhoneNumber(f"+{plan.country_code}{national}", PhoneKind.LANDLINE)
    return None


def _foreign(dialled: str) -> PhoneNumber:
    """Check a foreign number with libphonenumber, imported late: it costs 0.1 s and 6 MB, and few need it."""
    import phonenumbers

    international = "+" + dialled.removeprefix("00") if dialled.startswith("00") else dialled
    if not international.startswith("+"):
        raise InvalidPhoneNumber("neither a Vietnamese number nor an international one")
    try:
        number = phonenumbers.parse(international)
    except phonenumbers.NumberParseException as cause:
        raise InvalidPhoneNumber("no country has such a number") from cause
    if number.country_code == int(numbering_plan().country_code) or not phonenumbers.is_valid_number(number):
        raise InvalidPhoneNumber("no operator gives out such a number")
    is_landline = phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.FIXED_LINE
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return PhoneNumber(written, PhoneKind.LANDLINE if is_landline else PhoneKind.MOBILE)
