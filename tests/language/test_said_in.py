"""The language of a message is told by its words, also without diacritics."""

from __future__ import annotations

import pytest

from language.normalise import normalise
from language.said_in import said_in


@pytest.mark.parametrize(
    "text",
    [
        "where do i hand in the papers",
        "Fee please",
        "can i do it online",
        "i lost my vneid password",
        "how much is dang ky tam tru",
        "my wife's card",
    ],
)
def test_english_is_told_by_its_words(text: str) -> None:
    assert said_in(text) == "en"


@pytest.mark.parametrize(
    "text",
    [
        "cho em hoi can giay to gi",
        "check giùm hồ sơ của tui",
        "dang ky online duoc khong",
        "lam the can cuoc o dau",
        "to khai nay do ai ky",
        "mẹ tôi cần gì",
    ],
)
def test_vietnamese_without_diacritics_or_with_borrowed_words_stays_vietnamese(text: str) -> None:
    assert said_in(text) == "vi"


@pytest.mark.parametrize("text", ["ok", "2", "H15.50.05-261008-0975", "thanks", "stop", "online", ""])
def test_what_does_not_tell_is_of_no_language(text: str) -> None:
    assert said_in(text) is None


def test_english_words_are_not_mended_like_vietnamese_ones() -> None:
    assert normalise("Is there a deadline, pls?") == "is there a deadline pls"
    assert normalise("nop o dau ko") != "nop o dau ko"
