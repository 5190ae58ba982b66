"""Encrypted sound: SRTP and SRTCP (RFC 3711) with keys from the session description (SDES, RFC 4568). Pure.

AES in counter mode with 128 bits, HMAC-SHA1 cut to 80 or 32 bits. Keys lie in the session description, so they are
worth something only where signalling is encrypted, too (SIP over TLS).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import secrets
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR

KEY_BYTES: Final = 16
SALT_BYTES: Final = 14
SUITES: Final = {"AES_CM_128_HMAC_SHA1_80": 10, "AES_CM_128_HMAC_SHA1_32": 4}
"""Bytes of the tag behind each packet of sound; reports always have :data:`REPORT_TAG_BYTES`."""
REPORT_TAG_BYTES: Final = 10
WINDOW: Final = 64
"""Packets back from the newest that are still taken, each once (replay protection)."""
_RTP_HEADER: Final = 12
_RTCP_HEADER: Final = 8
_ENCRYPTED: Final = 0x80000000
_HALF: Final = 1 << 15


@dataclass(frozen=True, slots=True)
class Sdes:
    """What ``a=crypto`` agrees on for one direction."""

    tag: str
    """Number of the line, the same in offer and answer."""
    suite: str
    """Of :data:`SUITES`."""
    secret: bytes = field(repr=False)
    """Master key and master salt."""

    @property
    def line(self) -> str:
        """The attribute's value."""
        return f"{self.tag} {self.suite} inline:{base64.b64encode(self.secret).decode()}"

    def answer(self) -> Sdes:
        """The same way with a secret of our own."""
        return Sdes(self.tag, self.suite, secrets.token_bytes(KEY_BYTES + SALT_BYTES))


def usable(lines: Iterable[str]) -> Sdes | None:
    """The first of several ``a=crypto`` values we can meet; None when there is none.

    One with parameters of a session (unencrypted, a window of its own) or with an index of keys (MKI) cannot be met.
    """
    for line in lines:
        parts = line.split()
        if len(parts) != 3 or parts[1] not in SUITES or not parts[2].startswith("inline:"):
            continue
        key, *more = parts[2].removeprefix("inline:").split("|")
        if any(":" in one for one in more):
            continue
        try:
            secret = base64.b64decode(key, validate=True)
        except (binascii.Error, ValueError):
            continue
        if len(secret) == KEY_BYTES + SALT_BYTES and parts[0].isdecimal():
            return Sdes(parts[0], parts[1], secret)
    return None


class BadPacket(ValueError):
    """A packet that is damaged, forged, or came before."""


@dataclass(frozen=True, slots=True)
class _Keys:
    """Session keys for sound or for reports (RFC 3711, 4.3)."""

    cipher: bytes = field(repr=False)
    auth: bytes = field(repr=False)
    salt: int = field(repr=False)

    @classmethod
    def derived(cls, secret: bytes, first_label: int) -> _Keys:
        key, salt = secret[:KEY_BYTES], int.from_bytes(secret[KEY_BYTES:], "big")

        def derive(label: int, size: int) -> bytes:
            start = ((label << 48) ^ salt) << 16
            return _crypt(key, start, bytes(size))

        return cls(
            derive(first_label, KEY_BYTES),
            derive(first_label + 1, 20),
            int.from_bytes(derive(first_label + 2, SALT_BYTES), "big"),
        )

    def crypt(self, ssrc: int, index: int, data: bytes) -> bytes:
        return _crypt(self.cipher, (self.salt << 16) ^ (ssrc << 64) ^ (index << 16), data)

    def tag(self, data: bytes, size: int) -> bytes:
        return hmac.digest(self.auth, data, "sha1")[:size]


class _Seen:
    """Which packets came already: the newest and the window behind it."""

    def __init__(self) -> None:
        self.newest = -1
        self._bits = 0

    def refuse(self, index: int) -> None:
        """Raises BadPacket for one that came before or is too old to tell."""
        back = self.newest - index
        if back >= WINDOW or (back >= 0 and self._bits >> back & 1):
            raise BadPacket("it came before")

    def note(self, index: int) -> None:
        if index > self.newest:
            self._bits = (self._bits << (index - self.newest) | 1) & ((1 << WINDOW) - 1) if self.newest >= 0 else 1
            self.newest = index
        else:
            self._bits |= 1 << (self.newest - index)


class Protecting:
    """What is sent in one direction."""

    def __init__(self, sdes: Sdes) -> None:
        self._tag_bytes = SUITES[sdes.suite]
        self._sound, self._reports = _Keys.derived(sdes.secret, 0), _Keys.derived(sdes.secret, 3)
        self._rollover, self._last, self._report = 0, -1, 0

    def sound(self, packet: bytes) -> bytes:
        """An RTP packet as it goes over the line."""
        begin, sequence, ssrc = _rtp(packet)
        if 0 <= sequence < self._last - _HALF:
            self._rollover += 1
        self._last = sequence
        coded = packet[:begin] + self._sound.crypt(ssrc, self._rollover << 16 | sequence, packet[begin:])
        return coded + self._sound.tag(coded + struct.pack("!I", self._rollover), self._tag_bytes)

    def report(self, packet: bytes) -> bytes:
        """An RTCP packet as it goes over the line."""
        ssrc, index = _ssrc_of_report(packet), self._report
        self._report += 1
        coded = packet[:_RTCP_HEADER] + self._reports.crypt(ssrc, index, packet[_RTCP_HEADER:])
        coded += struct.pack("!I", _ENCRYPTED | index)
        return coded + self._reports.tag(coded, REPORT_TAG_BYTES)


class Opening:
    """What is received in one direction."""

    def __init__(self, sdes: Sdes) -> None:
        self._tag_bytes = SUITES[sdes.suite]
        self._sound, self._reports = _Keys.derived(sdes.secret, 0), _Keys.derived(sdes.secret, 3)
        self._seen: dict[int, _Seen] = {}
        self._reports_seen: dict[int, _Seen] = {}

    def sound(self, packet: bytes) -> bytes:
        """An RTP packet as it was before it went over the line. Raises BadPacket."""
        coded, tag = packet[: -self._tag_bytes], packet[-self._tag_bytes :]
        begin, sequence, ssrc = _rtp(coded)
        seen = self._seen.get(ssrc) or _Seen()
        index = _index(seen.newest, sequence)
        seen.refuse(index)
        if not hmac.compare_digest(tag, self._sound.tag(coded + struct.pack("!I", index >> 16), self._tag_bytes)):
            raise BadPacket("its tag is wrong")
        # Only a packet that is right may take room: anybody can make up sources.
        self._seen[ssrc] = seen
        seen.note(index)
        return coded[:begin] + self._sound.crypt(ssrc, index, coded[begin:])

    def report(self, packet: bytes) -> bytes:
        """An RTCP packet as it was before it went over the line. Raises BadPacket."""
        coded, tag = packet[:-REPORT_TAG_BYTES], packet[-REPORT_TAG_BYTES:]
        if len(coded) < _RTCP_HEADER + 4:
            raise BadPacket("it is too short")
        if not hmac.compare_digest(tag, self._reports.tag(coded, REPORT_TAG_BYTES)):
            raise BadPacket("its tag is wrong")
        (flagged,) = struct.unpack("!I", coded[-4:])
        index, ssrc = flagged & ~_ENCRYPTED, _ssrc_of_report(coded)
        seen = self._reports_seen.setdefault(ssrc, _Seen())
        seen.refuse(index)
        seen.note(index)
        body = coded[_RTCP_HEADER:-4]
        return coded[:_RTCP_HEADER] + (self._reports.crypt(ssrc, index, body) if flagged & _ENCRYPTED else body)


def _index(newest: int, sequence: int) -> int:
    """The number of a packet, its 16 bits counted on past 65,535 (RFC 3711, appendix A)."""
    if newest < 0:
        return sequence
    rollover, last = newest >> 16, newest & 0xFFFF
    if last < _HALF and sequence - last > _HALF:
        rollover = max(0, rollover - 1)
    elif last >= _HALF and sequence < last - _HALF:
        rollover += 1
    return rollover << 16 | sequence


def _rtp(packet: bytes) -> tuple[int, int, int]:
    """Where the sound of an RTP packet begins, its number, and its source."""
    if len(packet) < _RTP_HEADER or packet[0] >> 6 != 2:
        raise BadPacket("it is no RTP")
    begin = _RTP_HEADER + 4 * (packet[0] & 0x0F)
    if packet[0] & 0x10:
        if len(packet) < begin + 4:
            raise BadPacket("its header is cut off")
        begin += 4 + 4 * struct.unpack_from("!H", packet, begin + 2)[0]
    if begin > len(packet):
        raise BadPacket("its header is cut off")
    sequence, ssrc = struct.unpack_from("!H", packet, 2)[0], struct.unpack_from("!I", packet, 8)[0]
    return begin, sequence, ssrc


def _ssrc_of_report(packet: bytes) -> int:
    if len(packet) < _RTCP_HEADER:
        raise BadPacket("it is too short")
    ssrc: int = struct.unpack_from("!I", packet, 4)[0]
    return ssrc


def _crypt(key: bytes, start: int, data: bytes) -> bytes:
    """AES in counter mode: the same both ways."""
    return Cipher(AES(key), CTR(start.to_bytes(16, "big"))).encryptor().update(data)
