"""What opens a message is cut off its matter, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from language.normalise import normalise
from understanding.readings.openings import openings_of

ROOT = Path(__file__).resolve().parents[2]


def cut(text: str) -> tuple[str, set[str]]:
    opened = openings_of(ROOT / "nlu_data").cut(text, normalise(text))
    return opened.matter, set(opened.openings)


@pytest.mark.parametrize(
    ("text", "matter", "openings"),
    [
        ("ok thế làm ở chỗ nào", "thế làm ở chỗ nào", {"affirm"}),
        ("Vâng ạ. Vậy bao giờ có?", "vậy bao giờ có", {"affirm"}),
        ("không, tôi hỏi chỗ nộp cơ", "tôi hỏi chỗ nộp cơ", {"deny"}),
        ("Nhầm rồi, giấy khai tử ấy", "giấy khai tử ấy", {"deny"}),
        ("cảm ơn chị, cho hỏi thêm phí", "cho hỏi thêm phí", {"thanks"}),
        ("phí bao nhiêu cảm ơn nhé", "phí bao nhiêu", {"thanks"}),
        ("chào cán bộ, xin giấy độc thân", "xin giấy độc thân", {"greet"}),
        ("không con hỏi chỗ nộp cơ", "con hỏi chỗ nộp cơ", {"deny"}),
    ],
)
def test_an_opening_is_cut_off(text: str, matter: str, openings: set[str]) -> None:
    assert cut(text) == (matter, openings)


@pytest.mark.parametrize(
    "text",
    [
        "không có sổ hộ khẩu thì sao",
        "không phải nộp tiền chứ",
        "được hưởng những gì",
        "thôi việc thì lấy sổ ở đâu",
        "cảm ơn",
        "vâng",
        "không",
        "chào chị",
        "không phải cái nào hết",
        "không phải mấy việc này đâu",
        "không còn giấy mua bán gì cả",
        "khong con hoa don gi het",
    ],
)
def test_what_is_the_message_itself_stays(text: str) -> None:
    assert cut(text) == (normalise(text), set())
