from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.sms.providers.provider import FormError
from channels.sms.providers.twilio.form import read_message, read_receipt, status_address
from channels.sms.routes.messages import Delivery, Receipt
from runtime import clock

NOW = clock.now()
MESSAGE = {"MessageSid": "SM1", "From": " +84900000123 ", "To": "+84900000999", "Body": " Chào  bạn\n", "NumMedia": "2"}
RECEIPT = {"MessageSid": "SM1", "MessageStatus": "delivered"}


def test_a_message_keeps_its_words_as_they_came() -> None:
    message = read_message(MESSAGE, NOW)
    assert (message.route, message.provider_id, message.received_at) == ("twilio", "SM1", NOW)
    assert (message.sender, message.recipient) == ("+84900000123", "+84900000999")
    assert (message.body, message.media) == (" Chào  bạn\n", 2)


@pytest.mark.parametrize(("written", "media"), [("0", 0), ("", 0), (" 3 ", 3), ("999", 999)])
def test_the_count_of_media_is_read(written: str, media: int) -> None:
    assert read_message({**MESSAGE, "NumMedia": written}, NOW).media == media


@pytest.mark.parametrize("written", ["²", "٣", "1000", "-1", "1.0"])
def test_a_count_of_media_that_is_no_figure_is_refused(written: str) -> None:
    with pytest.raises(FormError, match="NumMedia is no number"):
        read_message({**MESSAGE, "NumMedia": written}, NOW)


@pytest.mark.parametrize("name", ["SmsSid", "SmsMessageSid"])
def test_the_id_is_read_under_its_former_names(name: str) -> None:
    form = {**MESSAGE, name: MESSAGE["MessageSid"]}
    del form["MessageSid"]
    assert read_message(form, NOW).provider_id == "SM1"


@pytest.mark.parametrize(
    ("status", "delivery"),
    [
        ("accepted", Delivery.HANDED),
        ("scheduled", Delivery.HANDED),
        ("queued", Delivery.HANDED),
        ("sending", Delivery.HANDED),
        ("sent", Delivery.HANDED),
        ("SENT", Delivery.HANDED),
        ("initiated", Delivery.HANDED),
        ("delivered", Delivery.DELIVERED),
        ("read", Delivery.DELIVERED),
        ("undelivered", Delivery.FAILED),
        ("failed", Delivery.FAILED),
        ("canceled", Delivery.FAILED),
        ("partially_delivered", Delivery.FAILED),
    ],
)
def test_a_status_is_said_in_our_words(status: str, delivery: Delivery) -> None:
    receipt = read_receipt({**RECEIPT, "MessageStatus": status}, {})
    assert receipt == Receipt("twilio", delivery, "SM1")


@pytest.mark.parametrize("status", ["receiving", "received", "no such status", "đã gửi"])
def test_a_status_that_says_nothing_of_ours_is_no_receipt(status: str) -> None:
    assert read_receipt({**RECEIPT, "MessageStatus": status}, {}) is None


def test_a_receipt_is_read_under_its_former_names() -> None:
    receipt = read_receipt({"SmsSid": "SM1", "SmsStatus": "undelivered", "ErrorCode": "30003"}, {})
    assert receipt == Receipt("twilio", Delivery.FAILED, "SM1", code="30003")


@pytest.mark.parametrize("code", ["", "none", "3000300", "３０００３", "30003 +84900000123"])
def test_a_code_that_is_none_is_left_out(code: str) -> None:
    receipt = read_receipt({**RECEIPT, "ErrorCode": code}, {})
    assert receipt is not None
    assert receipt.code is None


@pytest.mark.parametrize(
    ("form", "reason"),
    [
        ({}, "MessageSid is missing; MessageStatus is missing"),
        ({"MessageSid": "SM1"}, "MessageStatus is missing"),
        ({"MessageSid": " ", "MessageStatus": "sent"}, "MessageSid is missing"),
        ({"MessageSid": "x" * 65, "MessageStatus": "sent"}, "MessageSid is wrong"),
        ({"MessageSid": "S M", "MessageStatus": "sent"}, "MessageSid is wrong"),
    ],
)
def test_a_callback_without_its_fields_is_refused_with_the_reason(form: dict[str, str], reason: str) -> None:
    with pytest.raises(FormError, match=f"^{reason}$"):
        read_receipt(form, {})


@given(st.from_regex(r"[0-9A-Za-z]{1,64}", fullmatch=True))
def test_our_reference_comes_back_as_it_was_given(reference: str) -> None:
    address = status_address("https://sms.example.vn/", reference)
    assert address is not None
    path, _, query = address.partition("?")
    assert path == "https://sms.example.vn/sms/twilio/status"
    receipt = read_receipt(RECEIPT, dict([query.split("=")]))
    assert receipt is not None
    assert receipt.reference == reference


@pytest.mark.parametrize("reference", ["", "a b", "x" * 65, "'; --", "đ"])
def test_a_reference_that_is_none_of_ours_is_ignored(reference: str) -> None:
    receipt = read_receipt(RECEIPT, {"message": reference})
    assert receipt is not None
    assert receipt.reference is None


def test_a_provider_that_cannot_reach_us_is_given_no_address() -> None:
    assert status_address(None, "ref") is None


_fields = st.dictionaries(
    st.sampled_from([*MESSAGE, *RECEIPT, "SmsSid", "SmsStatus", "ErrorCode", "message"]), st.text(max_size=80)
)


@given(form=_fields, query=_fields)
def test_no_form_breaks_the_reading(form: dict[str, str], query: dict[str, str]) -> None:
    for read in (lambda: read_message(form, NOW), lambda: read_receipt(form, query)):
        with contextlib.suppress(FormError):
            read()
