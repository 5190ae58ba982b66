"""Sound over an encrypted line: as the standard has it, once each, and nothing that was changed on the way."""

from __future__ import annotations

import base64
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.phone.calls.srtp import BadPacket, Opening, Protecting, Sdes, _Keys, usable

SECRET = bytes.fromhex("E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6")
SDES = Sdes("1", "AES_CM_128_HMAC_SHA1_80", SECRET)
LINE = f"1 AES_CM_128_HMAC_SHA1_80 inline:{base64.b64encode(SECRET).decode()}"


def rtp(sequence: int, payload: bytes = b"sound", ssrc: int = 7) -> bytes:
    return struct.pack("!BBHII", 0x80, 8, sequence, 160 * sequence & 0xFFFFFFFF, ssrc) + payload


def test_keys_are_derived_as_the_standard_shows() -> None:
    """RFC 3711, appendix B.3."""
    keys = _Keys.derived(SECRET, 0)
    assert keys.cipher.hex().upper() == "C61E7A93744F39EE10734AFE3FF7A087"
    assert keys.salt.to_bytes(14, "big").hex().upper() == "30CBBC08863D8C85D49DB34A9AE1"
    assert keys.auth.hex().upper() == "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA4"


@pytest.mark.parametrize(("suite", "tag"), [("AES_CM_128_HMAC_SHA1_80", 10), ("AES_CM_128_HMAC_SHA1_32", 4)])
def test_sound_comes_through_past_65535_packets_and_cannot_be_read_between(suite: str, tag: int) -> None:
    sdes = Sdes("1", suite, SECRET)
    sends, opens = Protecting(sdes), Opening(sdes)
    for number in range(65_500, 65_600):
        packet = rtp(number & 0xFFFF)
        coded = sends.sound(packet)
        assert len(coded) == len(packet) + tag
        assert b"sound" not in coded
        assert opens.sound(coded) == packet


def test_a_packet_is_taken_once_in_any_order_near_the_newest() -> None:
    sends, opens = Protecting(SDES), Opening(SDES)
    coded = [sends.sound(rtp(number)) for number in range(100)]
    for number in (0, 2, 1, 5, 99, 60):
        assert opens.sound(coded[number]) == rtp(number)
    for number in (0, 1, 99, 60, 10):
        with pytest.raises(BadPacket):
            opens.sound(coded[number])


@given(st.integers(0, 26), st.integers(1, 255))
def test_a_changed_packet_is_refused(place: int, change: int) -> None:
    coded = bytearray(Protecting(SDES).sound(rtp(1)))
    coded[place] ^= change
    with pytest.raises(BadPacket):
        Opening(SDES).sound(bytes(coded))


@given(st.binary(max_size=60))
def test_what_is_no_packet_is_refused_without_an_error(data: bytes) -> None:
    for take in (Opening(SDES).sound, Opening(SDES).report):
        with pytest.raises(BadPacket):
            take(data)


def test_reports_come_through_once() -> None:
    report = struct.pack("!BBHI", 0x80, 201, 1, 7) + b"quality!"
    sends, opens = Protecting(SDES), Opening(SDES)
    first, second = sends.report(report), sends.report(report)
    assert b"quality!" not in first
    assert [opens.report(first), opens.report(second)] == [report, report]
    with pytest.raises(BadPacket):
        opens.report(first)


@pytest.mark.parametrize(
    "lines",
    [
        [],
        ["1"],
        [LINE + " UNENCRYPTED_SRTP"],
        [LINE + "|2^20|1:4"],
        ["1 AES_256_CM_HMAC_SHA1_80 inline:" + base64.b64encode(bytes(46)).decode()],
        ["1 AES_CM_128_HMAC_SHA1_80 inline:short"],
        ["1 AES_CM_128_HMAC_SHA1_80 inline:" + base64.b64encode(bytes(29)).decode()],
        ["x AES_CM_128_HMAC_SHA1_80 inline:" + base64.b64encode(bytes(30)).decode()],
    ],
)
def test_keys_that_cannot_be_met_are_not_believed(lines: list[str]) -> None:
    assert usable(lines) is None


def test_the_first_line_that_can_be_met_is_answered_with_a_secret_of_our_own() -> None:
    found = usable(
        ["1 F8_128_HMAC_SHA1_80 inline:" + base64.b64encode(bytes(30)).decode(), LINE.replace("1 ", "2 ", 1)]
    )
    assert found == Sdes("2", "AES_CM_128_HMAC_SHA1_80", SECRET)
    own = found.answer()
    assert own.line.startswith("2 AES_CM_128_HMAC_SHA1_80 inline:")
    assert own.secret != SECRET
    assert SECRET.hex() not in repr(found)
