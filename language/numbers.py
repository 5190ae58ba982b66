"""Digits and quantities that people type and say."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace

from language.characters import fold, plain
from language.digit_runs import Run, digit_runs
from language.lexemes import Kind, Lexeme, lex, vocabulary
from language.quantities import parse_number
from language.readings import Reading, readings

__all__ = ["parse_number", "spoken_digits"]

_MAX_LENGTH = 2_000
_SURE_LENGTH = 4
"""Number words in a sentence are digits from this many on; fewer need a cue or the message to themselves."""
_SURE_LENGTH_BARE = 5
"""The same for words typed without diacritics, where "sau", "nam" and "ba" are everyday words."""
_LOOK_BACK = 6
_ASKS_WITH_KHONG = frozenset({"duoc", "phai", "dung", "co", "biet"})
_KEY_WORDS = frozenset({"số", "so", "phím", "phim"})
_AFTER_YEARS = frozenset({"rồi", "roi", "nữa", "nua", "nay", "trước", "truoc", "sau"})
_KEPT_STRAY = 0.8
_DROPPED_ZERO = 0.4

_PHONE = re.compile(r"(?:0|84|0084)(?:3[2-9]|5[25689]|7[06-9]|8[1-9]|9\d)\d{7}|02\d{9}|84 ?2\d{9}")
_IDENTITY = re.compile(r"0\d{2}[0-9]\d{8}")
_HOTLINE = re.compile(r"1[89]00\d{4}(?:\d{2})?")


def spoken_digits(text: str, lengths: Collection[int] | None = None) -> str | None:
    """Return the digits of a number that was typed or read out, or None when the text holds none.

    Reads single digits, pairs and triples ("không chín tám", "hai lăm", "chín trăm linh năm"), with and
    without diacritics, as recognisers spell them, and typed groups ("0912 345 678", "12.34"). Amounts
    with a unit, dates, times, codes with letters and the count in "bốn số cuối" are no digits here.
    "không" is zero only inside a number. When a text has several numbers, the one after a correction ("à
    nhầm"), shaped like a phone or identity number, or the longest is returned.

    `lengths`: how many digits are expected, when the caller knows; decides between readings.
    """
    lexemes = lex(plain(text[:_MAX_LENGTH]))
    runs = [run for run in digit_runs(lexemes) if not _is_quantity(lexemes, run)]
    best: tuple[float, str] | None = None
    corrected = _last_correction(lexemes)
    for run in runs:
        reading = _best_reading(run, lexemes, lengths)
        if reading is None or not _is_meant(run, reading.digits, lexemes):
            continue
        rank = _implausibility(reading.digits, lengths) - min(len(reading.digits), 12) / 10
        rank -= 10 if run.first > corrected >= 0 else 0
        if best is None or rank < best[0]:
            best = (rank, reading.digits)
    return best[1] if best else None


def _best_reading(run: Run, lexemes: Sequence[Lexeme], lengths: Collection[int] | None) -> Reading | None:
    """Return the likeliest reading; "không" at either end may ask or deny instead of saying zero."""
    pieces = run.pieces
    candidates = list(readings(pieces))
    if len(pieces) > 1 and pieces[0].kind in (Kind.ZERO, Kind.MISHEARD):
        asks = run.first > 0 and fold(lexemes[run.first - 1].word) in _ASKS_WITH_KHONG
        candidates = _with_or_without(candidates, readings(pieces[1:]), run.is_typed or asks)
    if len(pieces) > 1 and pieces[-1].kind is Kind.ZERO:
        candidates = _with_or_without(candidates, readings(pieces[:-1]), run.is_typed)
    return min(candidates, key=lambda reading: reading.cost + _implausibility(reading.digits, lengths), default=None)


def _with_or_without(kept: list[Reading], dropped: list[Reading], is_likely_stray: bool) -> list[Reading]:
    keep, drop = (_KEPT_STRAY, 0.0) if is_likely_stray else (0.0, _DROPPED_ZERO)
    return [replace(reading, cost=reading.cost + keep) for reading in kept] + [
        replace(reading, cost=reading.cost + drop) for reading in dropped if len(reading.digits) >= _SURE_LENGTH
    ]


def _implausibility(digits: str, lengths: Collection[int] | None) -> float:
    """Return how unlikely a number of this shape is (0 to 3)."""
    if lengths is not None:
        return 0.0 if len(digits) in lengths else 3.0
    if _PHONE.fullmatch(digits) or _IDENTITY.fullmatch(digits) or _HOTLINE.fullmatch(digits):
        return 0.0
    if len(digits) in (1, 2, 4):
        return 0.25
    return 0.9 if len(digits) == 3 else 1.0


def _is_meant(run: Run, digits: str, lexemes: Sequence[Lexeme]) -> bool:
    """Tell whether the run is a number somebody gives, and not a word that happens to be a digit."""
    if not digits:
        return False
    if run.is_typed:
        return True
    if set(digits) == {"0"} and len(digits) < _SURE_LENGTH and not _is_named_key(run, lexemes):
        return False
    if run.pieces[0].kind is Kind.UNIT and len(digits) == 1 and run.pieces[0].word != "tư":
        return False
    bare = all(lexeme.word.isascii() for lexeme in lexemes)
    if len(digits) >= (_SURE_LENGTH_BARE if bare else _SURE_LENGTH):
        return True
    polite = vocabulary().polite
    rest = [*lexemes[: run.first], *lexemes[run.last + 1 :]]
    return all(piece.word in polite or not piece.word[0].isalnum() for piece in rest) or _is_announced(run, lexemes)


def _is_named_key(run: Run, lexemes: Sequence[Lexeme]) -> bool:
    """Tell whether a lone "không" is the key zero: "số không", "bấm phím không"."""
    return run.first > 0 and lexemes[run.first - 1].word in _KEY_WORDS and run.last == len(lexemes) - 1


def _is_announced(run: Run, lexemes: Sequence[Lexeme]) -> bool:
    known = vocabulary()
    for piece in reversed(lexemes[max(0, run.first - _LOOK_BACK) : run.first]):
        if fold(piece.word) in known.cues:
            return True
        if piece.word[0].isalnum() and piece.word not in known.polite:
            return False
    return False


def _is_quantity(lexemes: Sequence[Lexeme], run: Run) -> bool:
    """Tell whether a unit behind the run makes it an amount, an age or a term."""
    if run.last + 1 >= len(lexemes):
        return False
    unit = lexemes[run.last + 1]
    digits = sum(
        len(piece.value) for piece in run.pieces if piece.kind in (Kind.TYPED, Kind.ZERO, Kind.DIGIT, Kind.UNIT)
    )
    says_amount = any(piece.kind in (Kind.THOUSAND, Kind.HUNDRED) for piece in run.pieces)
    grouped_by_dots = any(piece.word == "." for piece in run.pieces)
    if run.pieces[-1].word in ("năm", "nam") and len(run.pieces) == 2 and unit.word in _AFTER_YEARS:
        return True
    # No amount begins with zero: "0900.000.125 nha" is a phone number and a particle.
    grouped = grouped_by_dots and not run.pieces[0].value.startswith("0")
    return unit.word in vocabulary().units and (digits <= 3 or says_amount or grouped)


def _last_correction(lexemes: Sequence[Lexeme]) -> int:
    """Where the last "à nhầm" or "không phải 1028 mà là 1029" stands; -1 when nothing is corrected."""
    corrections = vocabulary().corrections
    words = [fold(piece.word) for piece in lexemes]
    return max(
        (at for at, piece in enumerate(lexemes) if piece.word in corrections or words[at : at + 2] == ["ma", "la"]),
        default=-1,
    )
