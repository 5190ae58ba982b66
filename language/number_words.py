"""Writing numbers as Vietnamese words."""

from __future__ import annotations

from enum import Enum

_DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_BILLION = 1_000_000_000
_MAX = 10**27


class Dialect(Enum):
    """Which words are used where north and south differ."""

    NORTH = "north"
    """nghìn, linh, hai mươi tư: also the standard of schools and broadcasting."""
    SOUTH = "south"
    """ngàn, lẻ, hai mươi bốn."""


def number_to_words(number: int, dialect: Dialect = Dialect.NORTH) -> str:
    """Return a whole number in words: 1_000_005 is "một triệu không trăm linh năm".

    Raises ValueError at 10**27 and beyond, where no everyday words are left.
    """
    if abs(number) >= _MAX:
        raise ValueError("number too large to be said in words")
    if number < 0:
        return "âm " + number_to_words(-number, dialect)
    return " ".join(_words(number, dialect, is_tail=False))


def digits_to_words(digits: str) -> str:
    """Return digits said one by one: ``0975`` is "không chín bảy năm"."""
    return " ".join(_DIGITS[int(digit)] for digit in digits)


def _words(number: int, dialect: Dialect, is_tail: bool) -> list[str]:
    """Return the words of a number; a tail says its empty hundreds ("không trăm linh năm")."""
    if number >= _BILLION:
        head, rest = divmod(number, _BILLION)
        return [*_words(head, dialect, is_tail), "tỷ", *(_words(rest, dialect, True) if rest else ())]
    words: list[str] = []
    million, rest = divmod(number, 1_000_000)
    thousand, unit = divmod(rest, 1_000)
    if million:
        words += [*_below_thousand(million, dialect, is_tail), "triệu"]
    if thousand:
        spoken = _below_thousand(thousand, dialect, is_tail or bool(words))
        words += [*spoken, "nghìn" if dialect is Dialect.NORTH else "ngàn"]
    elif words and unit >= 100:
        # Without this, "một triệu hai trăm" would be heard as 1,200,000.
        words += ["không", "nghìn" if dialect is Dialect.NORTH else "ngàn"]
    if unit or not (words or is_tail):
        words += _below_thousand(unit, dialect, is_tail or bool(words))
    return words


def _below_thousand(number: int, dialect: Dialect, is_tail: bool) -> list[str]:
    hundreds, rest = divmod(number, 100)
    words = [_DIGITS[hundreds], "trăm"] if hundreds or is_tail else []
    if rest == 0 and words:
        return words
    if rest < 10 and words:
        return [*words, "linh" if dialect is Dialect.NORTH else "lẻ", _DIGITS[rest]]
    return [*words, *_below_hundred(rest, dialect)]


def _below_hundred(number: int, dialect: Dialect) -> list[str]:
    tens, ones = divmod(number, 10)
    if tens == 0:
        return [_DIGITS[ones]]
    words = ["mười"] if tens == 1 else [_DIGITS[tens], "mươi"]
    if ones == 0:
        return words
    if ones == 5:
        return [*words, "lăm"]
    if ones == 1 and tens > 1:
        return [*words, "mốt"]
    if ones == 4 and tens > 1 and dialect is Dialect.NORTH:
        return [*words, "tư"]
    return [*words, _DIGITS[ones]]
