"""Finding personal names and birth dates by the words people give them with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from language import data
from language.characters import fold
from language.lexemes import NUMERIC, Kind, Lexeme

_MAX_NAME = 6
_MAX_LOWER_NAME = 4
_MAX_DATE = 14
_LONGEST_IN_DATE = 4
_AFTER_CUE = frozenset(":-")


@dataclass(frozen=True, slots=True)
class NameWords:
    """The vocabulary of ``personal_names.yml``, without diacritics."""

    name_cues: frozenset[tuple[str, ...]]
    person_cues: frozenset[tuple[str, ...]]
    things: frozenset[str]
    unmistakable: frozenset[str]
    surnames: frozenset[str]
    stop_words: frozenset[str]
    stop_words_exact: frozenset[str]
    birth_cues: frozenset[tuple[str, ...]]
    birth_blockers: frozenset[str]
    birth_words: frozenset[str]
    longest_cue: int


@cache
def name_words() -> NameWords:
    """Return the words around names, read on first use."""
    content = data.load("personal_names")
    name_cues = frozenset(tuple(cue.split()) for cue in content["name_cues"])
    person_cues = frozenset(tuple(cue.split()) for cue in content["person_cues"])
    birth_cues = frozenset(tuple(cue.split()) for cue in content["birth_cues"].split("|"))
    unmistakable = frozenset(content["unmistakable_surnames"].split())
    return NameWords(
        name_cues=name_cues,
        person_cues=person_cues,
        things=frozenset(content["things"].split()),
        unmistakable=unmistakable,
        surnames=unmistakable | frozenset(content["surnames"].split()),
        stop_words=frozenset(content["stop_words"].split()),
        stop_words_exact=frozenset(content["stop_words_exact"].split()),
        birth_cues=birth_cues,
        birth_blockers=frozenset(content["birth_blockers"].split()),
        birth_words=frozenset(content["birth_words"].split()),
        longest_cue=max(map(len, name_cues | person_cues | birth_cues)),
    )


def names(text: str, pieces: Sequence[Lexeme]) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each personal name in a `characters.plain` text and its lexemes."""
    known = name_words()
    folded = [fold(piece.word) for piece in pieces]
    is_shouted = sum(sign.isupper() for sign in text) > sum(sign.islower() for sign in text)
    at = 0
    while at < len(pieces):
        first = end = at
        cue = _cue_before(folded, at, known.name_cues)
        if cue and (at == len(cue) or folded[at - len(cue) - 1] not in known.things):
            while first < len(pieces) and (folded[first] == "la" or pieces[first].word in _AFTER_CUE):
                first += 1
            end = _sure_name_end(text, pieces, folded, first, is_shouted)
        elif _cue_before(folded, at, known.person_cues):
            end = _likely_name_end(text, pieces, folded, first, is_shouted)
        if end > first:
            yield pieces[first].start, pieces[end - 1].end
            at = end
        else:
            at += 1


def birth_dates(pieces: Sequence[Lexeme]) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of each date or year that follows a word for being born."""
    known = name_words()
    folded = [fold(piece.word) for piece in pieces]
    at = 0
    while at < len(pieces):
        cue = _cue_before(folded, at, known.birth_cues)
        end = at
        if cue and (at == len(cue) or folded[at - len(cue) - 1] not in known.birth_blockers):
            end = _date_end(pieces, folded, at, needs_shape=len(cue) == 1)
        start = at
        while start < end and (folded[start] in known.birth_words or pieces[start].kind not in NUMERIC):
            start += 1
        if end > start:
            yield pieces[start].start, pieces[end - 1].end
        at = max(end, at + 1)


def _cue_before(folded: list[str], at: int, cues: frozenset[tuple[str, ...]]) -> tuple[str, ...] | None:
    """Return the longest cue that ends just before this place."""
    for length in range(min(at, name_words().longest_cue), 0, -1):
        words = tuple(folded[at - length : at])
        if words in cues:
            return words
    return None


def _sure_name_end(
    text: str, pieces: Sequence[Lexeme], folded: list[str], first: int, is_shouted: bool
) -> int:
    """Return the index behind the name that a cue like "tên là" promises; `first` when none comes."""
    end = first if is_shouted else _capitals_end(text, pieces, first)
    return end if end > first else _lower_end(pieces, folded, first)


def _likely_name_end(
    text: str, pieces: Sequence[Lexeme], folded: list[str], first: int, is_shouted: bool
) -> int:
    """Return the index behind a full name after "ông" or "tôi là"; `first` when it may be no name."""
    known = name_words()
    if first >= len(pieces):
        return first
    end = first if is_shouted else _capitals_end(text, pieces, first)
    if end - first > 1 and folded[first] in known.surnames:
        return end
    if end == first and folded[first] in known.unmistakable:
        end = _lower_end(pieces, folded, first)
    return end if end - first > 1 else first


def _capitals_end(text: str, pieces: Sequence[Lexeme], first: int) -> int:
    end = first
    while end < len(pieces) and end - first < _MAX_NAME:
        piece = pieces[end]
        if _joins_name(pieces, first, end):
            end += 2
            continue
        if not (piece.word[0].isalpha() and text[piece.start].isupper()) or _is_parted(pieces, first, end):
            break
        end += 1
    return end


def _lower_end(pieces: Sequence[Lexeme], folded: list[str], first: int) -> int:
    known = name_words()
    end = first
    while end < len(pieces) and end - first < _MAX_LOWER_NAME:
        if _joins_name(pieces, first, end):
            end += 2
            continue
        is_stop = folded[end] in known.stop_words or pieces[end].word in known.stop_words_exact
        if is_stop or not pieces[end].word.isalpha() or _is_parted(pieces, first, end):
            break
        end += 1
    return end


def _joins_name(pieces: Sequence[Lexeme], first: int, at: int) -> bool:
    """Tell whether an apostrophe joins two parts of a name here (H'Lan, M'Drắk)."""
    if at == first or at + 1 >= len(pieces) or pieces[at].word != "'":
        return False
    return pieces[at - 1].end == pieces[at].start and pieces[at].end == pieces[at + 1].start


def _is_parted(pieces: Sequence[Lexeme], first: int, at: int) -> bool:
    """Tell whether more than a blank or two stands before this word of a name: a new line, say."""
    return at > first and pieces[at].start - pieces[at - 1].end > 2


def _date_end(pieces: Sequence[Lexeme], folded: list[str], at: int, *, needs_shape: bool) -> int:
    """Return the index behind a date said or typed from here, or `at` when no number comes.

    `needs_shape`: the cue is weak ("sinh"), so a year, a month or the signs of a date must be there.
    """
    known = name_words()
    end, has_number, has_shape, joins = at, False, False, False
    for index in range(at, min(at + _MAX_DATE, len(pieces))):
        piece = pieces[index]
        if piece.kind in NUMERIC and not (folded[index] == "nam" and not has_number):
            if piece.kind is Kind.TYPED and len(piece.value) > _LONGEST_IN_DATE:
                break
            has_shape = has_shape or joins or (piece.kind is Kind.TYPED and len(piece.value) == 4)
            has_number, end = True, index + 1
        elif folded[index] in known.birth_words or piece.kind in (Kind.DASH, Kind.DOT):
            joins = has_number and (joins or piece.kind is Kind.DASH or folded[index] == "thang")
        elif piece.kind is not Kind.FILLER and piece.word != ":":
            break
    return end if has_number and (has_shape or not needs_shape) else at
