"""Every string of digits that a run of number words can stand for, with the likelier ones cheaper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from language.lexemes import Kind, Lexeme

_KEPT_PER_LENGTH = 3
_SIMPLE = frozenset({Kind.ZERO, Kind.DIGIT, Kind.UNIT})
_ONES = frozenset({Kind.DIGIT, Kind.UNIT})
_SPLIT = 0.6
"""Cost of ending a number early ("twenty" of "twenty-three"); a hundred is ended early less often."""
_SPLIT_LARGE = 1.0
_FOLDED_TEN = 0.3
"""Cost of reading bare ``muoi`` behind a digit as ten instead of tens; it has no diacritics to tell."""
_SLIP = 0.5
_BARE_JOINER = 0.8
_MISHEARD = 0.2


@dataclass(frozen=True, slots=True, order=True)
class Reading:
    """A string of digits and how unlikely it is (0 is plain reading; costs add up)."""

    cost: float
    digits: str


def readings(pieces: Sequence[Lexeme]) -> list[Reading]:
    """Return the readings of a run of numeric lexemes, cheapest first, at most three for each length.

    "hai mươi ba bốn" is 234 and, less likely, 2034. Empty when the run cannot be read as digits.
    """
    found: list[list[Reading]] = [[] for _ in range(len(pieces) + 1)]
    found[0] = [Reading(0.0, "")]
    for at in range(len(pieces)):
        if not found[at]:
            continue
        for used, digits, cost in _numbers_at(pieces, at):
            found[at + used].extend(Reading(before.cost + cost, before.digits + digits) for before in found[at])
        for later in range(at + 1, len(pieces) + 1):
            found[later] = _cheapest(found[later])
    return sorted(found[-1])


def _cheapest(candidates: list[Reading]) -> list[Reading]:
    kept: list[Reading] = []
    seen: set[str] = set()
    per_length: dict[int, int] = {}
    for reading in sorted(candidates):
        length = len(reading.digits)
        if reading.digits not in seen and per_length.get(length, 0) < _KEPT_PER_LENGTH:
            seen.add(reading.digits)
            per_length[length] = per_length.get(length, 0) + 1
            kept.append(reading)
    return kept


def _numbers_at(pieces: Sequence[Lexeme], at: int) -> Iterator[tuple[int, str, float]]:
    """Yield (pieces used, digits, cost) of each number that starts here."""
    piece, kind = pieces[at], pieces[at].kind
    following = pieces[at + 1].kind if at + 1 < len(pieces) else None
    if kind is Kind.TYPED:
        yield 1, piece.value, 0.0
    elif kind is Kind.MISHEARD:
        yield 1, piece.value, _MISHEARD
    elif kind in _SIMPLE:
        yield 1, piece.value, _FOLDED_TEN if following is Kind.TEN_OR_TENS and kind in _ONES else 0.0
    elif kind is Kind.JOINER:
        yield 1, "0", _BARE_JOINER
    elif kind is Kind.COUNT:
        yield 1, "", _SPLIT_LARGE if _counts(pieces, at - 1) else 0.0
    elif kind is Kind.FILLER:
        yield 1, "", 0.0
    if kind is Kind.DIGIT and following is Kind.JOINER and _kind(pieces, at + 2) in _ONES:
        yield 3, piece.value + "0" + pieces[at + 2].value, _SLIP
    yield from _below_hundred(pieces, at)
    yield from _hundreds(pieces, at)
    yield from _thousands(pieces, at)
    yield from _repeated(pieces, at)


def _kind(pieces: Sequence[Lexeme], at: int) -> Kind | None:
    return pieces[at].kind if at < len(pieces) else None


def _below_hundred(pieces: Sequence[Lexeme], at: int) -> Iterator[tuple[int, str, float]]:
    """Yield two-digit numbers said with a word for ten."""
    kind, following = pieces[at].kind, _kind(pieces, at + 1)
    if kind in (Kind.TEN, Kind.TEN_OR_TENS, Kind.TENS, Kind.TWENTY):
        tens, slip, used = ("2" if kind is Kind.TWENTY else "1"), (2.0 if kind is Kind.TENS else 0.0), 1
    elif kind in _ONES and following in (Kind.TENS, Kind.TEN_OR_TENS, Kind.TEN):
        tens, slip, used = pieces[at].value, (_SLIP if following is Kind.TEN else 0.0), 2
    else:
        return
    if _kind(pieces, at + used) in _ONES:
        yield used + 1, tens + pieces[at + used].value, slip
        yield used, tens + "0", slip + _SPLIT
    else:
        yield used, tens + "0", slip


def _hundreds(pieces: Sequence[Lexeme], at: int) -> Iterator[tuple[int, str, float]]:
    """Yield three-digit numbers said with a word for hundred."""
    if pieces[at].kind not in _SIMPLE or _kind(pieces, at + 1) is not Kind.HUNDRED:
        return
    hundreds = pieces[at].value
    for used, rest, cost in _rest_of_hundred(pieces, at + 2):
        yield used + 2, hundreds + rest, cost


def _rest_of_hundred(pieces: Sequence[Lexeme], at: int) -> Iterator[tuple[int, str, float]]:
    first, second = _kind(pieces, at), _kind(pieces, at + 1)
    if first is Kind.JOINER and second in _ONES:
        yield 2, "0" + pieces[at + 1].value, 0.0
        return
    if first is not None:
        yield from _below_hundred(pieces, at)
    if first in _ONES and second in _ONES:
        yield 2, pieces[at].value + pieces[at + 1].value, 0.0 if second is Kind.UNIT else 0.1
    elif first in _ONES and second not in (Kind.TENS, Kind.TEN_OR_TENS, Kind.HUNDRED):
        yield 1, pieces[at].value + "0", 0.2
    yield 0, "00", 0.0 if first is None or first in (Kind.THOUSAND, Kind.FILLER) else _SPLIT_LARGE


def _thousands(pieces: Sequence[Lexeme], at: int) -> Iterator[tuple[int, str, float]]:
    """Yield numbers said with a word for thousand, with all three digits behind it."""
    heads = [(1, pieces[at].value, 0.0)] if pieces[at].kind in (*_SIMPLE, Kind.TYPED) else []
    heads += list(_below_hundred(pieces, at)) + list(_hundreds(pieces, at))
    for used, head, cost in heads:
        after = at + used
        if _kind(pieces, after) is not Kind.THOUSAND or len(head) > 3:
            continue
        for more, rest, extra in _rest_of_thousand(pieces, after + 1):
            yield used + 1 + more, head + rest, cost + extra


def _rest_of_thousand(pieces: Sequence[Lexeme], at: int) -> Iterator[tuple[int, str, float]]:
    first, second = _kind(pieces, at), _kind(pieces, at + 1)
    if first is None:
        yield 0, "000", 0.0
        return
    yield 0, "000", _SPLIT_LARGE
    yield from _hundreds(pieces, at)
    if first is Kind.JOINER and second in _ONES:
        yield 2, "00" + pieces[at + 1].value, 0.0
    for used, digits, cost in _below_hundred(pieces, at):
        yield used, "0" + digits, cost + 0.1
    if first in _ONES and second in _ONES:
        yield 2, "0" + pieces[at].value + pieces[at + 1].value, 0.3
    elif first in _ONES and second not in (Kind.HUNDRED, Kind.TENS, Kind.TEN_OR_TENS):
        yield 1, pieces[at].value + "00", 0.3


def _counts(pieces: Sequence[Lexeme], at: int) -> bool:
    """Tell whether a small number, "con" or "số" and one digit stand here, with no "số" before."""
    if at < 0 or at + 2 >= len(pieces):
        return False
    count, target = pieces[at], pieces[at + 2]
    return (
        count.kind in (Kind.DIGIT, Kind.TYPED)
        and count.value in ("2", "3", "4", "5", "6")
        and pieces[at + 1].kind is Kind.COUNT
        and target.kind in (*_SIMPLE, Kind.TYPED)
        and len(target.value) == 1
        and (at == 0 or pieces[at - 1].kind is not Kind.COUNT)
    )


def _repeated(pieces: Sequence[Lexeme], at: int) -> Iterator[tuple[int, str, float]]:
    """Yield a digit said with its count: "ba con chín" is 999, "hai số không" is 00."""
    if _counts(pieces, at):
        yield 3, pieces[at + 2].value * int(pieces[at].value), 0.0
