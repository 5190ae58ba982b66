"""A way out of a list, in whatever words, and what only looks like one."""

from __future__ import annotations

import pytest

from language.normalise import fold, normalise
from language.phrasings import phrasing


def leaves_the_list(said: str) -> bool:
    return phrasing("none_of_them").search(fold(normalise(said))) is not None


@pytest.mark.parametrize(
    "said",
    [
        "không phải cái nào hết",
        "ko có cái nào trúng",
        "chả thấy việc nào",
        "may viec nay khong phai",
        "đều không đúng",
        "k thấy cái mình cần",
        "không nằm trong danh sách",
        "neither of those",
        "it is not in your list",
    ],
)
def test_none_of_what_was_listed_is_meant(said: str) -> None:
    assert leaves_the_list(said)


@pytest.mark.parametrize(
    "said",
    [
        "không có cái nào thì có làm được không",
        "không có giấy nào",
        "không phải việc gì khó chứ",
        "việc này không mất tiền chứ",
        "mấy cái này có phải nộp không",
        "mấy cái này không phải nộp ở xã à",
        "cả nhà đều không phải đóng à",
    ],
)
def test_what_is_asked_about_papers_or_a_matter_leaves_no_list(said: str) -> None:
    assert not leaves_the_list(said)
