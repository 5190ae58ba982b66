"""Signatures over values that go out and come back."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from stores.sealing import Seal
from stores.signing import Signature

SEAL = Seal(b"a secret of the tests")
OURS = Signature(SEAL, "text")
ANY_TEXT = st.text(st.characters(), max_size=40)


@given(ANY_TEXT)
def test_what_we_signed_is_known_again_in_every_process(value: str) -> None:
    signature = OURS.of(value)
    assert re.fullmatch(r"[\w-]{43}", signature)
    assert Signature(Seal(b"a secret of the tests"), "text").fits(value, signature)


@given(ANY_TEXT, ANY_TEXT)
def test_another_value_purpose_or_secret_has_another_signature(value: str, other: str) -> None:
    signature = OURS.of(value)
    assert OURS.fits(other, signature) == (other == value)
    assert not Signature(SEAL, "form").fits(value, signature)
    assert not Signature(Seal(b"another secret of tests"), "text").fits(value, signature)


@given(ANY_TEXT)
def test_anything_can_be_shown_and_only_ours_fits(shown: str) -> None:
    assert not OURS.fits("Lệ phí: miễn phí.", shown)
