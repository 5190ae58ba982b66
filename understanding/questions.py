"""Reads the kind of question from the words: "có cần sổ hộ khẩu không" asks whether that book is needed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import yaml

from contract.questions import Question, QuestionKind
from language.normalise import fold, normalise
from understanding.typed import marked, own, unmarked

_STORY, _ITS_END = 22, 14
"""Syllables from which a message tells a story, and those at its end in which its question is looked for first."""
_GAP = r"(?:\S+ ){0,10}?"
_FEW, _MANY = r"\S+ ){1,7}?)", r"\S+ ){1,7})"
"""The end of a thing's expression, as few words as can be or as many; one named last goes on to the end."""


@dataclass(frozen=True)
class ShapeWords:
    """Words that shapes are read with; the content of ``words`` in ``questions.yml``."""

    numbers: Sequence[str]
    """What "#" stands for besides figures."""
    how_much: str
    """Asks for money at the end of a shape of money, unless one of ``counted`` follows."""
    counted: Sequence[str]
    spent: Sequence[str]
    """Between what is received and how much of it none of these stands: "nhận con nuôi hết bao nhiêu"."""
    no_thing: Sequence[str]
    """Words no thing begins with: "có phải cùng ra xã không" asks who must come."""
    wanted: Sequence[str]
    """Words as they are typed that end a thing: what somebody wants is the matter, and nothing asked about."""
    one_word: Sequence[str]
    """Two syllables that are looked at as one: the first of "căn cước" is no "cần"."""

    @cached_property
    def number(self) -> str:
        return rf"(?:\d+|{_either(self.numbers)}) "

    @cached_property
    def gap_of_money(self) -> str:
        return rf"(?:(?!(?:{_either(self.spent)}) )\S+ ){{0,10}}?"

    @cached_property
    def thing(self) -> str:
        """Its expression but for how far it goes."""
        return rf"(?P<thing>(?!(?:{_either(self.no_thing)}) )(?:(?!(?:{'|'.join(map(re.escape, self.wanted))}) )"

    @cached_property
    def not_money(self) -> str:
        return f"(?!(?:{_either(self.counted)}) )"

    @cached_property
    def _joined(self) -> re.Pattern[str]:
        pairs = (pair.split() for pair in self.one_word)
        either = "|".join(f"(?:{_either([first])}) (?:{_either([second])})" for first, second in pairs)
        return re.compile(rf"(?<!\S)(?:{either})(?!\S)")

    def together(self, text: str) -> str:
        """A text in which each of ``one_word`` is one word."""
        return self._joined.sub(lambda found: found[0].replace(" ", "_"), text) if self.one_word else text


def _either(words: Iterable[str]) -> str:
    """One of some words, with diacritics or without any."""
    return "|".join(re.escape(form) for word in words for form in dict.fromkeys((word, fold(word))))


class QuestionReader:
    """Finds the kind of a question by its shape.

    Args:
        shapes: by kind, in the order in which they are tried; those of None only look like a question.
        words: shapes are read with.
    """

    def __init__(self, shapes: Mapping[QuestionKind | None, Sequence[str]], words: ShapeWords) -> None:
        self._words = words
        self._shapes = [
            (kind, shape)
            for kind, listed in shapes.items()
            for shape in {shape.pattern: shape for text in listed for shape in _shapes(text, kind, words)}.values()
        ]
        said = Counter(word for _, shape in self._shapes for word in shape.needed)
        self._by_word: dict[str | None, list[int]] = {}
        for place, (_, shape) in enumerate(self._shapes):
            # Nearly every shape has a word that was not said; under its rarest it is seldom looked at.
            rarest = min(shape.needed, key=lambda word: (said[word], word), default=None)
            self._by_word.setdefault(rarest, []).append(place)

    def read(self, normalised: str) -> Question | None:
        """The question in a normalised message; None when its words have no shape that is known.

        Diacritics that were typed count: "mất thuê nhà" holds no "thuế".
        """
        found = self._find(normalised)
        if found is None or found[0] is None:
            return None
        thing = found[1].groupdict().get("thing")
        return Question(kind=found[0], thing=fold(_apart(thing)).strip() if thing else None)

    def frame(self, normalised: str) -> str:
        """The folded message without the words of the shape that was read: what is left names a matter, or nothing.

        What stands in the gaps of a shape is left, the thing asked about is not.
        """
        found = self._find(normalised)
        if found is None or found[0] is None:
            return fold(normalised)
        match = found[1]
        left = [match.string[: match.start()], *(match.groupdict(default="")[name] for name in _kept(match))]
        return fold(_apart(" ".join(" ".join([*left, match.string[match.end() :]]).split())))

    def _find(self, normalised: str) -> tuple[QuestionKind | None, re.Match[str]] | None:
        """The first shape a message has, in their order."""
        text = f"{self._words.together(marked(normalised))} "
        said = text.split()
        if len(said) > _STORY:
            # Who tells a story asks at its end: "… hai vợ chồng đi làm xa, giờ bà nội khai thay được không".
            end = self._find_from(text, len(text) - len(" ".join(said[-_ITS_END:])) - 1)
            if end is not None and end[0] not in (None, QuestionKind.MAY):
                return end
        return self._find_from(text, 0)

    def _find_from(self, text: str, start: int) -> tuple[QuestionKind | None, re.Match[str]] | None:
        words = set(fold(unmarked(text[start:])).split())
        for place in sorted(place for word in (*words, None) for place in self._by_word.get(word, ())):
            kind, shape = self._shapes[place]
            match = shape.search(text, start) if shape.needed <= words else None
            if match is not None:
                return kind, match
        return None


@dataclass(frozen=True)
class _Shape:
    needed: frozenset[str]
    """Folded words a message must hold to have the shape."""
    pattern: str

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def search(self, text: str, start: int) -> re.Match[str] | None:
        return self._compiled.search(text, start)


def _apart(text: str) -> str:
    return unmarked(text).replace("_", " ")


def _kept(match: re.Match[str]) -> list[str]:
    return sorted((name for name in match.groupdict() if name != "thing"), key=match.start)


def _shapes(text: str, kind: QuestionKind | None, known: ShapeWords) -> Iterator[_Shape]:
    """A shape as it is written, and as the normaliser spells it."""
    parts = re.split(r"(…|\{thing\}|#|\[|\])", text)
    spelt = " ".join(part if part in _MARKS else normalise(part) for part in parts if part.strip())
    written = re.sub(r"([\[\]])", r" \1 ", text.lower())
    for form in dict.fromkeys((spelt, " ".join(written.split()))):
        words = known.together(form).split()
        yield _Shape(frozenset(map(fold, words)) - _MARKS, _pattern(words, known, of_money=kind in _OF_MONEY))


_MARKS = frozenset({"…", "{thing}", "#", "[", "]"})
_OF_MONEY = frozenset({QuestionKind.RECEIVE, QuestionKind.BESIDES})


def _pattern(words: Sequence[str], known: ShapeWords, *, of_money: bool) -> str:
    pattern = ""
    for place, word in enumerate(words):
        if word == "…":
            pattern += f"(?P<kept{place}>{known.gap_of_money if of_money else _GAP})"
        elif word == "#":
            pattern += known.number
        elif word == "{thing}":
            pattern += known.thing + _FEW
        elif word == "[":
            pattern += f"(?P<kept{place}>"
        elif word == "]":
            pattern += ")"
        else:
            pattern += f"(?:{_either([word])}){own(word)} "
    if words[-1] == "{thing}":
        # A thing named last goes on to the end of what was said.
        pattern = pattern.removesuffix(_FEW) + _MANY
    if of_money and " ".join(words[-2:]) == known.how_much:
        pattern += known.not_money
    return rf"(?<!\S){pattern}"


@lru_cache(maxsize=4)
def questions_of(nlu_data: Path) -> QuestionReader:
    """The reader over ``questions.yml`` of a folder of language data."""
    content = yaml.safe_load((nlu_data / "questions.yml").read_text(encoding="utf-8"))
    words = ShapeWords(**content.pop("words"))
    shapes = {QuestionKind(name) if name != "none" else None: listed for name, listed in content.items()}
    return QuestionReader(shapes, words)
