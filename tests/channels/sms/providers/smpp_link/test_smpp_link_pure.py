"""What the SMPP link reads and writes, without a socket: texts, numbers, addresses, receipts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.sms.providers.line_options import WrongAddress
from channels.sms.providers.smpp_link.address import LinkAddress, read_addresses
from channels.sms.providers.smpp_link.numbers import address_of, number_of
from channels.sms.providers.smpp_link.receipts import read
from channels.sms.providers.smpp_link.send import _relative
from channels.sms.providers.smpp_link.tables import error_of
from channels.sms.providers.smpp_link.text import Place, decoded, parts_of, place_of, split_header
from channels.sms.routes.messages import Delivery
from channels.sms.routes.route import Fault
from language.gsm7 import GSM7_BASIC, GSM7_EXTENSION

GSM = st.text(alphabet=GSM7_BASIC + GSM7_EXTENSION, max_size=700)
ANY = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=400)


@given(GSM | ANY)
def test_what_goes_out_in_parts_is_read_back_whole(text: str) -> None:
    parts = parts_of(text, 7)
    read_back = ""
    for number, part in enumerate(parts, start=1):
        octets = part.octets
        if part.has_header:
            place, octets = split_header(octets)
            assert place == Place(7, len(parts), number)
            assert len(octets) <= (153 if part.data_coding == 0 else 134)
        else:
            assert len(parts) == 1
        # Each part alone is text: neither an escape nor half a sign stands at its end.
        alone = decoded(octets, part.data_coding)
        assert alone is not None
        read_back += alone
    assert read_back == text


@pytest.mark.parametrize(
    ("octets", "coding", "text"),
    [
        (b"Xin chao", 0x00, "Xin chao"),
        (b"\x00\x02\x1b\x65", 0x00, "@$€"),
        ("Tạm trú".encode("utf-16-be"), 0x08, "Tạm trú"),
        (b"caf\xe9", 0x03, "café"),
        (b"plain", 0xF1, "plain"),
        (b"\x01\x02", 0x04, None),
        (b"\xff", 0x00, "?"),
        (b"a\x1b", 0x00, "a"),
    ],
)
def test_letters_are_read_by_their_coding(octets: bytes, coding: int, text: str | None) -> None:
    assert decoded(octets, coding) == text


@pytest.mark.parametrize(
    ("header", "place"),
    [
        (b"\x05\x00\x03\x2a\x02\x01", Place(42, 2, 1)),
        (b"\x06\x08\x04\x01\x02\x03\x02", Place(258, 3, 2)),
        (b"\x0a\x01\x02\x00\x00\x00\x03\x2a\x02\x02\x00", Place(42, 2, 2)),
        (b"\x05\x00\x03\x2a\x02\x03", None),
        (b"\x05\x00\x03\x2a\x01\x01", None),
    ],
)
def test_a_part_says_where_it_belongs(header: bytes, place: Place | None) -> None:
    assert split_header(header + b"text") == (place, b"text")


@pytest.mark.parametrize("octets", [b"", b"\x40abc"])
def test_a_header_that_is_longer_than_the_message_is_text(octets: bytes) -> None:
    assert split_header(octets) == (None, octets)


def test_parts_may_be_told_by_tlvs() -> None:
    assert place_of(5, 2, 1) == Place(5, 2, 1)
    assert place_of(5, None, 1) is None


@pytest.mark.parametrize(
    ("ton", "digits", "number"),
    [
        (1, "84900000123", "+84900000123"),
        (1, "0900000123", "+84900000123"),
        (1, "900000123", "+84900000123"),
        (2, "900000123", "+84900000123"),
        (2, "0900000123", "+84900000123"),
        (0, "84900000123", "+84900000123"),
        (0, "8088", "8088"),
        (1, "+84900000123", "+84900000123"),
        (5, "VIETTEL", "VIETTEL"),
    ],
)
def test_a_citizens_number_is_read_whatever_the_operator_says_it_is(ton: int, digits: str, number: str) -> None:
    assert number_of(ton, digits) == number


@pytest.mark.parametrize(
    ("number", "ton", "digits"),
    [("+84900000123", 1, "84900000123"), ("8088", 0, "8088"), ("UBND Xa", 5, "UBND Xa"), ("", 0, "")],
)
def test_numbers_go_out_with_their_kind(number: str, ton: int, digits: str) -> None:
    address = address_of(number)
    assert (address.ton, address.digits) == (ton, digits)


IN_TEXT = "id:{} sub:001 dlvrd:001 submit date:2611291500 done date:2611291501 stat:DELIVRD err:000 text:"


@pytest.mark.parametrize(
    ("answered", "reported"),
    [
        ("1F2E3D4C", "0523124044"),
        ("1F2E3D4C", "523124044"),
        ("1F2E3D4C", "1f2e3d4c"),
        ("00A1B2C3", "00A1B2C3"),
        ("00A1B2C3", "A1B2C3"),
        ("a1b2c3", "00A1B2C3"),
        ("0123456789", "123456789"),
        ("123456789", "0123456789"),
        ("77-ab-no-number", "77-ab-no-number"),
        ("256", "100"),
        ("100", "256"),
    ],
)
def test_an_id_is_found_however_it_is_written(answered: str, reported: str) -> None:
    found = read(0x04, IN_TEXT.format(reported))
    assert found is not None
    assert answered in (found.id, *found.also)
    assert found.delivery is Delivery.DELIVERED


def test_an_id_is_tried_as_it_is_first() -> None:
    found = read(0x04, IN_TEXT.format("100"))
    assert found is not None
    assert found.id == "100"
    assert "100" not in found.also


def test_tlvs_alone_are_a_receipt() -> None:
    found = read(0x04, "", "1f2e3d4c", 5)
    assert found is not None
    assert (found.id, found.delivery, found.code) == ("1f2e3d4c", Delivery.FAILED, "UNDELIV")


@pytest.mark.parametrize(
    ("text", "delivery", "code"),
    [
        ("STAT:undeliv ID:7 ERR:011", Delivery.FAILED, "11"),
        ("id:7 stat:EXPIRED err:000 text:stat:DELIVRD id:8", Delivery.FAILED, "EXPIRED"),
        ("id:7 stat:REJECTD", Delivery.FAILED, "REJECTD"),
        ("id:7 submit date:261129150000 stat:ENROUTE", Delivery.HANDED, None),
        ("id:7 stat:UNKNOWN err:000", None, None),
    ],
)
def test_states_are_read_from_texts_of_every_operators_form(
    text: str, delivery: Delivery | None, code: str | None
) -> None:
    found = read(0x04, text)
    assert found is not None
    assert (found.id, found.delivery, found.code) == ("7", delivery, code)


def test_a_receipt_sent_as_a_plain_message_is_one_and_a_citizens_text_is_none() -> None:
    assert read(0x00, IN_TEXT.format("7")) is not None
    assert read(0x00, "ho so id: H15 stat: chua ro, hoi giup") is None
    assert read(0x00, "id: 12345 la gi") is None


def test_addresses_of_links_are_read_with_what_they_say() -> None:
    first, second = read_addresses(
        "smpp://motcua:a%40b@smsc.example:2775?number=8088&binds=2 smpps://m:p@other.example", 30.0
    )
    assert first == LinkAddress("smsc.example", 2775, "motcua", "a@b", number="8088", binds=2)
    assert (second.port, second.tls, second.window) == (3550, True, 10)
    assert "a@b" not in repr(first)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no address"),
        ("http://a:b@c", "must be smpp://"),
        ("smpp://host", "missing"),
        ("smpp://a:123456789@c", "the password has at most 8"),
        ("smpp://a:b@c?binds=9", "1 to 8"),
        ("smpp://a:b@c?colour=red", "unknown: colour"),
        ("smpp://a:b@c:port", "Port"),
    ],
)
def test_a_wrong_address_says_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(WrongAddress, match=said):
        read_addresses(text, 30.0)


@pytest.mark.parametrize(("seconds", "written"), [(90, "000000000130000R"), (86_400 * 2 + 3600, "000002010000000R")])
def test_validity_is_written_in_the_relative_form(seconds: int, written: str) -> None:
    assert _relative(seconds) == written


@pytest.mark.parametrize(
    ("status", "fault"),
    [(0x58, Fault.THROTTLED), (0x14, Fault.THROTTLED), (0x0B, Fault.PERMANENT), (0x3FF, Fault.PERMANENT)],
)
def test_errors_have_their_meaning(status: int, fault: Fault) -> None:
    assert error_of(status).fault is fault
