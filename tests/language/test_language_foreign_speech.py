"""English text for a voice, and the Vietnamese words in it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.foreign_speech import language_runs, one_line, written_out
from language.languages import installed

ENGLISH = installed()["en"].speech
assert ENGLISH is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Fee: 50.000 đồng per copy.", "Fee: 50000 dong per copy."),
        ("Fee: 1,500,000 VND", "Fee: 1500000 dong"),
        ("call 18001096, free", "call 1 8 0 0, 1 0 9 6, free"),
        ("call 113", "call 1 1 3"),
        ("call 0912345678", "call 0 9 1 2, 3 4 5, 6 7 8"),
        ("checked 20/07/2026", "checked 20 July 2026"),
        ("45/45/2026", "4 5 4 5 2 0 2 6"),
        ("procedure 1.001193", "procedure 1, dot, 0 0 1, 1 9 3"),
        ("H15.50.05-261008-0975",
         "H 1 5, dot, 5 0, dot, 0 5, dash, 2 6 1, 0 0 8, dash, 0 9 7 5"),
        ("3-5 working days", "3 to 5 working days"),
        ("50%", "50 percent"),
        ("and/or", "and or or"),
        ("see https://dichvucong.gov.vn/p/home.html.", "see dichvucong dot gov dot vn"),
        ("the VNeID app (free)", "the V N E I D app, free,"),
        ("Papers:\n- one\n- two", "Papers. one. two"),
        ("the 'officer'", "the 'officer'"),
    ],
)  # fmt: skip
def test_figures_and_signs_are_said_as_people_say_them(text: str, said: str) -> None:
    assert written_out(text, ENGLISH) == said


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("Birth registration needs: Tờ khai đăng ký khai sinh (1 original).",
         ["en Birth registration needs:", "vi Tờ khai đăng ký khai sinh", "en (1 original)."]),
        ("Press 1 for Làm giấy khai sinh.", ["en Press 1 for", "vi Làm giấy khai sinh."]),
        ("Decision 163/QĐ-BTP, checked", ["en Decision", "vi 163/QĐ-BTP,", "en checked"]),
        ("Trả lời trong 3 ngày làm việc", ["vi Trả lời trong 3 ngày làm việc"]),
        ("Fee: 50.000 đồng per copy", ["en Fee: 50.000 đồng per copy"]),
        ("show căn cước to the officer", ["en show", "vi căn cước", "en to the officer"]),
        ("Please wait.", ["en Please wait."]),
        ("", []),
    ],
)  # fmt: skip
def test_vietnamese_words_are_found_in_an_english_answer(text: str, runs: list[str]) -> None:
    assert [f"{'vi' if is_default else 'en'} {words}" for is_default, words in language_runs(text, ENGLISH)] == runs


@given(st.text(max_size=150))
def test_any_text_keeps_its_words_in_order(text: str) -> None:
    line = one_line(text)
    assert " ".join(words for _, words in language_runs(line, ENGLISH)) == " ".join(line.split())


@given(st.text(alphabet="0123456789 .,-/:%hđkAH°QĐCPT+*", max_size=60))
def test_no_long_figures_are_left(text: str) -> None:
    assert not re.search(r"\d{13}", written_out(text, ENGLISH))
