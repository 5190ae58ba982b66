from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.rendering.pages import clip, paginate

MORE = "Soan 1 de xem tiep."


def at_most(length: int):
    return lambda text: len(text) <= length


def pages(text: str, length: int, more: str | None = MORE) -> tuple[str, ...]:
    return paginate(text.split("\n"), at_most(length), more)


def test_what_fits_is_one_page_without_offer_of_more() -> None:
    assert pages("Can to khai.\nCan giay chung sinh.", 40) == ("Can to khai.\nCan giay chung sinh.",)


def test_every_page_but_the_last_says_how_to_get_the_next() -> None:
    first, second, third = pages("mot hai ba bon nam sau bay tam chin muoi muoi mot muoi hai muoi ba", 42)
    assert first == f"mot hai ba bon nam sau\n{MORE}"
    assert second.endswith(f"\n{MORE}")
    assert not third.endswith(MORE)


def test_a_page_ends_at_the_end_of_a_line_when_half_of_it_is_used() -> None:
    assert pages("dong thu nhat dai\ndong thu hai con dai hon nua ma", 45)[0] == f"dong thu nhat dai\n{MORE}"


def test_a_page_ends_at_the_end_of_a_sentence_when_no_line_ends_late_enough() -> None:
    assert pages("a\nCau thu nhat xong. Cau thu hai keo dai mai khong thoi", 45)[0] == f"a\nCau thu nhat xong.\n{MORE}"


@pytest.mark.parametrize(
    "together",
    [
        "50.000 đồng",
        "50.000 dong.",
        "2 triệu 500 nghìn đồng",
        "20/07/2026",
        "ngày 20 tháng 7 năm 2026",
        "000.00.12.H01-250101-0001",
        "1900 0368",
        "090 0000 123",
        "3 ngày",
        "QĐ 163/QĐ-BTP",
        "(ngày 20/07/2026)",
    ],
)
def test_amounts_dates_and_codes_are_never_torn_apart(together: str) -> None:
    for before in range(1, 60):
        text = "x " * before + together + " va them chu cho du hai trang a b c d e f g h i k l m n o p q"
        found = [page for page in pages(text, 70) if together in page]
        assert len(found) == 1, pages(text, 70)


def test_a_number_that_ends_a_sentence_is_not_tied_to_the_next_one() -> None:
    text = "Gap so 5. 10 nguoi cho o do roi nhe"
    assert pages(text, len("Gap so 5.") + 1 + len(MORE))[0] == f"Gap so 5.\n{MORE}"


def test_one_word_longer_than_a_page_is_cut_rather_than_lost() -> None:
    cut = pages("a" * 100, 40)
    assert "".join(page.removesuffix(f"\n{MORE}") for page in cut) == "a" * 100


def test_an_ending_longer_than_a_page_is_an_error_not_an_endless_loop() -> None:
    with pytest.raises(ValueError, match="longer than a page"):
        pages("mot hai ba bon", 10)


WORDS = st.text(st.characters(codec="utf-8"), max_size=40) | st.from_regex(
    r"[0-9.]{1,12}( (dong|ngay))?", fullmatch=True
)


@given(st.lists(st.lists(WORDS, max_size=12).map(" ".join), max_size=12), st.integers(25, 120))
def test_no_word_is_lost_and_every_page_fits(lines: list[str], length: int) -> None:
    cut = paginate(lines, at_most(length), MORE)
    contents = [page.removesuffix(f"\n{MORE}") for page in cut[:-1]] + list(cut[-1:])
    # A word longer than a page is cut, so words are compared as one string.
    assert "".join("".join(contents).split()) == "".join("".join(lines).split())
    assert all(len(page) <= length for page in cut)
    assert all(contents)


@given(st.lists(st.from_regex(r"[a-z]{1,10}", fullmatch=True), max_size=80), st.integers(35, 120))
def test_words_shorter_than_a_page_stay_whole(words: list[str], length: int) -> None:
    cut = paginate([" ".join(words)], at_most(length), MORE)
    assert " ".join(page.removesuffix(f"\n{MORE}") for page in cut).split() == words


def test_clipping_cuts_after_a_word_and_marks_it() -> None:
    assert clip("Đăng ký khai sinh có yếu tố nước ngoài", at_most(22)) == "Đăng ký khai sinh..."
    assert clip("Đăng ký khai sinh", at_most(22)) == "Đăng ký khai sinh"


@given(st.text(max_size=200), st.integers(4, 60))
def test_a_clipped_text_fits_and_begins_like_the_whole(text: str, length: int) -> None:
    short = clip(text, at_most(length))
    assert len(short) <= length
    if short != text:
        assert "".join(text.split()).startswith("".join(short.removesuffix("...").split()))
