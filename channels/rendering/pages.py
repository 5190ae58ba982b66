"""Cutting a long answer into pages that fit, at places where nothing is torn apart.

Pure: whoever calls says what fits (segments of a text message, seconds of speech).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from language.characters import fold

Fits = Callable[[str], bool]
"""Whether a page with this text may be sent. A text that fits still fits when its end is taken away."""

_MONEY = frozenset({"dong", "d", "vnd", "usd"})
_SCALES = frozenset({"tram", "nghin", "ngan", "trieu", "ty", "ti"})
_MEASURES = frozenset({"gio", "phut", "ngay", "tuan", "thang", "nam", "ban", "%", "hours", "days"})
_AFTER_NUMBER = _MONEY | _SCALES | _MEASURES
"""Words, without diacritics, that belong to the number before them: ``50.000 đồng``, ``3 ngày``."""

_BEFORE_NUMBER = frozenset({"ngay", "thang", "nam", "so", "qd", "tt", "nd", "dieu", "khoan"})
"""Words that belong to the number after them: ``ngày 20 tháng 7 năm 2026``, ``QĐ 163/QĐ-BTP``."""

_LAST_PAGE_LOOK = 2_000
"""Characters left at which it is worth asking whether all of them fit on one page without the offer of more.
"""

_OPENING, _CLOSING = "(\"'«“", ".,;:!?)»”\"'"


@dataclass(frozen=True, slots=True)
class _Piece:
    """What stays together, and what stands before it when it is not the first of its page."""

    text: str
    gap: str


def paginate(lines: Sequence[str], fits: Fits, more: str | None = None) -> tuple[str, ...]:
    """Spread lines over few pages.

    Never cuts inside a word, a number in groups, an amount, a date or a code, unless that one thing alone is
    longer than a page. Prefers to end a page at the end of a line, then of a sentence, when at least half of
    it is used.

    Args:
        lines: what to send, in order. Runs of white space become one space.
        fits: whether a page may be sent as it stands.
        more: a last line for every page but the last, telling how to get the next one.
    """
    ending = f"\n{more}" if more else ""
    pieces = [piece for line in lines for piece in _pieces_of(line)]
    pages: list[str] = []
    start = 0
    while start < len(pieces):
        rest = _text(pieces[start:])
        if len(rest) <= _LAST_PAGE_LOOK and fits(rest):
            pages.append(rest)
            break
        count = _how_many_fit(pieces, start, fits, ending)
        if start + count == len(pieces):
            pages.append(rest)
            break
        if count == 0:
            broken = _broken(pieces[start], fits, ending)
            if broken is None:
                raise ValueError(f"the ending {ending!r} alone is longer than a page")
            pieces[start : start + 1] = broken
            continue
        stop = _nicest_stop(pieces, start, start + count)
        pages.append(_text(pieces[start:stop]) + ending)
        start = stop
    return tuple(pages)


def clip(text: str, fits: Fits, sign: str = "...") -> str:
    """The text if it fits, else its longest beginning, cut after a word and marked with ``sign``."""
    if fits(text):
        return text
    pieces = [piece for line in text.split("\n") for piece in _pieces_of(line)]
    while pieces:
        count = _how_many_fit(pieces, 0, fits, sign)
        if count:
            return _text(pieces[:count]).rstrip(_CLOSING) + sign
        broken = _broken(pieces[0], fits, sign)
        if broken is None:
            break
        pieces[:1] = broken
    return ""


def largest(holds: Callable[[int], bool], limit: int) -> int:
    """The largest number up to ``limit`` for which a condition holds that, once false, stays false."""
    good, step = 0, 1
    while good < limit and holds(min(good + step, limit)):
        good = min(good + step, limit)
        step *= 2
    bad = min(good + step, limit + 1)
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if holds(middle) else (good, middle)
    return good


def _pieces_of(line: str) -> list[_Piece]:
    pieces: list[_Piece] = []
    previous = ""
    for word in line.split():
        if pieces and _belongs(previous, word):
            pieces[-1] = replace(pieces[-1], text=f"{pieces[-1].text} {word}")
        else:
            pieces.append(_Piece(word, " " if pieces else "\n"))
        previous = word
    return pieces


def _belongs(previous: str, word: str) -> bool:
    """Whether a page may not end between two words."""
    before = fold(previous).lstrip(_OPENING)
    after = fold(word).rstrip(_CLOSING)
    starts_with_digit = word[0].isdigit()
    if previous[-1].isdigit():
        return starts_with_digit or after in _AFTER_NUMBER
    if before in _SCALES and (after in _MONEY or after in _SCALES):
        return True
    return starts_with_digit and (before in _SCALES or before in _BEFORE_NUMBER)


def _text(pieces: Sequence[_Piece]) -> str:
    return "".join(piece.text if index == 0 else piece.gap + piece.text for index, piece in enumerate(pieces))


def _how_many_fit(pieces: Sequence[_Piece], start: int, fits: Fits, ending: str) -> int:
    """The largest number of pieces from ``start`` on that fit on one page; each look doubles, then halves."""

    def fit(count: int) -> bool:
        return fits(_text(pieces[start : start + count]) + ending)

    return largest(fit, len(pieces) - start)


def _broken(piece: _Piece, fits: Fits, ending: str) -> list[_Piece] | None:
    """A piece longer than a page: its words; of a single word as many signs as a page takes, None if none."""
    words = piece.text.split()
    if len(words) > 1:
        return [_Piece(word, piece.gap if index == 0 else " ") for index, word in enumerate(words)]
    room = largest(lambda length: fits(piece.text[:length] + ending), len(piece.text))
    return [_Piece(piece.text[:room], piece.gap), _Piece(piece.text[room:], "")] if room else None


def _nicest_stop(pieces: Sequence[_Piece], start: int, furthest: int) -> int:
    """Where to end a page of which at least half is used: after a line, else a sentence, else anywhere."""
    half = len(_text(pieces[start:furthest])) / 2
    used = 0
    after_line = after_sentence = 0
    for stop in range(start + 1, furthest + 1):
        piece = pieces[stop - 1]
        used += len(piece.text) + (len(piece.gap) if stop - 1 > start else 0)
        if used < half:
            continue
        if pieces[stop].gap == "\n":
            after_line = stop
        elif piece.text.endswith((".", "!", "?", ";")) and pieces[stop].gap:
            after_sentence = stop
    return after_line or after_sentence or furthest
