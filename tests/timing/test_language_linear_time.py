"""No function of the room takes the square of its text's length, whatever somebody sends."""

from __future__ import annotations

import datetime as dt
import importlib
import inspect
import pkgutil
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import language
from language.languages import default_language, installed
from language.lexemes import lex
from language.normalise import normalise
from language.redaction.personal_data import redact
from language.said_in import said_in
from language.spoken import speakable

HOSTILE = (
    "a", "0", "-1", "1/", "a.", "A.B.", "_", " ", "<a&", "a@b.", "a\u0301", "(0", "0 ", "X", "hai mươi ", "không ",
    "Nguyễn Văn ", "H'", "tên là ", "sinh ngày 5 tháng ", "phòng 1 số nhà 1 ", "12 đường Lê ", "a chấm ",
    "?ten=", "D1-", "nhà ở số 1 ngõ ", "ở ", "thửa ", "biển số hai ba bê ",
    "thường trú thôn a ", "email là a ", "thẻ a ", "gặp A ",
)  # fmt: skip
"""What made, or might make, an expression look again and again over the same letters."""
DIGITS = ("0", "9", "12")
SHORT, LONG = 3_000, 12_000
"""Letters: a square takes sixteen times as long, a line four times."""
MOST = 8
ENOUGH = 0.02
"""Seconds of processor time below which nothing is proven: a short text may be answered early, a long one late."""
NOT_FOR_TEXT = {
    "enter", "serve", "using", "load", "folder", "has_languages", "read_languages", "cached", "number_to_words",
    "format_money", "format_date", "best_layout", "holds", "nearest", "kilometres",
}  # fmt: skip
"""Take folders, names of files, numbers or what other functions found; no text."""
GIVEN: dict[str, Any] = {
    "today": dt.date(2026, 11, 30),
    "latest": dt.date(2026, 11, 30),
    "year": "2026",
    "signs": "NĐ-CP",
    "written": "xin chào",
    "language": default_language(),
}


def functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Each public function and class method of the room that is handed something."""
    for found in pkgutil.walk_packages(language.__path__, "language."):
        module = importlib.import_module(found.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if (
                function.__module__ == module.__name__
                and not name.startswith("_")
                and inspect.signature(function).parameters
            ):
                yield f"{found.name.removeprefix('language.')}.{name}", function
        for _, kind in inspect.getmembers(module, inspect.isclass):
            for name, value in vars(kind).items():
                if kind.__module__ == module.__name__ and isinstance(value, classmethod) and not name.startswith("_"):
                    yield f"{found.name.removeprefix('language.')}.{kind.__name__}.{name}", getattr(kind, name)


FUNCTIONS = {name: function for name, function in functions() if name.rsplit(".", 1)[1] not in NOT_FOR_TEXT}


def called_with(function: Callable[..., Any], text: str) -> Callable[[], Any]:
    """The function with a text in place of its first parameter, in whichever form it takes one."""
    first, *others = inspect.signature(function).parameters.values()
    forms = {"Sequence[Lexeme]": lambda: lex(text), "list[str]": text.split}
    handed = forms.get(str(first.annotation), lambda: text)()
    more = []
    for other in others:
        if other.default is not inspect.Parameter.empty or other.kind is inspect.Parameter.KEYWORD_ONLY:
            continue
        if "Lexeme" in str(other.annotation):
            more.append(lex(text))
        elif "SpeechForms" in str(other.annotation):
            more.append(installed()[installed().others(default_language())[0]].speech)
        elif "Dialect" in str(other.annotation):
            more.append(importlib.import_module("language.number_words").Dialect.NORTH)
        else:
            more.append(GIVEN[other.name])

    def call() -> None:
        result = function(handed, *more)
        if inspect.isgenerator(result):
            list(result)

    return call


def seconds(call: Callable[[], Any]) -> float | None:
    """Processor time of one call; None where the text is refused, which is an answer, too."""
    begun = time.process_time()
    try:
        call()
    except (ValueError, KeyError):
        return None
    return time.process_time() - begun


def test_the_room_has_as_many_functions_of_text_as_one_would_think() -> None:
    assert len(FUNCTIONS) >= 45


def repeated(unit: str, length: int) -> str:
    """Hostile text; digits alone, or with a word at either end, where blanks would be stripped otherwise."""
    text = (unit * (length // len(unit) + 1))[:length]
    return text if unit in DIGITS else f"x {text} x"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_four_times_the_text_takes_about_four_times_as_long(name: str) -> None:
    function = FUNCTIONS[name]
    seconds(called_with(function, "một 1"))
    slow = []
    for unit in (*HOSTILE, *DIGITS):
        short = seconds(called_with(function, repeated(unit, SHORT)))
        if short is None:
            continue
        # A collection of garbage slows one look, a square all of them. Other lengths, since results may be kept.
        for again in range(4):
            long = seconds(called_with(function, repeated(unit, LONG + again)))
            if long is None or long <= MOST * max(short, ENOUGH):
                break
        else:
            slow.append((unit, round(short, 3), round(long, 3)))
    assert slow == []


@pytest.mark.parametrize("function", [redact, speakable, normalise, said_in], ids=lambda function: function.__name__)
@pytest.mark.parametrize("unit", ["-1", "Thị ", "phòng 1 số nhà 1 "])
def test_a_hundred_kilobytes_take_seconds(function: Callable[[str], Any], unit: str) -> None:
    taken = seconds(called_with(function, repeated(unit, 100_000)))
    assert taken is not None
    assert taken < 6
