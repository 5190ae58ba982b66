"""Reads the kind of question from the words: "có cần sổ hộ khẩu không" asks whether that book is needed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import yaml

from contract.questions import Question, QuestionKind
from language.normalise import fold, normalise

_GAP = r"(?:\S+ ){0,10}?"
_GAP_OF_MONEY = r"(?:(?!(?:hết|het|mất|mat|tốn|ton|phí|phi|nộp|nop|đóng|dong|trả|tra) )\S+ ){0,10}?"
"""Between what is received and how much of it; "nhận con nuôi hết bao nhiêu" asks what is paid."""
_NUMBER = r"(?:\d+|một|mot|hai|ba|bốn|bon|năm|nam|lăm|sáu|sau|bảy|bay|tám|tam|chín|chin|mười|muoi|mươi|mốt|rưỡi|ruoi) "
_THING = r"(?P<thing>(?:\S+ ){1,7}?)"
_THING_LAST = r"(?P<thing>(?:\S+ ){1,7})"


class QuestionReader:
    """Finds the kind of a question by its shape.

    Args:
        shapes: by kind, in the order in which they are tried; those of None only look like a question.
    """

    def __init__(self, shapes: Mapping[QuestionKind | None, Sequence[str]]) -> None:
        self._kinds = [
            (kind, list({shape.pattern: shape for text in listed for shape in _shapes(text, kind)}.values()))
            for kind, listed in shapes.items()
        ]

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
        text = f"{_together(normalised)} "
        words = set(fold(text).split())
        for kind, shapes in self._kinds:
            for shape in shapes:
                # Nearly every shape has a word that was not said; looking for the others costs a hundredth.
                found = shape.search(text) if shape.needed <= words else None
                if found is not None:
                    return kind, found
        return None


@dataclass(frozen=True)
class _Shape:
    needed: frozenset[str]
    """Folded words a message must hold to have the shape."""
    pattern: str

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern)

    def search(self, text: str) -> re.Match[str] | None:
        return self._compiled.search(text)


_ONE_WORD = re.compile(r"(?<!\S)(căn|can|hợp|hop) (cước|cuoc|đồng|dong)(?!\S)")
"""Without diacritics they begin or end like "cần", "đóng"."""


def _together(text: str) -> str:
    return _ONE_WORD.sub(r"\1_\2", text)


def _apart(text: str) -> str:
    return text.replace("_", " ")


def _kept(match: re.Match[str]) -> list[str]:
    return sorted((name for name in match.groupdict() if name != "thing"), key=match.start)


def _shapes(text: str, kind: QuestionKind | None) -> Iterator[_Shape]:
    """A shape as it is written, and as the normaliser spells it."""
    parts = re.split(r"(…|\{thing\}|#|\[|\])", text)
    spelt = " ".join(part if part in _MARKS else normalise(part) for part in parts if part.strip())
    written = re.sub(r"([\[\]])", r" \1 ", text.lower())
    for form in dict.fromkeys((spelt, " ".join(written.split()))):
        words = _together(form).split()
        yield _Shape(frozenset(map(fold, words)) - _MARKS, _pattern(words, of_money=kind in _OF_MONEY))


_MARKS = frozenset({"…", "{thing}", "#", "[", "]"})
_OF_MONEY = frozenset({QuestionKind.RECEIVE, QuestionKind.BESIDES})
_HOW_MUCH = ("bao", "nhiêu")
_NOT_MONEY = (
    r"(?!(?:ngày|ngay|tháng|thang|năm|nam|tuổi|tuoi|bản|ban|lâu|lau|hôm|hom|giấy|giay|bộ|bo|tấm|tam|người|nguoi) )"
)
"""What "bao nhiêu" counts where no money is asked for."""


def _pattern(words: Sequence[str], of_money: bool) -> str:
    pattern = ""
    for place, word in enumerate(words):
        if word == "…":
            pattern += f"(?P<kept{place}>{_GAP_OF_MONEY if of_money else _GAP})"
        elif word == "#":
            pattern += _NUMBER
        elif word == "{thing}":
            pattern += _THING
        elif word == "[":
            pattern += f"(?P<kept{place}>"
        elif word == "]":
            pattern += ")"
        else:
            pattern += f"(?:{'|'.join(re.escape(form) for form in dict.fromkeys((word, fold(word))))}) "
    if pattern.endswith(_THING):
        # A thing named last goes on to the end of what was said.
        pattern = pattern.removesuffix(_THING) + _THING_LAST
    if of_money and tuple(words[-2:]) == _HOW_MUCH:
        pattern += _NOT_MONEY
    return rf"(?<!\S){pattern}"


@lru_cache(maxsize=4)
def questions_of(nlu_data: Path) -> QuestionReader:
    """The reader over ``questions.yml`` of a folder of language data."""
    content = yaml.safe_load((nlu_data / "questions.yml").read_text(encoding="utf-8"))
    return QuestionReader({QuestionKind(name) if name != "none" else None: listed for name, listed in content.items()})
