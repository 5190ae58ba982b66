"""What may stand in a message between agencies."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import ValidationError

from tickets.exchange.messages import AGENCY, Message, clean

WELL: dict[str, Any] = {
    "id": "msg_12345678",
    "kind": "case.sent",
    "from": "H15.50.05.13",
    "to": "H15.07",
    "case": "0" * 32,
    "number": 1,
    "at": "2026-11-24T09:00:00+07:00",
    "subject": "Xác minh",
    "working_days": 5,
}


def test_a_message_is_read_as_it_was_written() -> None:
    message = Message.model_validate(WELL | {"words": "Đề nghị\nxác minh"})
    assert Message.model_validate_json(message.body()) == message


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "a b"},
        {"kind": "case.unknown"},
        {"from": "h15"},
        {"to": "H15.07/../x"},
        {"case": "ZZ"},
        {"number": 0},
        {"at": "2026-11-24T09:00:00"},
        {"subject": ""},
        {"working_days": 0},
        {"working_days": None},
        {"state": "03"},
        {"kind": "case.state"},
        {"kind": "case.state", "state": "07"},
        {"kind": "case.state", "state": "02"},
        {"kind": "case.supplement_asked"},
        {"words": "x" * 4001},
        {"papers": [{"sha256": "0" * 64, "name": "a", "type": "text/html", "size": 3}]},
        {"papers": [{"sha256": "0" * 64, "name": "a", "type": "image/jpeg", "size": 11_000_000}]},
        {"papers": [{"sha256": "0" * 64, "name": "a", "type": "image/jpeg", "size": 3}] * 2},
    ],
)
def test_what_is_missing_or_wrong_is_no_message(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Message.model_validate(WELL | wrong)


def test_signs_that_command_a_terminal_or_turn_letters_round_are_taken_out() -> None:
    assert clean("a\x1b[31mb\u202ec\x00d\r\ne ") == "a [31mb c d\ne"


@pytest.mark.parametrize(("code", "fits"), [("H15", True), ("H15.50.05.13", True), ("G09.1", True), ("H15.", False)])
def test_codes_of_agencies(code: str, fits: bool) -> None:
    assert bool(re.match(AGENCY, code)) is fits
