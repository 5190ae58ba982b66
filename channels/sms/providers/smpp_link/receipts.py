"""What a delivery receipt says: the id in every way it may be written, and the state. Pure.

The id stands in a TLV, in the text, or in the text inside ``message_payload``; hexadecimal in the answer to our message
and decimal in the receipt, with zeros lost or added. SMPP 3.4 leaves the text to each operator (appendix B).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from channels.sms.providers.smpp_link.tables import statuses
from channels.sms.routes.messages import Delivery

RECEIPT = 0x04
"""Bits 2 to 5 of ``esm_class``: what the message centre delivers is a receipt. SMPP 3.4, 5.2.12."""
_KIND = 0x3C
STATES = {
    1: "ENROUTE",
    2: "DELIVRD",
    3: "EXPIRED",
    4: "DELETED",
    5: "UNDELIV",
    6: "ACCEPTD",
    7: "UNKNOWN",
    8: "REJECTD",
}
"""``message_state``. SMPP 3.4, 5.2.28."""

_FIELD = re.compile(r"(?<![A-Za-z])(id|stat|err)\s*:\s*(\S+)", re.IGNORECASE)
_TEXT = re.compile(r"(?<![A-Za-z])text\s*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reported:
    """One receipt."""

    id: str
    also: tuple[str, ...]
    """Other ways the same id may have been written in the answer, in the order they are tried."""
    delivery: Delivery | None
    """None where nothing is known."""
    code: str | None


def read(esm_class: int, text: str, id_tlv: str | None = None, state_tlv: int | None = None) -> Reported | None:
    """Read a delivered message as a receipt; None when it is a citizen's.

    Args:
        esm_class: of the PDU.
        text: ``short_message`` or ``message_payload``, decoded.
        id_tlv: ``receipted_message_id``.
        state_tlv: ``message_state``.
    """
    fields = _fields(text)
    is_said = (esm_class & _KIND) == RECEIPT
    # Some centres send receipts as plain messages. A citizen's text has no id and state in this form.
    if not is_said and not ({"id", "stat"} <= fields.keys() and text.lstrip().lower().startswith("id:")):
        return None
    id = (id_tlv or fields.get("id", "")).strip("\x00 ")
    state = fields.get("stat", "").upper() or STATES.get(state_tlv or 0, "")
    meaning = statuses().get(state[:7])
    error = fields.get("err", "").lstrip("0")
    delivery = meaning.delivery if meaning is not None else None
    return Reported(id, writings_of(id), delivery, (error or state or None) if delivery is Delivery.FAILED else None)


def writings_of(id: str) -> tuple[str, ...]:
    """The other ways an id may have been written in the answer to our message; the likeliest first.

    The answers' ids are kept as they came, so that each way is tried: letters in either case, zeros lost or added, and
    the number written to the other base.
    """
    found: list[str] = [id.lower(), id.upper()]
    if id.isdecimal():
        number = int(id)
        found += [str(number), f"{number:010d}", f"{number:X}", f"{number:x}", f"{number:08X}", f"{number:08x}"]
    if re.fullmatch(r"[0-9A-Fa-f]{1,16}", id):
        number = int(id, 16)
        found += [f"{number:X}", f"{number:x}", f"{number:08X}", f"{number:08x}", str(number), f"{number:010d}"]
    return tuple(one for one in dict.fromkeys(found) if one != id)


def _fields(text: str) -> dict[str, str]:
    # What stands behind "text:" is the beginning of our own message, and may hold anything.
    said = _TEXT.split(text, maxsplit=1)[0]
    fields: dict[str, str] = {}
    for name, value in _FIELD.findall(said):
        fields.setdefault(name.lower(), value)
    return fields
