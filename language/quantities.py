"""Quantities in words and figures: fees, ages, counts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from language import data
from language.characters import plain
from language.lexemes import Kind, vocabulary

_ITEM = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+")
_GROUPED = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_MAX_LENGTH = 500
_MAX_FIGURES = 18
_YEAR = re.compile(r"(?:19|20)\d\d")
_ONES = (Kind.DIGIT, Kind.UNIT)
_TENS = (Kind.TENS, Kind.TEN_OR_TENS)
_THOUSAND = 1_000
_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class _Scales:
    factors: dict[str, int]
    half: frozenset[str]


@data.cached()
def _scales() -> _Scales:
    content = data.load("digit_words")
    rows = [*content["scales"].items(), *content["slang_scales"].items()]
    return _Scales({word: int(factor) for factor, words in rows for word in words.split()},
                   frozenset(content["half"].split()))  # fmt: skip


def parse_number(text: str) -> int | None:
    """Return the first whole quantity in the text, or None.

    Reads figures ("50.000", "150k", "1,5 triệu", "5tr5") and words ("hai triệu rưỡi", "trăm rưỡi", "ba
    chục"), with the everyday shortenings: "một triệu hai" is 1,200,000 and "một triệu hai trăm" too.
    "không" alone is a denial, not zero.
    """
    items = _ITEM.findall(plain(text[:_MAX_LENGTH]).lower())
    for at in range(len(items)):
        if items[at] == "năm" and at + 1 < len(items) and _YEAR.fullmatch(items[at + 1]):
            continue
        found = _Reader(items, at).read()
        if found is not None:
            return found
    return None


class _Reader:
    """Reads one quantity from a list of figures and words; each step moves past what it took."""

    def __init__(self, items: list[str], at: int) -> None:
        self._items = items
        self._at = at

    def read(self) -> int | None:
        total = Decimal(0)
        scale: int | None = None
        while True:
            mark = self._at
            group, is_exact = self._group()
            factor = self._factor()
            if group is None and scale is None and factor is not None and self._peek_half():
                group = Decimal(1)  # "triệu rưỡi", "trăm rưỡi"
            if group is None:
                self._at = mark
                break
            if factor is None:
                return self._finish(total, scale, group, is_exact)
            if scale is not None and factor >= scale:
                self._at = mark
                break
            total += group * factor
            scale = factor
            if self._take_half():
                return _whole(total + Decimal(factor) / 2)
        return None if scale is None else _whole(total)

    def _finish(self, total: Decimal, scale: int | None, group: Decimal, is_exact: bool) -> int | None:
        """Add the last group, said without its own scale: "hai triệu ba" means three hundred thousand."""
        if scale is None or is_exact:
            return _whole(total + group)
        if group < 10:
            return _whole(total + group * scale / 10)
        if group >= 100 and scale >= _MILLION:
            return _whole(total + group * scale / _THOUSAND)
        return _whole(total + group)

    def _word(self, ahead: int = 0) -> str:
        at = self._at + ahead
        return self._items[at] if at < len(self._items) else ""

    def _kind(self, ahead: int = 0) -> Kind | None:
        known = vocabulary().kinds.get(self._word(ahead))
        return known[0] if known else None

    def _digit(self, ahead: int = 0) -> int:
        return int(vocabulary().kinds[self._word(ahead)][1])

    def _factor(self) -> int | None:
        factor = _scales().factors.get(self._word())
        if factor is not None:
            self._at += 1
        return factor

    def _peek_half(self) -> bool:
        return self._word() in _scales().half

    def _take_half(self) -> bool:
        taken = self._peek_half()
        self._at += taken
        return taken

    def _group(self) -> tuple[Decimal | None, bool]:
        """Read a number below a thousand, or figures; tell whether it rules out a scale left unsaid."""
        word = self._word()
        if word[:1].isdecimal():
            self._at += 1
            return _figures(word, scaled=self._word() in _scales().factors), False
        if self._kind() is Kind.JOINER and self._kind(1) in _ONES:
            self._at += 2
            return Decimal(self._digit(-1)), True
        if self._kind() is Kind.ZERO and self._word(1) in ("trăm", "tram", "nghìn", "ngàn", "nghin", "ngan"):
            return self._after_zero()
        if self._kind() in (*_ONES, Kind.ZERO) and self._word(1) in ("trăm", "tram"):
            hundreds = self._digit()
            self._at += 2
            if self._take_half():
                return Decimal(hundreds * 100 + 50), False
            return Decimal(hundreds * 100 + self._below_hundred_after_hundred()), False
        below = self._below_hundred()
        return (None if below is None else Decimal(below)), False

    def _after_zero(self) -> tuple[Decimal | None, bool]:
        """Read what follows "không trăm" or "không nghìn", which say that a place is empty."""
        is_hundred = self._word(1) in ("trăm", "tram")
        self._at += 2
        if is_hundred:
            return Decimal(self._below_hundred_after_hundred()), True
        group, _ = self._group()
        return group, True

    def _below_hundred_after_hundred(self) -> int:
        if self._kind() is Kind.JOINER and self._kind(1) in _ONES:
            self._at += 2
            return self._digit(-1)
        start = self._at
        below = self._below_hundred()
        if below is None:
            return 0
        # "ba trăm hai" is 320
        return below * 10 if below < 10 and self._at == start + 1 else below

    def _below_hundred(self) -> int | None:
        kind, following = self._kind(), self._kind(1)
        if kind in (Kind.TEN, Kind.TEN_OR_TENS, Kind.TWENTY) or (kind is Kind.TENS and self._word() == "chục"):
            tens = 20 if kind is Kind.TWENTY else 10
            self._at += 1
        elif kind is Kind.DIGIT and following in _TENS:
            tens = self._digit() * 10
            self._at += 2
        elif kind is Kind.DIGIT and following in _ONES and self._kind(2) not in (*_TENS, *_ONES):
            self._at += 2
            return self._digit(-2) * 10 + self._digit(-1)
        elif kind in _ONES:
            self._at += 1
            return self._digit(-1)
        else:
            return None
        if self._take_half():
            return tens + 5
        if self._kind() in _ONES and self._kind(1) not in _TENS:
            self._at += 1
            return tens + self._digit(-1)
        return tens


def _figures(word: str, scaled: bool) -> Decimal | None:
    """Read figures: signs before exactly three figures group thousands, others mark a fraction."""
    figures = re.sub("[.,]", "", word)
    if len(figures) > _MAX_FIGURES:
        return None
    if _GROUPED.fullmatch(word) or figures == word:
        return Decimal(figures)
    whole, _, fraction = word.replace(",", ".").partition(".")
    if not scaled or "." in fraction:
        return None
    return Decimal(f"{whole}.{fraction}")


def _whole(value: Decimal) -> int | None:
    return int(value) if value == value.to_integral_value() else None
