"""A text cut into the parts a modem sends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.rendering.segments import size
from channels.sms.providers.gsm.joining import Piece, join
from channels.sms.providers.gsm.splitting import Part, split


def read(parts: tuple[Part, ...]) -> str:
    rows = [Piece(id, "", "", 0.0, part.text, False, part.header) for id, part in enumerate(parts, 1)]
    (whole,) = join(rows, 0.0, 60.0)
    assert whole.missing == 0
    return whole.body


@pytest.mark.parametrize(
    ("text", "parts", "coding"),
    [
        ("", 1, "Default_No_Compression"),
        ("a" * 160, 1, "Default_No_Compression"),
        ("a" * 161, 2, "Default_No_Compression"),
        ("€" * 80, 1, "Default_No_Compression"),
        ("a" * 152 + "€" * 10, 2, "Default_No_Compression"),
        ("ạ" * 70, 1, "Unicode_No_Compression"),
        ("ạ" * 71, 2, "Unicode_No_Compression"),
    ],
)
def test_a_text_takes_as_few_parts_as_it_can(text: str, parts: int, coding: str) -> None:
    cut = split(text, 5)
    assert (len(cut), {part.coding for part in cut}) == (parts, {coding})
    assert read(cut) == text


def test_parts_share_a_number_and_count_themselves() -> None:
    assert [part.header for part in split("a" * 400, 300)] == ["0500032C0301", "0500032C0302", "0500032C0303"]


@given(st.text(alphabet=st.sampled_from("aạ€😀[ \n"), max_size=600), st.integers(0, 1000))
def test_every_text_is_whole_again_in_the_counted_parts(text: str, concatenation: int) -> None:
    parts = split(text, concatenation)
    assert len(parts) == size(text).segments
    assert read(parts) == text


def test_more_parts_than_can_be_numbered_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 255"):
        split("ạ" * (67 * 255 + 1), 1)
