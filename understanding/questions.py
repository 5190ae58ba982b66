"""Reads the kind of question from the words: "có cần sổ hộ khẩu không" asks whether that book is needed."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import yaml

from contract.questions import Question, QuestionKind
from language.normalise import fold, normalise

_GAP = r"(?:\S+ ){0,10}?"
_THING = r"(?P<thing>(?:\S+ ){1,7}?)"
_THING_LAST = r"(?P<thing>(?:\S+ ){1,7})"


class QuestionReader:
    """Finds the kind of a question by its shape.

    Args:
        shapes: by kind, in the order in which they are tried.
    """

    def __init__(self, shapes: Mapping[QuestionKind, Sequence[str]]) -> None:
        self._shapes = [
            (kind, _needed(form), _shape(form))
            for kind, listed in shapes.items()
            for form in dict.fromkeys(form for text in listed for form in _forms(text))
        ]
        said = Counter(word for _, needed, _ in self._shapes for word in needed)
        self._by_word: dict[str | None, list[int]] = {}
        for place, (_, needed, _) in enumerate(self._shapes):
            # Nearly every shape has a word that was not said; under its rarest it is seldom looked at.
            rarest = min(needed, key=lambda word: (said[word], word), default=None)
            self._by_word.setdefault(rarest, []).append(place)

    def read(self, folded: str) -> Question | None:
        """The question in a folded, normalised message; None when its words have no shape that is known."""
        found = self._find(f"{folded} ")
        if found is None:
            return None
        kind, match = found
        thing = match.groupdict().get("thing")
        return Question(kind=kind, thing=thing.strip() if thing else None)

    def frame(self, folded: str) -> str:
        """The message without the words of the shape that was read: what is left names a matter, or nothing."""
        text = f"{folded} "
        found = self._find(text)
        if found is None:
            return folded
        _, match = found
        return " ".join(f"{text[: match.start()]} {text[match.end() :]}".split())

    def _find(self, text: str) -> tuple[QuestionKind, re.Match[str]] | None:
        """The first shape a message has, in their order."""
        words = set(text.split())
        for place in sorted(place for word in (*words, None) for place in self._by_word.get(word, ())):
            kind, needed, shape = self._shapes[place]
            match = shape.search(text) if needed <= words else None
            if match is not None:
                return kind, match
        return None


def _forms(shape: str) -> tuple[str, ...]:
    parts = re.split(r"(…|\{thing\})", shape)
    fixed = ("…", "{thing}")
    normal = " ".join(part if part in fixed else fold(normalise(part)) for part in parts if part.strip())
    return tuple(dict.fromkeys((normal, " ".join(fold(part) if part not in fixed else part for part in parts))))


def _needed(shape: str) -> frozenset[str]:
    """The words a message must hold to have a shape."""
    return frozenset(shape.split()) - {"…", "{thing}"}


def _shape(shape: str) -> re.Pattern[str]:
    pattern = ""
    for word in shape.split():
        pattern += _GAP if word == "…" else _THING if word == "{thing}" else re.escape(word) + " "
    # A thing named last goes on to the end of what was said.
    pattern = f"{pattern.removesuffix(_THING)}{_THING_LAST}" if pattern.endswith(_THING) else pattern
    return re.compile(rf"(?<!\S){pattern}")


@lru_cache(maxsize=4)
def questions_of(nlu_data: Path) -> QuestionReader:
    """The reader over ``questions.yml`` of a folder of language data."""
    content = yaml.safe_load((nlu_data / "questions.yml").read_text(encoding="utf-8"))
    return QuestionReader({QuestionKind(name): listed for name, listed in content.items()})
