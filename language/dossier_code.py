"""Reading the codes that citizens quote: dossier codes and national procedure codes."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from language.characters import plain
from language.code_layout import Layout, best_layout, real_date
from language.code_stream import code_anchors
from language.lexemes import lex
from language.procedure_code import find_procedure_code

__all__ = ["DossierCode", "LocatedCode", "find_dossier_code", "find_procedure_code", "locate_dossier_codes"]

_MAX_LENGTH = 2_000
_CANONICAL = re.compile(
    r"(?P<agency>(?:(?:\d{2,3}\.){1,3})?[A-Z]\d{2}(?:\.[A-Z0-9]{2,3}){0,4})-(?P<date>\d{8}|\d{6})-(?P<sequence>\d{4,7})"
)
_TYPED = re.compile(
    r"(?<![\w.])(?P<agency>(?:(?:\d{2,3} ?\. ?){1,3})?[A-Z]\d{2}(?: ?\. ?[A-Z0-9]{2,3}){0,4})"
    r" ?- ?(?P<date>\d{8}|\d{6}) ?- ?(?P<sequence>\d{4,7})(?![\w])(?!-\d)",
    re.IGNORECASE,
)
_ZERO_AS_LETTER = re.compile(r"(?<=[.\dO])O(?=[.\dO]|$)")
_USUAL_LETTERS = frozenset("GH")


@dataclass(frozen=True, slots=True)
class DossierCode:
    """A dossier code, ``{agency}-{date}-{running number of the day}`` (Thông tư 03/2025/TT-VPCP)."""

    text: str
    """Canonical form: upper case, dots inside the agency, one hyphen before and behind the date."""
    agency: str
    """``H15.50.05.13``; older codes put the province last: ``000.00.01.H29``."""
    date: dt.date | None
    """Day of receipt; None when the digits, though typed as a date, are no day of the calendar."""
    sequence: str
    """Running number of the day, four to seven digits."""

    @property
    def digits(self) -> str:
        """The digits alone, as they are entered on a telephone's keys."""
        return "".join(sign for sign in self.text if sign.isdigit())

    @classmethod
    def parse(cls, canonical: str) -> DossierCode:
        """Return the code written in canonical form; ValueError when it is not."""
        found = _CANONICAL.fullmatch(canonical)
        if found is None:
            raise ValueError("not a dossier code in canonical form")
        return cls(canonical, found["agency"], real_date(found["date"], None), found["sequence"])


@dataclass(frozen=True, slots=True)
class LocatedCode:
    """A dossier code and where it stands in ``characters.plain(text)``."""

    code: DossierCode
    start: int
    end: int


def find_dossier_code(text: str, today: dt.date) -> DossierCode | None:
    """Return the first dossier code in a message, or None.

    Reads codes typed properly or with other case, blanks, dashes, commas, missing separators, O for 0,
    and codes said aloud ("hát mười lăm chấm năm mươi ..."). A loose form is believed only for ministry
    and province letters and with a real date between 2015 and the end of the year after `today`, so
    phone, identity and decision numbers, plates, dates and amounts are not taken for codes.
    """
    located = locate_dossier_codes(text, today)
    return located[0].code if located else None


def locate_dossier_codes(text: str, today: dt.date) -> list[LocatedCode]:
    """Return all dossier codes of a message in order, with their places in ``characters.plain(text)``."""
    text = plain(text[:_MAX_LENGTH])
    latest = dt.date(today.year + 1, 12, 31)
    found = [located for match in _TYPED.finditer(text) if (located := _from_typed(match, latest))]
    for anchor in code_anchors(lex(text)):
        typed = next((code for code in found if code.start <= anchor.letter_start < code.end), None)
        if typed is not None and (not anchor.before or anchor.before[0].start >= typed.start):
            continue
        layout = best_layout(anchor, today)
        if layout is None:
            continue
        loose = LocatedCode(_from_layout(layout), layout.start, layout.end)
        if typed is None:
            found.append(loose)
        elif loose.code.text.endswith(typed.code.text):  # units before the letter, joined by other signs than dots
            found[found.index(typed)] = loose
    found.sort(key=lambda located: located.start)
    return found


def _from_typed(match: re.Match[str], latest: dt.date) -> LocatedCode | None:
    agency = _ZERO_AS_LETTER.sub("0", match["agency"].replace(" ", "").upper())
    date = real_date(match["date"], latest)
    if date is None and not _USUAL_LETTERS.intersection(agency):
        return None
    text = f"{agency}-{match['date']}-{match['sequence']}"
    return LocatedCode(DossierCode(text, agency, date, match["sequence"]), match.start(), match.end())


def _from_layout(layout: Layout) -> DossierCode:
    text = f"{layout.agency}-{layout.date_digits}-{layout.sequence}"
    return DossierCode(text, layout.agency, layout.date, layout.sequence)
