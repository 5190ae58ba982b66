"""Finding the strings of digits in a text, typed or said, that are no amounts, dates or codes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from language.characters import fold
from language.lexemes import NUMERIC, Kind, Lexeme, vocabulary

_STARTS = NUMERIC - {Kind.HUNDRED, Kind.THOUSAND, Kind.JOINER, Kind.TENS}
_GAPS = frozenset({Kind.FILLER, Kind.COUNT, Kind.DOT, Kind.DASH})
_GAP_SIGNS = frozenset(",()[]\"'…;")
_MAX_GAP = 3
_WHOLE_PHONE = re.compile(r"0[35789]\d{8}|84[35789]\d{8}|02\d{9}")
_MAX_RUN = 60
"""Lexemes in a run; nobody reads out a longer number, and the time to read one stays bounded."""
_LONG_TYPED = 8
"""Typed digits this long are a number of their own even when a word is glued behind ("0912345678nha")."""


@dataclass(frozen=True, slots=True)
class Run:
    """Numeric lexemes that belong to one number, with signs and fillers between them as FILLER."""

    pieces: tuple[Lexeme, ...]
    first: int
    """Index of the first lexeme in the text's lexemes."""
    last: int

    @property
    def start(self) -> int:
        """Offset in the text where the run starts."""
        return self.pieces[0].start

    @property
    def end(self) -> int:
        """Offset in the text behind the run."""
        return self.pieces[-1].end

    @property
    def is_typed(self) -> bool:
        """True when any of it was typed as digits."""
        return any(piece.kind is Kind.TYPED for piece in self.pieces)


def digit_runs(lexemes: Sequence[Lexeme]) -> list[Run]:
    """Return the runs of digits in order; typed codes, dates, times and counts ("4 số cuối") are left out."""
    pieces = _without_years(_without_counts(_without_chains(lexemes)))
    runs: list[Run] = []
    at = 0
    while at < len(pieces):
        if pieces[at].kind not in _STARTS:
            at += 1
            continue
        end = at + 1
        while (following := _next_numeric(pieces, end)) is not None:
            if _starts_anew(pieces, at, end, following):
                break
            if following - at >= _MAX_RUN:
                break
            end = following + 1
        runs.append(Run(tuple(map(_digits_or_filler, pieces[at:end])), at, end - 1))
        at = end
    return runs


def _digits_or_filler(piece: Lexeme) -> Lexeme:
    keeps_kind = piece.kind in NUMERIC or piece.kind is Kind.COUNT
    return piece if keeps_kind else piece._replace(kind=Kind.FILLER)


def _next_numeric(pieces: Sequence[Lexeme], at: int) -> int | None:
    for later in range(at, min(at + _MAX_GAP + 1, len(pieces))):
        piece = pieces[later]
        if piece.kind in NUMERIC:
            return later
        if piece.word == "/" or (piece.kind not in _GAPS and piece.word not in _GAP_SIGNS):
            return None
    return None


def _starts_anew(pieces: Sequence[Lexeme], start: int, end: int, following: int) -> bool:
    """Tell whether typed digits begin a number of their own behind the run from `start` to `end`.

    They do behind a word ("thông tư 60 số 0912...") and, opening with zero, behind a whole phone number.
    """
    if pieces[end - 1].kind is not Kind.TYPED or pieces[following].kind is not Kind.TYPED:
        return False
    if any(piece.word[0].isalpha() for piece in pieces[end:following]):
        return True
    typed = "".join(piece.value for piece in pieces[start:end] if piece.kind is Kind.TYPED)
    return pieces[following].value.startswith("0") and _WHOLE_PHONE.fullmatch(typed) is not None


def _without_counts(lexemes: Sequence[Lexeme]) -> list[Lexeme]:
    """Turn the number in "bốn số cuối" into a plain word: it counts the digits and is none of them."""
    followers = vocabulary().count_followers
    pieces = list(lexemes)
    for at, piece in enumerate(lexemes):
        if piece.kind not in (Kind.DIGIT, Kind.TYPED, Kind.TEN) or len(piece.value) > 2:
            continue
        after = at + 1
        while after < len(lexemes) and lexemes[after].kind is Kind.COUNT:
            after += 1
        if after > at + 1 and after < len(lexemes) and lexemes[after].word in followers:
            pieces[at] = piece._replace(kind=Kind.WORD)
            for count in range(at + 1, after + 1):
                pieces[count] = lexemes[count]._replace(kind=Kind.WORD)
    return pieces


def _without_years(lexemes: Sequence[Lexeme]) -> list[Lexeme]:
    """Turn "năm 2026" (year) and the word before figures ("thông tư 60", "mẫu ba 12") into plain words."""
    pieces = list(lexemes)
    for at, (word, figures) in enumerate(pairwise(lexemes)):
        if figures.kind is not Kind.TYPED or len(figures.value) < 2 or word.kind not in (Kind.DIGIT, Kind.UNIT):
            continue
        if at and pieces[at - 1].kind in NUMERIC:
            continue
        pieces[at] = word._replace(kind=Kind.WORD)
        if fold(word.word) == "nam" and len(figures.value) == 4 and figures.value[:2] in ("19", "20"):
            pieces[at + 1] = figures._replace(kind=Kind.WORD)
    return pieces


def _without_chains(lexemes: Sequence[Lexeme]) -> list[Lexeme]:
    """Turn digits that are glued into a code, a date, a time or a percentage into plain words."""
    pieces = list(lexemes)
    start = 0
    while start < len(pieces):
        end = start + 1
        while end < len(pieces) and pieces[end].start == pieces[end - 1].end and _chains(pieces, end):
            end += 1
        chain = pieces[start:end]
        if any(piece.kind is Kind.TYPED for piece in chain) and _is_no_digit_string(chain):
            pieces[start:end] = [p._replace(kind=Kind.WORD) if p.kind is Kind.TYPED else p for p in chain]
        start = end
    return pieces


def _chains(pieces: Sequence[Lexeme], at: int) -> bool:
    return pieces[at].kind is not Kind.SIGN or pieces[at].word in ":%"


def _is_no_digit_string(chain: Sequence[Lexeme]) -> bool:
    cues = vocabulary().cues
    for before, piece in pairwise(chain):
        if before.kind is Kind.TYPED and (
            piece.word == "%" or (piece.word[0].isalpha() and len(before.value) < _LONG_TYPED)
        ):
            return True
        if (
            piece.kind is Kind.TYPED
            and before.word[0].isalpha()
            and not (len(before.word) > 3 or fold(before.word) in cues)
        ):
            return True
    for before, sign, after in zip(chain, chain[1:], chain[2:], strict=False):
        if (
            sign.word in "/:"
            and len(before.value) < _LONG_TYPED
            and before.kind is Kind.TYPED
            and (after.kind is Kind.TYPED or after.word[0].isalpha())
        ):
            return True
    return False
