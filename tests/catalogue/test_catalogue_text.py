from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.text import clip, fold, lines, list_mark, says_nothing, strip_marks, tidy


@pytest.mark.parametrize(
    ("published", "told"),
    [
        ("- Tờ khai theo mẫu;", "Tờ khai theo mẫu"),
        ("+ Bản sao sổ hộ khẩu", "Bản sao sổ hộ khẩu"),
        ("++ Điều lệ quỹ", "Điều lệ quỹ"),
        ("*) Giấy tờ", "Giấy tờ"),
        ("a) Đơn đề nghị", "Đơn đề nghị"),
        ("đ) Hợp đồng", "Hợp đồng"),
        ("g.1) Giấy phép", "Giấy phép"),
        ("(i) Bản kê", "Bản kê"),
        ("(1.2) Bản vẽ:", "Bản vẽ"),
        ("1.3.2. Hồ sơ", "Hồ sơ"),
        ("II. Phần hai", "Phần hai"),
        ("- a) Hai dấu", "Hai dấu"),
        ("01 bản chính giấy khai sinh", "01 bản chính giấy khai sinh"),
        ("3.000 đồng một tờ", "3.000 đồng một tờ"),
        ("Thẻ căn cước", "Thẻ căn cước"),
        ("xe máy cũ", "xe máy cũ"),
    ],
)
def test_list_marks_are_taken_off(published: str, told: str) -> None:
    assert strip_marks(published) == told


def test_invisible_characters_vanish_without_breaking_a_word() -> None:
    assert tidy("đăng k\u200eý\xa0khai  sinh\uf0fc\tmới") == "đăng ký khai sinh mới"


def test_decomposed_letters_are_put_together() -> None:
    assert tidy(unicodedata.normalize("NFD", "giấy chứng sinh")) == "giấy chứng sinh"


@given(st.text(max_size=300))
def test_any_text_becomes_one_clean_line(text: str) -> None:
    told = tidy(text)
    assert told == tidy(told)
    assert "\n" not in told
    assert told.encode("utf-8").decode("utf-8") == told
    assert told == told.strip()


@pytest.mark.parametrize(
    "published", ["Không", "(Không có)", "- Không có.", "Không quy định", "--", "", "Không có thông tin"]
)
def test_a_field_that_says_nothing_is_seen(published: str) -> None:
    assert says_nothing(published)


def test_a_field_that_begins_with_no_but_goes_on_says_something() -> None:
    assert not says_nothing("Không thu tiền của hộ nghèo")


def test_empty_lines_are_dropped() -> None:
    assert lines("một\r\n\n  hai  \n\t\n") == ["một", "hai"]


@pytest.mark.parametrize(("published", "mark"), [("a) Đơn", "a"), ("(2) Ảnh", "2"), ("Đơn", None), ("a)Đơn", None)])
def test_the_letter_of_an_item_is_read(published: str, mark: str | None) -> None:
    assert list_mark(published) == mark


def test_a_long_text_is_cut_after_a_sentence() -> None:
    assert clip("Nộp tại xã. Nhận sau năm ngày làm việc nếu đủ hồ sơ.", 20) == "Nộp tại xã."


def test_a_long_sentence_is_cut_at_a_word_end() -> None:
    assert clip("Nộp tại trung tâm phục vụ hành chính công", 20) == "Nộp tại trung tâm…"


@given(st.text(max_size=200), st.integers(min_value=2, max_value=80))
def test_a_cut_text_is_never_longer_than_asked(text: str, limit: int) -> None:
    assert len(clip(text, limit)) <= limit


def test_folded_phrases_are_compared_without_diacritics() -> None:
    assert fold("Đăng ký  KHAI sinh?") == fold("dang ky khai sinh")
