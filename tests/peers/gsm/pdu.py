"""Short messages as a modem hands them over and takes them: the PDUs of 3GPP TS 23.040, as far as the modem needs.

Written apart from the product, so that an error of the one does not hide an error of the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import gsm0338

SMSC = "+84900000999"

_codec = gsm0338.Codec()


@dataclass(frozen=True, slots=True)
class Submitted:
    """One part a modem was told to send."""

    recipient: str
    text: str
    is_ucs2: bool
    wants_report: bool
    reference: int | None = None
    """What parts of one message share."""
    total: int = 1
    number: int = 1


def deliver(
    sender: str,
    text: str,
    *,
    at: datetime,
    part: tuple[int, int, int] | None = None,
    ucs2: bool | None = None,
    binary: bytes | None = None,
    wide_reference: bool = False,
) -> str:
    """A message from the network as hexadecimal PDU.

    Args:
        sender: ``+84…``, a short code of digits, or a name.
        text: what it says; ignored where ``binary`` is given.
        at: when the network's centre took it.
        part: reference, total and number of this part.
        ucs2: force or forbid UCS-2; None takes what the text needs.
        binary: 8-bit data, as pictures announce themselves.
        wide_reference: write the reference in two bytes.
    """
    header = b""
    if part:
        reference, total, number = part
        element = bytes([8, 4, *divmod(reference, 256)]) if wide_reference else bytes([0, 3, reference])
        header = element + bytes([total, number])
        header = bytes([len(header)]) + header
    first = 0x04 | (0x40 if header else 0)
    if binary is not None:
        coding, data, length = 0x04, header + binary, len(header) + len(binary)
    elif ucs2 or (ucs2 is None and not _is_gsm7(text)):
        data = header + text.encode("utf-16-be")
        coding, length = 0x08, len(data)
    else:
        coding = 0x00
        data, length = _packed(text, header)
    return (
        (_smsc() + bytes([first]) + _address(sender) + bytes([0, coding]) + _time(at) + bytes([length]) + data)
        .hex()
        .upper()
    )


def report(recipient: str, reference: int, *, at: datetime, status: int = 0) -> str:
    """A delivery report: what became of the submission that got this reference; status 0 is delivered."""
    return (
        (_smsc() + bytes([0x06, reference]) + _address(recipient) + _time(at) + _time(at) + bytes([status]))
        .hex()
        .upper()
    )


def read_submit(pdu: str) -> Submitted:
    """Read what a modem was told to send."""
    raw = bytes.fromhex(pdu)
    raw = raw[1 + raw[0] :]
    first, position = raw[0], 2
    digits, kind = raw[position], raw[position + 1]
    octets = (digits + 1) // 2
    number = _swapped(raw[position + 2 : position + 2 + octets])[:digits]
    position += 2 + octets
    coding = raw[position + 1]
    position += 2 + {0x00: 0, 0x10: 1, 0x08: 7, 0x18: 7}[first & 0x18]
    length, data = raw[position], raw[position + 1 :]
    header = data[: data[0] + 1] if first & 0x40 else b""
    if coding & 0x0C == 0x08:
        text = data[len(header) : length].decode("utf-16-be")
    else:
        skipped = -(-len(header) * 8 // 7)
        text = _codec.decode(bytes(_septets(data, length)[skipped:]))[0]
    reference, total, part = _concatenation(header)
    return Submitted(
        recipient=("+" if kind == 0x91 else "") + number,
        text=text,
        is_ucs2=coding & 0x0C == 0x08,
        wants_report=bool(first & 0x20),
        reference=reference,
        total=total,
        number=part,
    )


def joined(parts: list[Submitted]) -> list[tuple[str, str]]:
    """Recipient and whole text of every message as the receiving telephone shows it; incomplete ones are left out."""
    whole: list[tuple[str, str]] = []
    waiting: dict[tuple[str, int], dict[int, Submitted]] = {}
    for part in parts:
        if part.reference is None:
            whole.append((part.recipient, part.text))
            continue
        group = waiting.setdefault((part.recipient, part.reference), {})
        group[part.number] = part
        if len(group) == part.total:
            whole.append((part.recipient, "".join(group[number].text for number in sorted(group))))
            del waiting[part.recipient, part.reference]
    return whole


def _is_gsm7(text: str) -> bool:
    try:
        _codec.encode(text)
    except UnicodeError:
        return False
    return True


def _smsc() -> bytes:
    digits = _nibbles(SMSC[1:])
    return bytes([len(digits) + 1, 0x91]) + digits


def _address(number: str) -> bytes:
    if number.startswith("+"):
        return bytes([len(number) - 1, 0x91]) + _nibbles(number[1:])
    if number.isdigit():
        return bytes([len(number), 0x81]) + _nibbles(number)
    packed, _ = _packed(number, b"")
    return bytes([len(packed) * 2, 0xD0]) + packed


def _nibbles(digits: str) -> bytes:
    padded = digits + "F" * (len(digits) % 2)
    return bytes.fromhex("".join(padded[place + 1] + padded[place] for place in range(0, len(padded), 2)))


def _swapped(octets: bytes) -> str:
    text = octets.hex()
    return "".join(text[place + 1] + text[place] for place in range(0, len(text), 2))


def _time(at: datetime) -> bytes:
    offset = at.utcoffset() or timedelta()
    quarters = int(offset.total_seconds() // 900)
    fields = f"{at:%y%m%d%H%M%S}{abs(quarters):02d}"
    octets = bytearray(_nibbles(fields))
    if quarters < 0:
        octets[-1] |= 0x08
    return bytes(octets)


def _packed(text: str, header: bytes) -> tuple[bytes, int]:
    """Septets packed after a header and the bits that fill it up; with the length in septets."""
    septets = _codec.encode(text)[0]
    shift = -(len(header) * 8) % 7
    bits = shift
    value = 0
    for septet in septets:
        value |= septet << bits
        bits += 7
    octets = value.to_bytes((bits + 7) // 8, "little") if septets else b""
    return header + octets, (len(header) * 8 + bits) // 7


def _septets(data: bytes, length: int) -> list[int]:
    value = int.from_bytes(data, "little")
    return [value >> (7 * place) & 0x7F for place in range(length)]


def _concatenation(header: bytes) -> tuple[int | None, int, int]:
    position = 1
    while position < len(header):
        kind, size = header[position], header[position + 1]
        value = header[position + 2 : position + 2 + size]
        if kind == 0:
            return value[0], value[1], value[2]
        if kind == 8:
            return value[0] * 256 + value[1], value[2], value[3]
        position += 2 + size
    return None, 1, 1
