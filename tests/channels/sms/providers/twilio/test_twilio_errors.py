from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.sms.providers.twilio.tables import LONGEST_WAIT, WrongSender, refusal
from channels.sms.routes.route import Fault

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def body(code: object) -> str:
    return json.dumps({"code": code, "message": "To +84900000123 is not valid", "status": 400})


@pytest.mark.parametrize(
    ("status", "code", "fault"),
    [
        (400, 21211, Fault.PERMANENT),
        (400, 21610, Fault.PERMANENT),
        (400, 21614, Fault.PERMANENT),
        (400, 21617, Fault.PERMANENT),
        (400, "21617", Fault.PERMANENT),
        (403, 21408, Fault.PERMANENT),
        (429, 20429, Fault.THROTTLED),
        (400, 21611, Fault.THROTTLED),
        (401, 20003, Fault.RETRYABLE),
        (404, 20404, Fault.RETRYABLE),
        (503, 20503, Fault.RETRYABLE),
        (500, 20500, Fault.UNSURE),
        # A code nobody knows yet: the status decides.
        (400, 99999, Fault.PERMANENT),
        (429, 99999, Fault.THROTTLED),
        (500, 99999, Fault.UNSURE),
        (502, None, Fault.UNSURE),
        (504, None, Fault.UNSURE),
        (503, None, Fault.RETRYABLE),
        (301, None, Fault.RETRYABLE),
        (418, None, Fault.RETRYABLE),
        (101, None, Fault.UNSURE),
        # What failed inside may have been queued, whatever code comes with it.
        (500, 21211, Fault.UNSURE),
    ],
)
def test_a_refusal_says_what_it_means_for_the_message(status: int, code: object, fault: Fault) -> None:
    failed = refusal(status, body(code), None, NOW)
    assert failed.fault is fault
    assert failed.code == (str(code) if code else f"http-{status}")
    assert "900000" not in str(failed)


@pytest.mark.parametrize("code", [21606, 21659, 21660, 21212])
def test_a_number_that_is_not_ours_is_told_apart(code: int) -> None:
    assert isinstance(refusal(400, body(code), None, NOW), WrongSender)


@pytest.mark.parametrize(
    ("field", "seconds"),
    [
        (None, None),
        ("", None),
        ("3", 3.0),
        ("0.5", 0.5),
        ("-3", 0.0),
        ("999999", LONGEST_WAIT),
        ("Mon, 23 Nov 2026 12:00:20 GMT", 20.0),
        ("Mon, 23 Nov 2026 11:00:20 GMT", 0.0),
        ("Mon, 23 Nov 2026 12:00:20", None),
        ("soon", None),
        ("nan", None),
        ("inf", None),
    ],
)
def test_the_provider_may_say_how_long_to_wait(field: str | None, seconds: float | None) -> None:
    assert refusal(429, "", field, NOW).retry_after == seconds


@given(status=st.integers(100, 599), answer=st.text(max_size=200), field=st.text(max_size=40))
def test_no_answer_breaks_the_reading(status: int, answer: str, field: str) -> None:
    assert refusal(status, answer, field, NOW).fault in Fault


@pytest.mark.parametrize(
    "answer", ["", "[]", "null", '{"code": {}}', '{"code": true}', '{"code": 1e999}', '{"code": -1}', "[" * 5000]
)
def test_an_answer_without_code_is_told_by_its_status(answer: str) -> None:
    assert refusal(429, answer, None, NOW).code == "http-429"
