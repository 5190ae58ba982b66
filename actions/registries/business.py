"""Household business and tax: in what state the code is, what tax is due and when.

States are those of taxpayers (``tthai``); what is due is told by agreement with the tax office alone (law on tax
administration: what a taxpayer owes is kept secret), to who proves to be the taxpayer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from actions.backends.answers import Record
from actions.backends.fields import day, items
from actions.registries.kind import Kind, Say, amount, dated, joined

_CODE: Final = re.compile(r"(?<!\d)(\d{10}(?:\d{3})?)(?!\d)")
"""Ten digits, or thirteen of a place of business. Twelve are an identity number (a tax code since TT 86/2024/TT-BTC),
which is not asked for."""
STATES: Final = frozenset({"00", "01", "02", "03", "04", "05", "06", "07", "09"})
MOST_TAX: Final = 10**12


def _read_key(text: str, today: date) -> str | None:
    found = _CODE.search(joined(text))
    return found[1] if found is not None else None


def _due(record: Record) -> tuple[int, date] | None:
    """What is due altogether, and the first day by which some of it is."""
    sums: list[int] = []
    days: list[date] = []
    for one in items(record.get("thuePhaiNop")):
        money, by = one.get("soTien"), day(one.get("hanNop"))
        if isinstance(money, int) and not isinstance(money, bool) and 0 < money < MOST_TAX and by is not None:
            sums.append(money)
            days.append(by)
    return (sum(sums), min(days)) if sums else None


def _told(say: Say, record: Record, today: date) -> Mapping[str, str]:
    state = str(record.get("tthai", "")).strip()
    code = say(f"business_state_{state}" if state in STATES else "business_state_unknown")
    listed = record.get("thuePhaiNop")
    due = _due(record)
    if due is not None:
        money, by = due
        tax = say("business_overdue" if by < today else "business_due", amount=amount(money), date=dated(by))
    else:
        # Nothing is said to be nothing where the list is missing, or cannot be read.
        tax = say("business_nothing_due" if listed == [] else "business_due_unknown")
    return {"tax": tax, "state": code, "see": say("business_see")}


BUSINESS: Final = Kind("business", "/TraCuuNguoiNopThue", "mst", _read_key, joined, _told, {})
