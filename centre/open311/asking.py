"""What other systems ask, read once: positions, attributes, dates, lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from centre.open311.services import Area, Attribute, Service
from language.phone_number import InvalidPhoneNumber, PhoneKind, PhoneNumber
from tickets.reports import ReportsWanted

LONGEST: Final = 4_000
"""Signs of a description, by the specification."""
LONGEST_ADDRESS: Final = 500
LONGEST_URL: Final = 2_000
MOST_MEDIA: Final = 5
SPAN: Final = timedelta(days=90)
MOST: Final = 1_000
PAGE: Final = 50

_ATTRIBUTE: Final = re.compile(r"attribute\[([^\[\]]{1,60})\](\[\])?")
_NUMBER: Final = re.compile(r"-?[0-9]{1,3}(\.[0-9]{1,12})?")


class Fields(Protocol):
    """Fields of a form or an address, each perhaps several times."""

    def getlist(self, key: str) -> list[str]:
        """Every value of a field."""
        ...

    def keys(self) -> Iterable[str]:
        """Names of fields."""
        ...


class Fault(Exception):
    """What is asked cannot be done; told in the form that was asked for.

    Args:
        status: 400, 403 or 404.
        key: of the sentence in the wording room ``open311``.
        values: its marks.
    """

    def __init__(self, status: int, key: str, **values: object) -> None:
        super().__init__(key)
        self.status = status
        self.key = key
        self.values = values


@dataclass(frozen=True, slots=True)
class Position:
    """Where a problem is."""

    latitude: float | None
    longitude: float | None
    address: str


def one(fields: Fields, name: str) -> str:
    """A field; an empty one is the same as none."""
    return next((value.strip() for value in fields.getlist(name) if value.strip()), "").replace("\0", "")


def position(fields: Fields, area: Area) -> Position:
    """Coordinates, an address in words, or an id of one; any of them is enough.

    Raises:
        Fault: there is none, half of one, or it lies elsewhere.
    """
    lat, long = one(fields, "lat"), one(fields, "long")
    address = one(fields, "address_string") or one(fields, "address_id")
    if bool(lat) is not bool(long) or not (lat or address):
        raise Fault(400, "no_position")
    if len(address) > LONGEST_ADDRESS:
        raise Fault(400, "address_too_long", most=LONGEST_ADDRESS)
    if not lat:
        return Position(None, None, address)
    if not (_NUMBER.fullmatch(lat) and _NUMBER.fullmatch(long)) or abs(float(lat)) > 90 or abs(float(long)) > 180:
        raise Fault(400, "no_coordinates")
    if not area.holds(float(lat), float(long)):
        raise Fault(400, "elsewhere", **{side: getattr(area, side) for side in ("south", "north", "west", "east")})
    return Position(float(lat), float(long), address)


def attributes(fields: Fields, service: Service) -> dict[str, list[str]]:
    """``attribute[A]=x`` and ``attribute[B][]=y`` of a service, checked against its definition.

    Raises:
        Fault: a required one is missing, or a value is none of the list.
    """
    given: dict[str, list[str]] = {}
    for name in fields.keys():  # noqa: SIM118 - a form's keys, each once
        if found := _ATTRIBUTE.fullmatch(name):
            values = [value.strip()[:LONGEST] for value in fields.getlist(name) if value.strip()]
            given.setdefault(found[1], []).extend(values)
    kept = {}
    for attribute in service.attributes:
        values = given.get(attribute.code, [])
        if not values:
            if attribute.required:
                raise Fault(400, "attribute_missing", code=attribute.code)
            continue
        _check(attribute, values)
        kept[attribute.code] = values
    return kept


def _check(attribute: Attribute, values: Sequence[str]) -> None:
    fits = attribute.datatype == "multivaluelist" or len(values) == 1
    if attribute.values:
        fits = fits and set(values) <= {key for key, _ in attribute.values}
    elif attribute.datatype == "number":
        fits = fits and re.fullmatch(r"-?[0-9]{1,15}([.,][0-9]{1,9})?", values[0]) is not None
    elif attribute.datatype == "datetime":
        fits = fits and _moment(values[0]) is not None
    if not fits:
        raise Fault(400, "attribute_wrong", code=attribute.code)


def description(fields: Fields) -> str:
    """The citizen's words, line breaks kept.

    Raises:
        Fault: too long.
    """
    text = "\n".join(fields.getlist("description")[:1]).replace("\0", "").replace("\r\n", "\n").strip()
    if len(text) > LONGEST:
        raise Fault(400, "description_too_long", most=LONGEST)
    return text


def media_urls(fields: Fields) -> tuple[str, ...]:
    """Addresses of photos that lie elsewhere; each may stand in a field of its own.

    Raises:
        Fault: one is no web address.
    """
    given = [url.strip() for name in ("media_url", "media_url[]") for url in fields.getlist(name) if url.strip()]
    if len(given) > MOST_MEDIA or any(
        len(url) > LONGEST_URL or not re.fullmatch(r"https?://[^\s<>\"]+", url) for url in given
    ):
        raise Fault(400, "bad_media", most=MOST_MEDIA)
    return tuple(given)


def phone(fields: Fields) -> str | None:
    """A mobile number to be told by; what is none is left out, since a report is worth more than a number."""
    try:
        number = PhoneNumber.parse(one(fields, "phone"))
    except InvalidPhoneNumber:
        return None
    return number.e164 if number.kind is PhoneKind.MOBILE else None


def wanted(fields: Fields, now: datetime, jurisdiction: str, is_test: bool) -> ReportsWanted:
    """What a list is asked for by; without anything, the last 90 days.

    Raises:
        Fault: a date cannot be read or lacks its zone, the span is longer than 90 days, or a status is unknown.
    """
    if numbers := _listed(one(fields, "service_request_id")):
        # It wins over everything else.
        return ReportsWanted(numbers=numbers, jurisdiction=jurisdiction, is_test=is_test)
    begin, end = _date(fields, "start_date"), _date(fields, "end_date")
    end = end or (min(now, begin + SPAN) if begin is not None else now)
    begin = begin or end - SPAN
    if end - begin > SPAN:
        raise Fault(400, "span_too_long", days=SPAN.days)
    statuses = set(_listed(one(fields, "status")))
    if statuses - {"open", "closed"}:
        raise Fault(400, "bad_status")
    return ReportsWanted(
        services=_listed(one(fields, "service_code")) or None,
        begin=begin,
        end=end,
        is_open="open" in statuses if len(statuses) == 1 else None,
        jurisdiction=jurisdiction,
        is_test=is_test,
    )


def paging(fields: Fields) -> tuple[int, int]:
    """How many are wanted and how many are skipped: ``page`` and ``page_size``, an extension of Chicago's."""
    page, size = one(fields, "page"), one(fields, "page_size")
    if not page and not size:
        return MOST, 0
    most = min(MOST, max(1, _whole(size, PAGE)))
    return most, (max(1, _whole(page, 1)) - 1) * most


def _whole(text: str, usual: int) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else usual


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())[:MOST]


def _date(fields: Fields, name: str) -> datetime | None:
    text = one(fields, name)
    if not text:
        return None
    moment = _moment(text)
    if moment is None:
        raise Fault(400, "bad_date", name=name)
    return moment


def _moment(text: str) -> datetime | None:
    """ISO 8601 with zone; a plus sign that came as a blank makes it none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None and 2000 <= moment.year <= 2200 else None


def in_language(texts: Mapping[str, str], tag: str) -> str:
    """A text in a language, the first there is otherwise."""
    return texts.get(tag) or next(iter(texts.values()))
