"""Cutting a text into the pieces that numbers and codes are made of, typed or said."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum, auto
from typing import NamedTuple

from language import data


class Kind(IntEnum):
    """What a piece of text does in a number."""

    TYPED = auto()
    """Digits typed as digits."""
    ZERO = auto()
    DIGIT = auto()
    UNIT = auto()
    """A digit said only behind a ten: mốt, tư, lăm."""
    MISHEARD = auto()
    TEN = auto()
    TENS = auto()
    TEN_OR_TENS = auto()
    TWENTY = auto()
    HUNDRED = auto()
    JOINER = auto()
    THOUSAND = auto()
    COUNT = auto()
    """``con`` in "ba con chín"; ``số`` is read as a filler where it counts nothing."""
    DOT = auto()
    DASH = auto()
    FILLER = auto()
    WORD = auto()
    SIGN = auto()


NUMERIC = frozenset({
    Kind.TYPED, Kind.ZERO, Kind.DIGIT, Kind.UNIT, Kind.MISHEARD, Kind.TEN, Kind.TENS, Kind.TEN_OR_TENS,
    Kind.TWENTY, Kind.HUNDRED, Kind.JOINER, Kind.THOUSAND,
})  # fmt: skip
"""Kinds that say a number or a part of one."""


class Lexeme(NamedTuple):
    """A word, a run of digits or a sign, with its place in the text."""

    kind: Kind
    value: str
    """The digit or digits it stands for, else the lower-case word or sign."""
    word: str
    """As written, in lower case."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class DigitWords:
    """The vocabulary of ``digit_words.yml``."""

    kinds: dict[str, tuple[Kind, str]]
    misheard: dict[str, str]
    fillers: frozenset[str]
    polite: frozenset[str]
    cues: frozenset[str]
    count_followers: frozenset[str]
    corrections: frozenset[str]
    units: frozenset[str]
    times: dict[tuple[str, str], int]


_PIECE = re.compile(r"\d+|[^\W\d_]+|[^\w\s]|_")
_DASHES = "-_–—/"
_ZERO_AT_START = frozenset({"ô", "o", "oh"})
"""Ways to say zero that may open a phone number."""
_NAMED_KINDS = {
    "zero": (Kind.ZERO, "0"),
    "unit1": (Kind.UNIT, "1"),
    "unit4": (Kind.UNIT, "4"),
    "unit5": (Kind.UNIT, "5"),
    "ten": (Kind.TEN, ""),
    "tens": (Kind.TENS, ""),
    "ten_or_tens": (Kind.TEN_OR_TENS, ""),
    "twenty": (Kind.TWENTY, ""),
    "hundred": (Kind.HUNDRED, ""),
    "joiner": (Kind.JOINER, ""),
    "thousand": (Kind.THOUSAND, ""),
    "count": (Kind.COUNT, ""),
}


@data.cached()
def vocabulary() -> DigitWords:
    """Return the words of numbers, read on first use."""
    content = data.load("digit_words")
    kinds: dict[str, tuple[Kind, str]] = dict.fromkeys(content["fillers"].split(), (Kind.FILLER, ""))
    kinds |= dict.fromkeys(content["separators"]["dot"].split(), (Kind.DOT, "."))
    kinds |= dict.fromkeys(content["separators"]["dash"].split(), (Kind.DASH, "-"))
    for words in (content["bare"], content["words"]):
        for name, spellings in words.items():
            meaning = _NAMED_KINDS.get(name) or (Kind.DIGIT, name)
            kinds |= dict.fromkeys(spellings.split(), meaning)
    times = {tuple(words.split()): int(count) for words, count in content["times_words"].items()}
    return DigitWords(
        kinds=kinds,
        misheard={word: digit for digit, words in content["misheard"].items() for word in words.split()},
        fillers=frozenset(content["fillers"].split()),
        polite=frozenset(content["polite"].split()) | frozenset(content["fillers"].split()),
        cues=frozenset(content["cues"].split()),
        count_followers=frozenset(content["count_followers"].split()),
        corrections=frozenset(content["corrections"].split()),
        units=frozenset(content["units"].split()),
        times={(first, second): count for (first, second), count in times.items()},
    )


@data.kept
def lex(text: str) -> tuple[Lexeme, ...]:
    """Cut a `characters.plain` text into lexemes; blanks are dropped.

    The letter O (and l or I) glued to digits is read as the digit it was typed for; a misheard word is a
    digit only between two digits.
    """
    pieces = [_lexeme(found) for found in _PIECE.finditer(text)]
    return tuple(_believe_misheard(_letters_typed_for_digits(_counted(pieces))))


def _lexeme(found: re.Match[str]) -> Lexeme:
    word = found.group().lower()
    if word[0].isdecimal():
        kind, value = Kind.TYPED, word
    elif word in ".,·":
        kind, value = Kind.DOT, "."
    elif word in _DASHES:
        kind, value = Kind.DASH, word
    elif not word[0].isalpha():
        kind, value = Kind.SIGN, word
    else:
        kind, value = vocabulary().kinds.get(word, (Kind.WORD, word))
    return Lexeme(kind, value or word, word, found.start(), found.end())


def _counted(pieces: list[Lexeme]) -> list[Lexeme]:
    """Read "tứ quý" (four of a kind) as "bốn con"."""
    times = vocabulary().times
    counted = list(pieces)
    for at in range(len(pieces) - 1):
        count = times.get((pieces[at].word, pieces[at + 1].word))
        if count is not None:
            counted[at] = pieces[at]._replace(kind=Kind.DIGIT, value=str(count))
            counted[at + 1] = pieces[at + 1]._replace(kind=Kind.COUNT)
    return counted


def _letters_typed_for_digits(pieces: list[Lexeme]) -> list[Lexeme]:
    fixed = list(pieces)
    for at, piece in enumerate(pieces):
        if piece.kind is not Kind.WORD or not set(piece.word) <= set("oil"):
            continue
        before = fixed[at - 1] if at else None
        after = pieces[at + 1] if at + 1 < len(pieces) else None
        glued_before = before is not None and before.end == piece.start
        glued_after = after is not None and after.start == piece.end
        touches_digit = (glued_before and before is not None and before.kind is Kind.TYPED) or (
            glued_after and after is not None and after.kind is Kind.TYPED
        )
        if touches_digit or _is_unit_of_zeros(pieces, at):
            digits = piece.word.replace("o", "0").replace("i", "1").replace("l", "1")
            fixed[at] = Lexeme(Kind.TYPED, digits, piece.word, piece.start, piece.end)
    return _join_glued_digits(fixed)


def _is_unit_of_zeros(pieces: list[Lexeme], at: int) -> bool:
    """Tell whether "OO" is parted from digits by nothing but a dot or a dash, as in "H15.OO.13"."""
    joined = pieces[at : at + 3]
    return (
        set(pieces[at].word) == {"o"}
        and len(joined) == 3
        and joined[1].kind in (Kind.DOT, Kind.DASH)
        and joined[2].kind in (Kind.TYPED, Kind.WORD)
        and set(joined[2].word) <= set("0123456789oilgh")
        and joined[0].end == joined[1].start
        and joined[1].end == joined[2].start
    )


def _join_glued_digits(pieces: list[Lexeme]) -> list[Lexeme]:
    joined: list[Lexeme] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if last and last.kind is Kind.TYPED and piece.kind is Kind.TYPED and last.end == piece.start:
            joined[-1] = Lexeme(Kind.TYPED, last.value + piece.value, last.word + piece.word, last.start, piece.end)
        else:
            joined.append(piece)
    return joined


def _believe_misheard(pieces: list[Lexeme]) -> list[Lexeme]:
    """Take a misheard word for a digit between two digits that are sure and have a third beside them."""
    sure = (Kind.ZERO, Kind.DIGIT, Kind.UNIT, Kind.MISHEARD)
    more = (*sure, Kind.HUNDRED, Kind.TENS)
    misheard = vocabulary().misheard
    believed = list(pieces)
    for at, piece in enumerate(pieces[:-1]):
        if piece.kind is not Kind.WORD or piece.word not in misheard or pieces[at + 1].kind not in sure:
            continue
        sure_before = at > 0 and believed[at - 1].kind in sure
        third = (at > 1 and believed[at - 2].kind in sure) or (at + 2 < len(pieces) and pieces[at + 2].kind in more)
        if third and (sure_before or piece.word in _ZERO_AT_START):
            believed[at] = Lexeme(Kind.MISHEARD, misheard[piece.word], piece.word, piece.start, piece.end)
    return believed
