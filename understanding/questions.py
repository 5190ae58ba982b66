"""Reads the kind of question from the words: "có cần sổ hộ khẩu không" asks whether that book is needed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

import yaml

from contract.questions import Question, QuestionKind
from language.normalise import fold, normalise

_GAP = r"(?:\S+ ){0,10}?"
_THING = r"(?P<thing>(?:\S+ ){1,7}?)"


class QuestionReader:
    """Finds the kind of a question by its shape.

    Args:
        shapes: by kind, in the order in which they are tried.
    """

    def __init__(self, shapes: Mapping[QuestionKind, Sequence[str]]) -> None:
        self._kinds = [
            (
                kind,
                [
                    (_needed(shape), _shape(shape))
                    for shape in dict.fromkeys(form for text in listed for form in _forms(text))
                ],
            )
            for kind, listed in shapes.items()
        ]

    def read(self, folded: str) -> Question | None:
        """The question in a folded, normalised message; None when its words have no shape that is known."""
        text = f"{folded} "
        words = set(text.split())
        for kind, shapes in self._kinds:
            for needed, shape in shapes:
                # Nearly every shape has a word that was not said; looking for the others costs a hundredth.
                found = shape.search(text) if needed <= words else None
                if found is not None:
                    thing = found.groupdict().get("thing")
                    return Question(kind=kind, thing=thing.strip() if thing else None)
        return None

    def frame(self, folded: str) -> str:
        """The message without the words of the shape that was read: what is left names a matter, or nothing."""
        text = f"{folded} "
        words = set(text.split())
        for _, shapes in self._kinds:
            for needed, shape in shapes:
                found = shape.search(text) if needed <= words else None
                if found is not None:
                    return " ".join(f"{text[: found.start()]} {text[found.end() :]}".split())
        return folded


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
    return re.compile(rf"(?<!\S){pattern}")


@lru_cache(maxsize=4)
def questions_of(nlu_data: Path) -> QuestionReader:
    """The reader over ``questions.yml`` of a folder of language data."""
    content = yaml.safe_load((nlu_data / "questions.yml").read_text(encoding="utf-8"))
    return QuestionReader({QuestionKind(name): listed for name, listed in content.items()})
