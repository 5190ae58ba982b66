"""Writing money, dates and plain messages for the eye."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata

from language.characters import strip_diacritics
from language.gsm7 import GSM7_BASIC, GSM7_EXTENSION

_TYPOGRAPHY = str.maketrans({
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‘": "'", "’": "'", "‚": "'", "`": "'", "´": "'",
    "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "•": "-", "●": "-", "▪": "-", "·": "-", "…": "...",
    "→": "->", "×": "x", "₫": "d", "≥": ">=", "≤": "<=", "½": "1/2", "²": "2", "³": "3", "°": " do",
    "\u00a0": " ", "\t": " ",
})  # fmt: skip
# A form feed is a sign of the alphabet, but none a reader wants.
_GSM7 = frozenset(GSM7_BASIC + GSM7_EXTENSION) - {"\f"}


def format_money(amount: int) -> str:
    """Return an amount of đồng the way receipts write it: 50000 is ``50.000 đồng``."""
    return f"{amount:,}".replace(",", ".") + " đồng"


def format_date(date: dt.date) -> str:
    """Return a date as Vietnamese papers write it: ``31/12/2026``."""
    return f"{date:%d/%m/}{date.year:04}"


def strip_diacritics_for_sms(text: str) -> str:
    """Return the text in letters that one SMS part holds 160 of (GSM-7), keeping case.

    Vietnamese letters lose their marks, ``đ`` becomes ``d``, typographic quotes, dashes and bullets
    become plain ones; other letters keep their base letter, and signs with no counterpart are dropped.
    """
    text = strip_diacritics(unicodedata.normalize("NFC", text)).translate(_TYPOGRAPHY)
    if all(sign in _GSM7 for sign in text):
        return text
    kept = "".join(sign if sign in _GSM7 else _base(sign) for sign in text)
    return re.sub(r"(?<=\S) {2,}", " ", kept)


def _base(sign: str) -> str:
    decomposed = unicodedata.normalize("NFKD", sign)
    return "".join(part for part in decomposed if part in _GSM7)
