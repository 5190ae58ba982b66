"""Where somebody lives, read part by part behind a word that says so: "thường trú thôn Pả Vi Hạ, xã Pả Vi".

A commune alone is what most questions turn on and points to thousands; from the village down it points to a household.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from language import data
from language.characters import fold
from language.lexemes import NUMERIC, Kind, Lexeme
from language.redaction.pieces import Piece, Tag

_MAX_PARTS = 8
_MAX_BETWEEN = 3
_MAX_CAPITALS = 5
_MAX_SMALL = 3
_MAX_NUMBER = 8
_MAX_SAID = 4
_SAID_KINDS = NUMERIC - {Kind.TYPED, Kind.JOINER}
_HOUSES = frozenset(
    {"số nhà", "nhà số", "ngõ", "ngách", "hẻm", "kiệt", "căn", "căn hộ", "lô", "chung cư", "tòa", "toà"}
)
"""Two parts of which one is of these are an address without any word before them."""
_WEAK = frozenset({
    "ở", "tới", "đến", "nhà", "tôi ở", "em ở", "con ở", "cháu ở", "mình ở", "hiện ở", "đang ở", "sống ở", "sống tại",
    "ở tại",
})  # fmt: skip
"""Behind these alone an address must lead to a house: "em ở thôn 5", "đến phố Huế" may be anybody's way."""
_COMMUNES = frozenset({"xã", "phường"})
_ROOMS = frozenset({"phòng", "tầng", "khu"})
"""Offices have them, too."""
_OWN_HOUSE = frozenset({"nhà", "số"})
"""Parts that only a number makes one."""


@dataclass(frozen=True, slots=True)
class AddressWords:
    """The vocabulary of ``addresses.yml``; each phrase as words, without diacritics too."""

    cues: dict[tuple[str, ...], str]
    units: dict[tuple[str, ...], str]
    close: frozenset[str]
    named: frozenset[str]
    between: frozenset[str]
    stop_words: frozenset[str]


@data.cached()
def address_words() -> AddressWords:
    """Return the words around addresses, read on first use."""
    content = data.load("redaction/addresses")
    return AddressWords(
        # "toi" is rather "tôi" than "tới", "den" rather an engine's word than a house's.
        cues={words: cue for words, cue in _phrases(content["cues"]).items() if words not in {("toi",), ("den",)}},
        units=_phrases([*content["close"], *content["far"]]),
        close=frozenset(content["close"]),
        named=frozenset(content["named"].split()) | {"khu phố"},
        between=_both(content["between"]),
        stop_words=_both(content["stop_words"]),
    )


def _both(words: str) -> frozenset[str]:
    return frozenset(words.split()) | frozenset(fold(words).split())


def _phrases(listed: Sequence[str]) -> dict[tuple[str, ...], str]:
    return {
        tuple(spelling(phrase).replace("/", " / ").split()): phrase for phrase in listed for spelling in (fold, str)
    }


def addresses(text: str, lexemes: Sequence[Lexeme]) -> Iterator[Piece]:
    """Yield each address behind a word that announces one, and each of two parts that are somebody's house."""
    reader = _Reader(text, lexemes)
    at = 0
    while at < len(lexemes):
        end = reader.announced(at) or reader.unannounced(at)
        if end is None:
            at += 1
            continue
        yield Piece(lexemes[end[0]].start, lexemes[end[1] - 1].end, Tag.ADDRESS)
        at = end[1]


@dataclass(slots=True)
class _Parts:
    """Parts of an address that follow each other."""

    end: int
    count: int = 0
    close: int = 0
    """How many are smaller than a commune."""
    has_number: bool = False
    has_house: bool = False

    @property
    def is_house(self) -> bool:
        """Whether they lead to a house, or nearly: "tổ 9, khu phố Bình Minh"; "thôn 5" alone may be anybody's."""
        return self.has_number and (self.has_house or self.close > 1)


class _Reader:
    def __init__(self, text: str, lexemes: Sequence[Lexeme]) -> None:
        self._text = text
        self._lexemes = lexemes
        self._words = [piece.word for piece in lexemes]
        self._is_small = not any(sign.isupper() for sign in text[1:])

    def announced(self, at: int) -> tuple[int, int] | None:
        """First and behind the last lexeme of the address a cue at this place announces."""
        known = address_words()
        cue = self._phrase(at, known.cues)
        if cue is None:
            return None
        behind, phrase = cue
        for skipped in range(_MAX_BETWEEN + 1):
            first = behind + skipped
            parts = self._parts(first, is_declared=phrase not in _WEAK)
            enough = parts.close and (phrase not in _WEAK or parts.is_house)
            if enough:
                return first, parts.end
            if first >= len(self._words) or not (self._words[first] in known.between or self._words[first] in ":-,."):
                return None
        return None

    def unannounced(self, at: int) -> tuple[int, int] | None:
        """The same for two parts of which one is a house, without a cue."""
        unit = self._phrase(at, address_words().units)
        if unit is None or unit[1] not in _HOUSES:
            return None
        parts = self._parts(at, is_declared=False)
        return (at, parts.end) if parts.count > 1 and parts.has_house and parts.has_number else None

    def _parts(self, first: int, *, is_declared: bool) -> _Parts:
        """Parts from here on; where somebody declares an address, names in small letters and communes go along."""
        parts = _Parts(first)
        at = first
        while parts.count < _MAX_PARTS:
            read = self._part(at, takes_small=is_declared or parts.has_number)
            if read is None:
                break
            at, unit, is_number = read
            is_close = not unit or unit in address_words().close
            if not is_close and not is_declared:
                break
            parts.end, parts.count = at, parts.count + 1
            parts.close += is_close and (unit not in _ROOMS or (unit == "khu" and is_number))
            parts.has_number |= is_number
            parts.has_house |= unit in _HOUSES or not unit or (unit == "số" and is_number)
            while at < len(self._words) and self._words[at] in {",", "-", "cạnh"}:
                at += 1
        return parts

    def _part(self, at: int, *, takes_small: bool) -> tuple[int, str, bool] | None:
        """Index behind one part, its unit ("" for a number with a street's name), whether it has a number."""
        unit = self._phrase(at, address_words().units)
        if unit is None:
            number = self._number(at)
            street = self._capitals(number) if number else at
            if number and street - number >= 2:
                return street, "", True
            # "28/4B ấp 3": a house without a word for it, before the next part.
            return (number, "", True) if number and self._opens_part(number) else None
        behind, name = unit
        if behind < len(self._words) and self._words[behind] == ".":
            behind += 1
        if behind < len(self._words) and self._words[behind] in {"số", "so"}:
            behind += 1
        if number := self._number(behind, said=name not in address_words().named | _OWN_HOUSE):
            return self._named_by_day(max(number, self._capitals(number))), name, name in address_words().close
        if name in _OWN_HOUSE:
            number = self._number(behind, said=True)
            return (number, name, True) if number and self._opens_part(number) else None
        end = self._capitals(behind)
        if (
            end == behind
            and takes_small
            and self._is_small
            and (name in address_words().named or name in {"xã", "phường"})
        ):
            end = self._small(behind)
        number = self._number(end) if end > behind else None
        return (number or end, name, number is not None) if end > behind else None

    def _opens_part(self, at: int) -> bool:
        """Whether a smaller part with its own number or name stands here."""
        unit = self._phrase(at, address_words().units)
        if unit is None or unit[1] not in address_words().close - _OWN_HOUSE - _ROOMS:
            return False
        return self._number(unit[0], said=True) is not None or self._capitals(unit[0]) > unit[0]

    def _named_by_day(self, at: int) -> int:
        """Behind the month of a street that is called after a day: "đường 30 tháng 4"."""
        if self._words[at : at + 1] == ["tháng"] and (end := self._number(at + 1)):
            return end
        return at

    def _number(self, at: int, *, said: bool = False) -> int | None:
        """Behind "12", "45/12a", "B12" and, where it may be said, "ba mươi hai"; None where no number stands."""
        end = at
        lexemes = self._lexemes
        if at + 1 < len(lexemes) and len(self._words[at]) <= 2 and self._words[at].isalpha() and self._glued(at + 1):
            end = at + 1
        if end < len(lexemes) and lexemes[end].kind is Kind.TYPED and len(self._words[end]) <= 4:
            end += 1
            while end < len(lexemes) and end - at < _MAX_NUMBER and self._glued(end):
                if not (self._words[end] == "/" or lexemes[end].kind is Kind.TYPED or len(self._words[end]) == 1):
                    break
                end += 1
            return end - 1 if self._words[end - 1] in {"/", ",", "."} else end
        end = at
        while (
            said
            and end < len(lexemes)
            and end - at < 4
            and lexemes[end].kind in NUMERIC
            and lexemes[end].kind not in {Kind.TYPED, Kind.JOINER}
        ):
            end += 1
        return end if end > at else None

    def _glued(self, at: int) -> bool:
        return self._lexemes[at - 1].end == self._lexemes[at].start and self._words[at] not in {",", "."}

    def _capitals(self, at: int) -> int:
        end = at
        while end < len(self._words) and end - at < _MAX_CAPITALS and self._starts_capital(end):
            end += 1
        return end

    def _starts_capital(self, at: int) -> bool:
        sign = self._text[self._lexemes[at].start]
        return sign.isalpha() and sign.isupper()

    def _small(self, at: int) -> int:
        known = address_words()
        end = at
        while end < len(self._words) and end - at < _MAX_SMALL:
            word = self._words[end]
            # "xa cu jut": without diacritics a name may begin like another word, or go on like one, not both.
            after = self._words[end + 1] if end + 1 < len(self._words) else ""
            opens = end == at and after.isalpha() and after not in known.stop_words
            is_bare_name = self._text.isascii() and (opens or end == at + 1)
            is_over = not word.isalpha() or (word in known.stop_words and not is_bare_name)
            if is_over or (end > at and self._phrase(end, known.units)):
                break
            end += 1
        return end

    def _phrase(self, at: int, phrases: dict[tuple[str, ...], str]) -> tuple[int, str] | None:
        for length in (4, 3, 2, 1):
            words = tuple(self._words[at : at + length])
            if len(words) == length and words in phrases:
                return at + length, phrases[words]
        return None
