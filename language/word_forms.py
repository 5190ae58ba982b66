"""Writing out one word: abbreviations, chat spelling, misplaced tone marks, Telex, missing spaces."""

from __future__ import annotations

import re
from dataclasses import dataclass

from language import data, gluing, telex
from language.characters import fold
from language.syllables import is_common, is_syllable, parse

_NUMBER_THEN_WORD = re.compile(r"(\d[\d.,]*)([^\W\d_]+)(\d*)")
_WORD_THEN_NUMBER = re.compile(r"([^\W\d_]{2,})(\d{1,4}(?:/\d{1,4}){0,2})")
_HELD_CONSONANT = re.compile(r"([bcdđghklmnpqrstvxz])\1{2,}")
_HELD_LETTER = re.compile(r"([^\W\d_])\1{2,}")
_HOUR_UNITS = frozenset({"h", "g"})
_MIDDLE_UNITS = _HOUR_UNITS | {"tr"}


@dataclass(frozen=True, slots=True)
class WordTable:
    """Words with one meaning, from ``abbreviations.yml`` and ``chat.yml``."""

    meanings: dict[str, tuple[str, ...]]
    foreign: frozenset[str]
    short_forms: frozenset[str]
    """Words of ``ambiguous.yml``: left to the rules that look at their company."""


@data.cached()
def table() -> WordTable:
    """Return the word table, read on first use."""
    abbreviations: dict[str, str] = data.load("abbreviations")["abbreviations"]
    chat = data.load("chat")
    meanings = {fold(short): tuple(meaning.split()) for short, meaning in abbreviations.items()}
    meanings |= {short: tuple(meaning.split()) for short, meaning in abbreviations.items()}
    meanings |= {short: tuple(meaning.split()) for short, meaning in chat["words"].items()}
    return WordTable(
        meanings=meanings,
        foreign=frozenset(chat["foreign"]["words"].split()),
        short_forms=frozenset(data.load("ambiguous")["short_forms"]),
    )


@data.cached(maxsize=20_000)
def write_out(word: str) -> tuple[str, ...]:
    """Return the words meant by one lower-case word; the word itself when nothing better is known.

    ``đkkh`` gives ``đăng ký kết hôn``, ``hoà`` ``hòa``, ``giaasy`` ``giấy``, ``50k`` ``50 k``. Applied
    again to its own result it changes nothing.
    """
    words = table()
    if word in words.meanings:
        return words.meanings[word]
    if word in words.foreign or word in words.short_forms:
        return (word,)
    if not word.isalpha():
        return _with_digits(word)
    if _HELD_CONSONANT.fullmatch(word):  # "kkk" is a laugh, not three times "không"
        return ()
    held = _HELD_LETTER.sub(r"\1", word)
    if held != word:
        return write_out(held)
    if word.isascii():
        if is_syllable(word) and is_common(word):
            return (word,)
    elif (syllable := parse(word)) is not None:
        written = syllable.written()
        return (written,) if written == word else write_out(written)
    if len(word) > 2 and word[-1] == word[-2] and _is_known(word[:-1]):
        return write_out(word[:-1])
    decoded = telex.decode(word)  # before rare syllables: "khoong" could be one, but is "không" in Telex
    if decoded is not None:
        return write_out(decoded)
    pieces = None if is_syllable(word) else gluing.split(word)
    if pieces is not None:
        return tuple(meant for piece in pieces for meant in write_out(piece))
    return (word,)


def _is_known(word: str) -> bool:
    words = table()
    return word in words.meanings or word in words.foreign or word in words.short_forms or is_syllable(word)


def _with_digits(word: str) -> tuple[str, ...]:
    """Part a number from the word it is glued to (``50k``, ``7h30``, ``lan2``), but never a code."""
    found = _NUMBER_THEN_WORD.fullmatch(word)
    if found:
        number, letters, rest = found.groups()
        is_hour = letters in _HOUR_UNITS and len(number) <= 2
        if (rest and letters not in _MIDDLE_UNITS) or (letters in _HOUR_UNITS and not is_hour):
            return (word,)
        if _is_known(letters) and (len(letters) > 1 or letters in table().short_forms):
            pieces = (number, *write_out(letters), rest)
            return tuple(piece for piece in pieces if piece)
        return (word,)
    found = _WORD_THEN_NUMBER.fullmatch(word)
    if found and is_syllable(found[1]) and found[1] not in table().meanings:
        return (*write_out(found[1]), found[2])
    return (word,)
