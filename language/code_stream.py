"""Cutting a message into the letter, digits and separators that could be a dossier code."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from language import data
from language.lexemes import NUMERIC, Kind, Lexeme, vocabulary
from language.readings import Reading, readings

GLUED, BLANK, DOT, DASH = 0, 1, 2, 3
"""How strongly two digits are parted: not at all, by a blank or a filler, by a dot, by a dash."""

_MAX_SEGMENTS = 30
_MAX_GAP = 4
_MAX_PREFIX = 24
"""Lexemes looked at before the letter: seven digits said one by one, with commas and "chấm" between."""

_DOT_SIGNS = frozenset(".,:;|*_~'·•")
_DASH_SIGNS = frozenset("-/#\\")


@dataclass(frozen=True, slots=True)
class Segment:
    """Digits that nothing parts, in each way they can be read."""

    options: tuple[Reading, ...]
    parted: int
    """How strongly the segment is parted from what stands before it."""
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Anchor:
    """A letter that may be the agency's, with the digits around it."""

    letter: str
    letter_start: int
    before: tuple[Segment, ...]
    """In text order; `parted` of the first one means nothing, `parted_from_letter` that of the last."""
    parted_from_letter: int
    after: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class CodeWords:
    """The vocabulary of ``dossier_codes.yml``."""

    letters: dict[str, str]
    doubtful_letters: dict[str, str]
    cues: frozenset[str]
    glued: frozenset[str]
    fillers: frozenset[str]
    three_digit_units: frozenset[str]
    usual_forms: dict[str, tuple[tuple[int, int], ...]]
    """Digits of the date and of the running number, by letter, the usual form first."""


@data.cached()
def code_words() -> CodeWords:
    """Return the words of dossier codes, read on first use."""
    content = data.load("dossier_codes")

    def by_word(table: dict[str, str]) -> dict[str, str]:
        return {word: letter for letter, words in table.items() for word in words.split()}

    return CodeWords(
        letters=by_word(content["letters"]),
        doubtful_letters=by_word(content["doubtful_letters"]),
        cues=frozenset(content["cues"].split()),
        glued=frozenset(content["glued"].split()),
        fillers=frozenset(content["fillers"].split()) | vocabulary().fillers,
        three_digit_units=frozenset(content["three_digit_units"].split()),
        usual_forms={letter: tuple(map(_form, forms.split())) for letter, forms in content["usual_forms"].items()},
    )


def _form(written: str) -> tuple[int, int]:
    date, sequence = written.split("+")
    return int(date), int(sequence)


def code_anchors(lexemes: Sequence[Lexeme]) -> list[Anchor]:
    """Return the letters of a message that have digits behind them, in order."""
    anchors = []
    for at, piece in enumerate(lexemes):
        letter, rest = _letter(lexemes, at)
        # "hồ sơ 0322...": a filler behind the letter's name says it is a word here.
        if not letter or not lexemes[at + 1 : at + 2] or lexemes[at + 1].kind in (Kind.FILLER, Kind.COUNT):
            continue
        after = _segments(lexemes, at + 1, rest)
        if not after or after[0].parted > DOT:
            continue
        before, parted = _segments_before(lexemes, at)
        anchors.append(Anchor(letter, piece.end - len(rest) - 1 if rest else piece.start, before, parted, after))
    return anchors


def _letter(lexemes: Sequence[Lexeme], at: int) -> tuple[str, str]:
    """Return the agency letter that this word says, and digits typed as letters behind it ("HI5", "HO5")."""
    words = code_words()
    piece = lexemes[at]
    if piece.kind not in (Kind.WORD, Kind.FILLER):
        return "", ""
    followed = at + 1 < len(lexemes) and lexemes[at + 1].start == piece.end and lexemes[at + 1].kind is Kind.TYPED
    letters = piece.word.rstrip("oil") if followed else ""
    if letters[-1:] in ("g", "h") and (letters[:-1] in words.glued or letters[:-1] == ""):
        return letters[-1].upper(), piece.word[len(letters) :]
    if piece.word in words.letters:
        return words.letters[piece.word], ""
    if piece.word in words.doubtful_letters and (at == 0 or lexemes[at - 1].word in words.cues):
        return words.doubtful_letters[piece.word], ""
    return "", ""


def _segments(lexemes: Sequence[Lexeme], at: int, typed_before: str) -> tuple[Segment, ...]:
    """Return the segments from here on, as far as only digits, separators and fillers follow."""
    segments: list[Segment] = []
    parted, gap = (GLUED, 0)
    while at < len(lexemes) and len(segments) < _MAX_SEGMENTS:
        piece = lexemes[at]
        if piece.kind in NUMERIC:
            end = _end_of_segment(lexemes, at)
            if not segments and typed_before:
                parted = GLUED
            elif at and lexemes[at - 1].end < piece.start:
                parted = max(parted, BLANK)
            segment = _segment(lexemes[at:end], parted, typed_before if not segments else "")
            if segment is None:
                break
            segments.append(segment)
            parted, gap, at = GLUED, 0, end
            continue
        strength = _separator(piece)
        gap += 1
        if strength is None or gap > _MAX_GAP:
            break
        parted = max(parted, strength)
        at += 1
    return tuple(segments)


def _segments_before(lexemes: Sequence[Lexeme], letter_at: int) -> tuple[tuple[Segment, ...], int]:
    start = letter_at
    while start and letter_at - start < _MAX_PREFIX:
        piece = lexemes[start - 1]
        if piece.kind not in NUMERIC and _separator(piece) is None:
            break
        start -= 1
    while start < letter_at and lexemes[start].kind not in NUMERIC:
        start += 1
    parted = GLUED if start < letter_at and lexemes[letter_at - 1].end == lexemes[letter_at].start else BLANK
    for piece in reversed(lexemes[start:letter_at]):
        if piece.kind in NUMERIC:
            break
        parted = max(parted, _separator(piece) or GLUED)
    return _segments(lexemes[:letter_at], start, ""), parted


def _end_of_segment(lexemes: Sequence[Lexeme], at: int) -> int:
    """Typed groups are a segment each; number words, and digits typed singly, go on until a sign comes."""
    end = at + 1
    if lexemes[at].kind is Kind.TYPED:
        while len(lexemes[at].value) == 1 and end < len(lexemes) and _is_single_digit(lexemes[end]):
            end += 1
        return end
    while end < len(lexemes) and (lexemes[end].kind in NUMERIC - {Kind.TYPED} or _is_inner_count(lexemes, end)):
        end += 1
    return end


def _is_single_digit(piece: Lexeme) -> bool:
    return piece.kind is Kind.TYPED and len(piece.value) == 1


def _is_inner_count(lexemes: Sequence[Lexeme], at: int) -> bool:
    """Tell whether "số" or "con" stands between number words ("ba số không")."""
    return lexemes[at].kind is Kind.COUNT and at + 1 < len(lexemes) and lexemes[at + 1].kind in NUMERIC - {Kind.TYPED}


def _segment(pieces: Sequence[Lexeme], parted: int, typed_before: str) -> Segment | None:
    options = tuple(readings(pieces))
    if typed_before:
        prefix = typed_before.replace("o", "0").replace("i", "1").replace("l", "1")
        options = tuple(Reading(option.cost, prefix + option.digits) for option in options)
    return Segment(options, parted, pieces[0].start, pieces[-1].end) if options else None


def _separator(piece: Lexeme) -> int | None:
    """Return how strongly this piece parts digits, None when it ends a code."""
    if piece.kind is Kind.DOT or piece.word in _DOT_SIGNS:
        return DOT
    if piece.kind is Kind.DASH or piece.word in _DASH_SIGNS:
        return DASH
    if piece.kind in (Kind.FILLER, Kind.COUNT) or piece.word in code_words().fillers or piece.word in '"()[]':
        return BLANK
    return None
