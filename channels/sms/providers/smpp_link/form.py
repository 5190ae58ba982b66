"""What the centre brings in a ``deliver_sm``, read once into typed values. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from channels.sms.providers.smpp_link import receipts
from channels.sms.providers.smpp_link.numbers import number_of
from channels.sms.providers.smpp_link.text import HEADER, Place, decoded, place_of, split_header


@dataclass(frozen=True, slots=True)
class Delivered:
    """A citizen's message, or a part of one."""

    sender: str
    recipient: str
    text: str | None
    """None for octets that are no text."""
    place: Place | None
    """Where a part belongs; None for a whole message."""


def read_receipt(pdu: Any) -> receipts.Reported | None:
    """The receipt a ``deliver_sm`` is; None for a message."""
    words = decoded(_octets(pdu), pdu.data_coding or 0) or ""
    return receipts.read(pdu.esm_class or 0, words, _plain(pdu.receipted_message_id) or None, pdu.message_state)


def read_message(pdu: Any) -> Delivered:
    """The message, or the part, that a ``deliver_sm`` is."""
    octets = _octets(pdu)
    place = place_of(pdu.sar_msg_ref_num, pdu.sar_total_segments, pdu.sar_segment_seqnum)
    if (pdu.esm_class or 0) & HEADER:
        place, octets = split_header(octets)
    return Delivered(
        sender=number_of(pdu.source_addr_ton or 0, _plain(pdu.source_addr)),
        recipient=number_of(pdu.dest_addr_ton or 0, _plain(pdu.destination_addr)),
        text=decoded(octets, pdu.data_coding or 0),
        place=place,
    )


def _octets(pdu: Any) -> bytes:
    octets: bytes = pdu.message_payload or pdu.short_message or b""
    return octets


def _plain(value: bytes | str | None) -> str:
    text = value.decode("latin-1") if isinstance(value, bytes) else value or ""
    return text.strip("\x00 ")
