"""Named lists of phrasings: read from data, folded, put into one expression."""

from pathlib import Path

import pytest

from language import data
from language.phrasings import either, phrasing, words


@pytest.fixture
def lists(tmp_path: Path):
    """Writes a list file of an installation and reads from it inside the test."""

    def written(text: str) -> None:
        (tmp_path / "phrasings.yml").write_text(text, encoding="utf-8")

    with data.using(tmp_path):
        yield written


def test_an_entry_is_found_with_or_without_its_diacritics_at_the_borders_of_words(lists):
    lists("late: [trễ hẹn]")
    assert phrasing("late").search("ho so tre hen roi")
    assert not phrasing("late").search("ho so tre henroi")


def test_a_gap_takes_up_to_so_many_words_and_no_more(lists):
    lists("late:\n  - sao …2 lâu")
    assert phrasing("late").search("sao lau the")
    assert phrasing("late").search("sao ho so lau the")
    assert not phrasing("late").search("sao ho so cua lau the")


def test_a_mark_stands_for_any_one_word(lists):
    lists("free:\n  - (không|chưa) _ (có|thì) sao")
    assert phrasing("free").search("khong lam co sao khong")
    assert not phrasing("free").search("khong co sao")


def test_a_list_may_be_part_of_another(lists):
    lists("home: [về nhà]\npost:\n  - gửi …1 {home}")
    assert phrasing("post").search("gui giay ve nha")


def test_a_list_that_is_part_of_itself_is_named(lists):
    lists("home:\n  - về {home}")
    with pytest.raises(ValueError, match="home is part of itself"):
        phrasing("home")


def test_alternatives_keep_no_group_that_the_shape_around_them_has_not_named(lists):
    lists("home: [(về|tới) nhà]")
    assert phrasing("home").groups == 0
    assert either("home") == "(?:ve|toi) nha"


def test_single_words_are_folded(lists):
    lists("empty:\n  - là đó\n  - về")
    assert words("empty") == {"la", "do", "ve"}


def test_every_list_of_the_project_makes_an_expression():
    for name in data.load("phrasings", room=""):
        if name not in ("source", "checked_on"):
            assert phrasing(name).pattern


def test_a_missing_list_is_told():
    with pytest.raises(KeyError):
        phrasing("nobody_says_so")
