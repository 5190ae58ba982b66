"""A correction is about what it names, not about saying no."""

from __future__ import annotations

import pytest

from language.normalise import normalise
from understanding.corrections import matter_of


@pytest.mark.parametrize(
    ("said", "matter"),
    [
        ("không phải, ý em là tạm trú", "tạm trú"),
        ("khong phai y em la tam tru", "tam tru"),
        ("không, ý tôi là làm lại giấy khai sinh", "làm lại giấy khai sinh"),
        ("dạ không phải thế, ý cháu là tách hộ", "tách hộ"),
        ("nhầm rồi, em hỏi đăng ký kết hôn", "đăng ký kết hôn"),
        ("không phải kết hôn mà là khai tử", "khai tử"),
        ("ý tôi là sang tên xe", "sang tên xe"),
        ("không phải, đăng ký tạm trú cơ", "đăng ký tạm trú cơ"),
        ("đổi bằng lái chứ không phải thi mới", "đổi bằng lái"),
        ("em hỏi lưu trú chứ không hỏi tạm vắng", "em hỏi lưu trú"),
    ],
)
def test_the_matter_of_a_correction_is_found(said: str, matter: str) -> None:
    assert matter_of(normalise(said)) == normalise(matter)


@pytest.mark.parametrize(
    "said",
    [
        "không",
        "không phải",
        "không phải cái đó đâu",
        "không cần nữa",
        "đăng ký tạm trú",
        "nhà tôi không có sổ đỏ",
        "mang căn cước chứ không cần hộ khẩu hả",
        "con tôi không có cha",
        "",
    ],
)
def test_other_messages_are_no_corrections(said: str) -> None:
    assert matter_of(normalise(said)) is None
