from __future__ import annotations

import gsm0338
import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.rendering.segments import Encoding, is_gsm7, size
from language.gsm7 import GSM7_BASIC, GSM7_EXTENSION

CODEC = gsm0338.Codec()


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", Encoding.GSM7, 0, 1),
        ("a" * 160, Encoding.GSM7, 160, 1),
        ("a" * 161, Encoding.GSM7, 161, 2),
        ("a" * 306, Encoding.GSM7, 306, 2),
        ("a" * 307, Encoding.GSM7, 307, 3),
        ("€" * 80, Encoding.GSM7, 160, 1),
        ("€" * 81, Encoding.GSM7, 162, 2),
        # An escaped sign may not be split: the 153rd septet of the first part stays empty.
        ("a" * 152 + "€" + "a" * 152, Encoding.GSM7, 306, 3),
        # An escaped sign that ends with the 153rd septet still fits: nothing stays empty.
        (("a" * 151 + "€") * 2, Encoding.GSM7, 306, 2),
        (("a" * 151 + "€") * 2 + "a", Encoding.GSM7, 307, 3),
        ("a" * 158 + "€", Encoding.GSM7, 160, 1),
        ("a" * 159 + "€", Encoding.GSM7, 161, 2),
        ("đ" + "a" * 69, Encoding.UCS2, 70, 1),
        ("đ" + "a" * 70, Encoding.UCS2, 71, 2),
        ("đ" * 134, Encoding.UCS2, 134, 2),
        ("đ" * 135, Encoding.UCS2, 135, 3),
        ("😀" * 35, Encoding.UCS2, 70, 1),
        # 33 pairs fill 66 of 67 units; the next pair starts the second part.
        ("😀" * 36, Encoding.UCS2, 72, 2),
        ("😀" * 67, Encoding.UCS2, 134, 3),
        # A pair that ends with the 67th unit still fits.
        (("đ" * 65 + "😀") * 2, Encoding.UCS2, 134, 2),
    ],
)
def test_segments_are_counted_as_carriers_count_them(text: str, encoding: Encoding, units: int, segments: int) -> None:
    counted = size(text)
    assert (counted.encoding, counted.units, counted.segments) == (encoding, units, segments)


def test_one_vietnamese_letter_more_than_doubles_the_price() -> None:
    plain = "Can to khai va giay chung sinh. " * 5
    assert size(plain).segments == 1
    assert size(plain.replace("giay", "giấy")).segments == 3


def test_the_alphabet_is_that_of_a_kept_library() -> None:
    signs = [chr(code) for code in range(0x3000) if not 0xD800 <= code < 0xE000]
    known = {sign for sign in signs if _septets(sign) is not None} - {"\x1b"}
    assert known == {sign for sign in signs if is_gsm7(sign)}
    assert {_septets(sign) for sign in GSM7_BASIC} == {1}
    assert {_septets(sign) for sign in GSM7_EXTENSION} == {2}


@given(st.text(st.sampled_from(GSM7_BASIC + GSM7_EXTENSION), max_size=700))
def test_gsm7_texts_take_as_many_parts_as_their_septets_need(text: str) -> None:
    septets = CODEC.encode(text)[0]
    assert (size(text).units, size(text).segments) == (len(septets), _parts(septets, 160, 153, b"\x1b", 1))


@given(st.text(max_size=300).map(lambda text: "đ" + text))
def test_other_texts_take_as_many_parts_as_their_utf16_units_need(text: str) -> None:
    encoded = text.encode("utf-16-be", "surrogatepass")
    units = [encoded[index : index + 2] for index in range(0, len(encoded), 2)]
    counted = size(text)
    assert counted.encoding is Encoding.UCS2
    assert counted.units == len(units)
    high = bytes(0xD8 <= unit[0] < 0xDC for unit in units)
    assert counted.segments == _parts(high, 70, 67, b"\x01", 1)


def _septets(sign: str) -> int | None:
    try:
        return len(CODEC.encode(sign)[0])
    except UnicodeEncodeError:
        return None


def _parts(units: bytes, alone: int, joined: int, leads: bytes, tail: int) -> int:
    """Cut units into parts that never end on a unit whose partner follows."""
    if len(units) <= alone:
        return 1
    parts = 0
    while units:
        end = min(joined, len(units))
        if end < len(units) and units[end - 1 : end] == leads:
            end -= tail
        parts, units = parts + 1, units[end:]
    return parts
