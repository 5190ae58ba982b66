"""Social and health insurance: until when the card is valid, how many months were paid, where to see a doctor first.

The gateway of hospitals may not be asked from here: it wants the identity number of an officer and shows each question
to the next asker. This is what a province's own bus passes on of it, with the same names of fields.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from actions.backends.answers import Record
from actions.backends.fields import day, line
from actions.dossiers.freetext import without_personal_data
from actions.registries.kind import MOST_PLACE, Kind, Say, dated, joined

_CARD: Final = re.compile(r"(?<!\d)(?:[A-Z]{2}\d{3})?(\d{10})(?!\d)")
"""The card's code, of which the last ten digits are the social-insurance number; newer cards show these alone."""
_TELLS_DATES: Final = frozenset({"000", "003", "004", "010"})
_REPLACED: Final = frozenset({"003", "004"})
"""An old card, in whose place a new one was issued."""
_ENDED: Final = frozenset({"110", "120", "121", "122", "123", "124"})
MOST_MONTHS: Final = 720
"""Paid in a life; more is a mistake of the source."""


def _read_key(text: str, today: date) -> str | None:
    found = _CARD.search(joined(text))
    return found[1] if found is not None else None


def _canonical(written: str) -> str:
    return joined(written)[-10:]


def _card(say: Say, record: Record, today: date) -> str:
    state = str(record.get("maKetQua", "")).strip()
    if state in _ENDED:
        return say("insurance_card_ended")
    names = ("gtTheTuMoi", "gtTheDenMoi") if state in _REPLACED else ("gtTheTu", "gtTheDen")
    first, last = (day(record.get(name)) for name in names)
    if state not in _TELLS_DATES or last is None:
        return say("insurance_card_unknown")
    if last < today:
        # Told by its first day without cover.
        return say("insurance_card_expired", date=dated(last + timedelta(days=1)))
    if first is not None and first > today:
        return say("insurance_card_from", first=dated(first), date=dated(last))
    return say("insurance_card_new" if state in _REPLACED else "insurance_card_valid", date=dated(last))


def _told(say: Say, record: Record, today: date) -> Mapping[str, str]:
    told = {"card": _card(say, record, today)}
    months = record.get("soThangDong")
    if isinstance(months, int) and not isinstance(months, bool) and 0 <= months <= MOST_MONTHS:
        told["months"] = say("insurance_months", months=months) if months else say("insurance_months_none")
    place = without_personal_data(line(record.get("tenDKBD")) or "")[:MOST_PLACE]
    if place:
        told["place"] = say("insurance_place", place=place)
    return {**told, "see": say("insurance_see")}


INSURANCE: Final = Kind("insurance", "/TraCuuTheBHYT", "maThe", _read_key, _canonical, _told, {})
