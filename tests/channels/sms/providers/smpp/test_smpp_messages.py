from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import Headers

from channels.sms.providers.provider import FormError
from channels.sms.providers.smpp.form import read_message
from channels.sms.routes.messages import IncomingMessage
from runtime.clock import VIETNAM

NOW = datetime(2026, 11, 23, 18, 51, 12, tzinfo=UTC).astimezone(VIETNAM)
ID = "7ee30dc3-4220-4f5f-b368-eceda1c0fdcf"
FIELDS = {
    "X-Kannel-From": "+84900000123",
    "X-Kannel-To": "8079",
    "X-Kannel-Time": "2026-11-23 18:51:11",
    "X-Kannel-Coding": "0",
    "Content-Type": 'text/plain; charset="UTF-8"',
}


def read(body: bytes = b"xin chao", query: dict[str, str] | None = None, **changes: str | None) -> IncomingMessage:
    fields = {**FIELDS, **{name.replace("_", "-"): value for name, value in changes.items()}}
    headers = Headers([(name, value) for name, value in fields.items() if value is not None])
    return read_message(headers, {"id": ID} if query is None else query, body, NOW)


def test_a_message_is_read_as_kannel_brings_it() -> None:
    assert read("làm khai sinh".encode()) == IncomingMessage(
        route="smpp",
        sender="+84900000123",
        recipient="8079",
        body="làm khai sinh",
        received_at=NOW - timedelta(seconds=1),
        provider_id=ID,
    )


@pytest.mark.parametrize(
    ("kind", "body", "text"),
    [
        ('text/plain; charset="UTF-16BE"', "giấy 😀".encode("utf-16-be"), "giấy 😀"),
        ('text/plain; charset="UTF-8"', "giấy @£€".encode(), "giấy @£€"),
        ("text/plain", "giấy".encode(), "giấy"),
        ("text/plain; charset=ISO-8859-1", b"\xe9", "é"),
        ("text/plain; charset=no-such-alphabet", "giấy".encode(), "giấy"),
        ("text/plain; charset=rot13", b"abc", "abc"),
        ("text/plain; charset=hex", b"abc", "abc"),
        ("", "giấy".encode(), "giấy"),
        ('text/plain; charset="UTF-16BE"', b"\x00a\xd8\x3d", "a\ufffd"),
        ('text/plain; charset="UTF-8"', b"a\xffb", "a\ufffdb"),
        ('text/plain; charset="UTF-8"', b"", ""),
    ],
)
def test_letters_arrive_in_whatever_alphabet_they_come(kind: str, body: bytes, text: str) -> None:
    assert read(body, Content_Type=kind).body == text


@pytest.mark.parametrize(
    "changes", [{"Content_Type": "application/octet-stream"}, {"X_Kannel_Coding": "1"}, {"X_Kannel_Coding": " 1 "}]
)
def test_a_message_of_bytes_counts_as_media(changes: dict[str, str]) -> None:
    message = read(b"\x00\xff\x80", **changes)
    assert (message.body, message.media, message.is_media_only) == ("", 1, True)


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ("2026-11-23 11:51:11", NOW - timedelta(hours=7, seconds=1)),
        ("2026-11-24 11:51:11", NOW),
        ("", NOW),
        ("yesterday", NOW),
        ("2026-13-40 99:99:99", NOW),
        (None, NOW),
    ],
)
def test_the_time_is_kannels_unless_it_cannot_be(written: str | None, taken: datetime) -> None:
    message = read(X_Kannel_Time=written)
    assert message.received_at == taken
    assert message.received_at.tzinfo is VIETNAM


@pytest.mark.parametrize(
    ("query", "changes", "cure"),
    [
        (None, {"X_Kannel_From": None}, "send-sender = true"),
        (None, {"X_Kannel_From": "  "}, "send-sender = true"),
        (None, {"X_Kannel_To": None}, "post-url"),
        ({}, {}, "?id=%I"),
        ({"id": ""}, {}, "?id=%I"),
        ({"id": "%I"}, {}, "?id=%I"),
        ({"id": "x" * 65}, {}, "?id=%I"),
        ({"id": "+84900000123"}, {}, "?id=%I"),
    ],
)
def test_a_wrong_line_in_kannels_file_is_named(
    query: dict[str, str] | None, changes: dict[str, str | None], cure: str
) -> None:
    with pytest.raises(FormError) as caught:
        read(b"rieng tu", query, **changes)
    assert cure in str(caught.value)
    assert "900000123" not in str(caught.value)
    assert "rieng tu" not in str(caught.value)


@given(st.binary(max_size=200), st.text(max_size=40), st.text(max_size=20))
def test_no_body_and_no_field_breaks_the_reader(body: bytes, kind: str, time: str) -> None:
    unbroken = {"\r": " ", "\n": " "}
    table = str.maketrans(unbroken)
    message = read(body, Content_Type=kind.translate(table), X_Kannel_Time=time.translate(table))
    assert message.provider_id == ID
    assert message.received_at <= NOW


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
def test_every_text_survives_in_utf_16(text: str) -> None:
    assert read(text.encode("utf-16-be"), Content_Type='text/plain; charset="UTF-16BE"').body == text
