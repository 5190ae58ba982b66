"""Erasing is done at once when it is asked for by name, and asked back about otherwise."""

from __future__ import annotations

import pytest
from places import NLU_DATA

from contract.meaning import Meaning
from understanding.readings.guards import FORGET, forgets_at_once

WISH = Meaning(intent=FORGET, confidence=0.9)


@pytest.mark.parametrize("text", ["xóa", "xoá hết đi", "Xóa dữ liệu của tôi", "xoa tin nhan nay gio", "erase my data"])
def test_by_its_own_name_it_is_done(text: str) -> None:
    assert forgets_at_once(WISH, text, NLU_DATA)


@pytest.mark.parametrize("text", ["đừng lưu số điện thoại của tôi", "bỏ mấy tin nãy giờ", "quên mấy cái nãy giờ đi"])
def test_in_other_words_it_is_asked_back_about(text: str) -> None:
    assert not forgets_at_once(WISH, text, NLU_DATA)


def test_what_is_no_such_wish_erases_nothing() -> None:
    assert not forgets_at_once(Meaning(intent="ask_procedure", confidence=0.9), "xóa đăng ký thường trú", NLU_DATA)
