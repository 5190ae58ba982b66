from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.sms.providers.provider import FormError
from channels.sms.providers.smpp.form import read_receipt, receipt_url
from channels.sms.providers.smpp.tables import statuses
from channels.sms.routes.messages import Delivery, Receipt


def detail(error: int) -> str:
    """Kannel's ``%D`` once decoded, as a real one looks: the bytes of the TLV are encoded a second time."""
    return f"?orig_msg?dlr_mask=27&?smpp?dlr_err=%03%{error >> 8:02X}%{error & 255:02X}&"


@pytest.mark.parametrize(
    ("query", "delivery", "code"),
    [
        ({"type": "1", "id": "42", "detail": detail(0)}, Delivery.DELIVERED, None),
        ({"type": "1", "id": "42"}, Delivery.DELIVERED, None),
        ({"type": "2", "id": "42", "detail": detail(34)}, Delivery.FAILED, "34"),
        ({"type": "2", "id": "42", "detail": detail(0x0126)}, Delivery.FAILED, "294"),
        ({"type": "2", "id": "42", "detail": detail(0)}, Delivery.FAILED, "undelivered"),
        ({"type": "2", "id": "42", "detail": "?smpp?dlr_err=%03"}, Delivery.FAILED, "undelivered"),
        ({"type": "4", "id": "42", "detail": detail(0)}, Delivery.HANDED, None),
        ({"type": "8", "id": "42"}, Delivery.HANDED, None),
        ({"type": "16", "id": "42"}, Delivery.FAILED, "not_taken"),
    ],
)
def test_a_report_is_read(query: dict[str, str], delivery: Delivery, code: str | None) -> None:
    assert read_receipt({"message": "ab12", **query}) == Receipt(
        route="smpp", delivery=delivery, provider_id="42", reference="ab12", code=code
    )


@pytest.mark.parametrize("operators_id", ["", " ", "a b", "é", "x" * 65, None])
def test_a_report_without_the_operators_id_counts_all_the_same(operators_id: str | None) -> None:
    query = {"message": "ab12", "type": "16"} | ({} if operators_id is None else {"id": operators_id})
    assert read_receipt(query).provider_id is None


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"message": "ab12"},
        {"message": "ab12", "type": ""},
        {"message": "ab12", "type": "%d"},
        {"message": "ab12", "type": "3"},
        {"message": "", "type": "1"},
        {"message": "a/b", "type": "1"},
        {"message": "a" * 65, "type": "1"},
        {"type": "1"},
    ],
)
def test_a_report_about_nothing_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(FormError):
        read_receipt(query)


@given(st.text(max_size=80))
def test_no_detail_breaks_the_reader(written: str) -> None:
    assert read_receipt({"message": "ab12", "type": "2", "detail": written}).delivery is Delivery.FAILED


def test_every_type_kannel_knows_is_in_the_table() -> None:
    assert list(statuses()) == ["1", "2", "4", "8", "16"]


def test_the_address_for_reports_holds_the_reference_and_no_word_of_the_message() -> None:
    parts = urlsplit(receipt_url("https://motcua.example:8443/sub", "a-secret_of-tests", "ab12"))
    assert (parts.username, parts.password) == ("kannel", "a-secret_of-tests")
    assert (parts.scheme, parts.hostname, parts.port, parts.path) == (
        "https",
        "motcua.example",
        8443,
        "/sub/sms/kannel/status",
    )
    assert parse_qs(parts.query) == {"message": ["ab12"], "type": ["%d"], "id": ["%F"], "detail": ["%D"]}


def test_without_a_password_the_address_shows_none() -> None:
    address = receipt_url("http://127.0.0.1:8080", None, "ab12")
    assert address == "http://127.0.0.1:8080/sms/kannel/status?message=ab12&type=%d&id=%F&detail=%D"
