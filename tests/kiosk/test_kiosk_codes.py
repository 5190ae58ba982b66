"""Codes a box is enrolled with: read from paper or over the telephone, proved without being sent."""

from __future__ import annotations

import re

import pytest

from kiosk.protocol.codes import LENGTH, SIGNS, box_proof, centre_proof, code_key, lookup, new_code
from kiosk.protocol.keys import Keys

CODE = "7KQ2-M0XN-4RTB"
BOX, CENTRE, OTHER = Keys.generate().public, Keys.generate().public, Keys.generate().public


def test_codes_are_three_groups_of_four_signs_nobody_misreads() -> None:
    codes = [new_code() for _ in range(40)]
    assert all(re.fullmatch(rf"[{SIGNS}]{{4}}-[{SIGNS}]{{4}}-[{SIGNS}]{{4}}", code) for code in codes)
    assert not set("ILOU") & set(SIGNS)
    assert len(set(codes)) == len(codes)
    # Every place is drawn, none is always the same.
    assert all(len(set(signs)) > 10 for signs in zip(*(code.replace("-", "") for code in codes), strict=True))


def test_a_code_read_as_people_read_is_the_same() -> None:
    key = code_key(CODE)
    assert len(key) == 32
    assert all(code_key(typed) == key for typed in ("7kq2-m0xn-4rtb", " 7KQ2 MOXN 4RTB\n", "7KQ2MoXN4RTB"))
    assert code_key("1111-1111-1111") == code_key("IL1i-l1IL-iii1")


@pytest.mark.parametrize("typed", ["", CODE[:-1], CODE + "B", "7KQ2-M0XN-4RTU", "7KQ2-M0XN-4RT!", "7KQ2.M0XN.4RTB"])
def test_what_is_no_code_is_refused_with_how_one_looks(typed: str) -> None:
    with pytest.raises(ValueError, match=f"has {LENGTH} letters"):
        code_key(typed)


def test_another_code_has_another_key_and_is_found_elsewhere() -> None:
    key, other = code_key(CODE), code_key("7KQ2-M0XN-4RTC")
    assert key != other
    assert lookup(key) != lookup(other)
    assert re.fullmatch(r"[0-9a-f]{32}", lookup(key))


def test_a_proof_is_of_this_code_and_these_keys() -> None:
    key, other = code_key(CODE), code_key("7KQ2-M0XN-4RTC")
    assert box_proof(key, BOX) == box_proof(key, BOX)
    assert len({box_proof(key, BOX), box_proof(other, BOX), box_proof(key, OTHER), lookup(key)}) == 4


def test_the_centres_proof_covers_whom_it_takes_for_whom() -> None:
    key = code_key(CODE)
    proofs = {
        centre_proof(key, BOX, CENTRE, "k7", "Xã An Dân"),
        centre_proof(key, OTHER, CENTRE, "k7", "Xã An Dân"),
        centre_proof(key, BOX, OTHER, "k7", "Xã An Dân"),
        centre_proof(key, BOX, CENTRE, "k8", "Xã An Dân"),
        centre_proof(key, BOX, CENTRE, "k7", "Xã An Định"),
        # No part lends bytes to the next.
        centre_proof(key, BOX, CENTRE, "k", "7Xã An Dân"),
    }
    assert len(proofs) == 6
