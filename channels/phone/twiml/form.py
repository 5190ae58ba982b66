"""The webhooks' forms, read once into typed values."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from channels.phone.dialogue.carrier_protocol import HungUp, Input, Keys, Said, Silence, TransferEnded

_CALL_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")
_OVER: Final = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
"""Values of CallStatus after which nothing more is said."""
_LONGEST_SPEECH: Final = 4_000


CALL_FIELDS: Final[Mapping[str, str]] = {
    "CallSid": "the provider's id of the call",
    "From": "the caller's number, or a word where it is withheld",
    "CallStatus": "how the call is",
    "Digits": "DTMF keys pressed",
    "FinishedOnKey": "the key that ended them",
    "SpeechResult": "words the provider's recogniser heard",
    "Confidence": "how sure it is, 0 to 1",
    "DialCallStatus": "how a transfer ended",
}
"""What is read of a call's forms; only the first must be there."""


class FormError(ValueError):
    """The form lacks something; the message says what, and no value."""


@dataclass(frozen=True, slots=True)
class CallForm:
    """What every voice webhook carries."""

    id: str
    """The provider's id of the call."""
    caller: str | None
    """As the provider writes it; words such as ``anonymous`` where the number is withheld. Never logged."""
    is_over: bool


def read_call(form: Mapping[str, str]) -> CallForm:
    """Read the part of the form that all voice webhooks share.

    Raises:
        FormError: the call's id is missing or no id.
    """
    call_id = form.get("CallSid", "").strip()
    if not call_id:
        raise FormError("CallSid is missing")
    if not _CALL_ID.fullmatch(call_id):
        raise FormError("CallSid is no id")
    return CallForm(call_id, form.get("From", "").strip() or None, form.get("CallStatus", "").strip() in _OVER)


def read_input(form: Mapping[str, str]) -> Input:
    """What the caller did, from the form that follows a ``<Gather>``."""
    if read_call(form).is_over:
        return HungUp()
    digits = form.get("Digits", "").strip()
    if form.get("FinishedOnKey", "").strip() == "#":
        # The key that ends an entry is left out of Digits; pressed alone it is all there is.
        digits += "#"
    if digits:
        return Keys(digits)
    speech = form.get("SpeechResult", "").strip()
    if speech:
        return Said(speech[:_LONGEST_SPEECH], _confidence(form.get("Confidence", "")))
    return Silence()


def read_dialled(form: Mapping[str, str]) -> Input:
    """How a ``<Dial>`` ended."""
    status = form.get("DialCallStatus", "").strip()
    if status in {"completed", "answered"}:
        return TransferEnded(answered=True)
    return HungUp() if read_call(form).is_over else TransferEnded(answered=False)


def _confidence(written: str) -> float | None:
    """Between 0 and 1. Recognisers that give none send 0.0 for every utterance, which must not count as noise."""
    try:
        value = float(written)
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 < value <= 1 else None
