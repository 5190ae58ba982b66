"""Tables for spreadsheets, in which nothing a citizen or another system wrote becomes a formula."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Final

STARTS_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
"""Signs with which spreadsheets take a cell for a formula.

Source: OWASP, CSV Injection, https://owasp.org/www-community/attacks/CSV_Injection.
"""


def as_csv(columns: Sequence[str], rows: Sequence[Mapping[str, object]]) -> str:
    """Rows as CSV with a byte order mark, without which Excel garbles Vietnamese."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow([harmless(column) for column in columns])
    writer.writerows([harmless(row[column]) for column in columns] for row in rows)
    return "\ufeff" + text.getvalue()


def harmless(value: object) -> object:
    """A cell no spreadsheet runs: text that would be a formula begins with an apostrophe; numbers stay numbers."""
    if isinstance(value, str) and value.lstrip(" ").startswith(STARTS_A_FORMULA):
        return "'" + value
    return value
