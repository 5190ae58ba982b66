"""The webhooks' forms, each read once into a typed value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from channels.sms.providers.provider import FormError
from channels.sms.providers.twilio.tables import statuses
from channels.sms.routes.messages import IncomingMessage, Receipt

NAME = "twilio"
"""The route's name."""

STATUS_PATH = "/sms/twilio/status"
_REFERENCE_FIELD = "message"
"""Query field that carries our reference to the provider and back in its status callbacks."""

_IDS = ("MessageSid", "SmsSid", "SmsMessageSid")
"""The same id under its present and its two former names."""

_STATUSES = ("MessageStatus", "SmsStatus")
"""The same status under its present and its former name."""

MESSAGE_FIELDS: Mapping[str, str] = {
    "MessageSid": "the provider's id of the message",
    "From": "the citizen's number",
    "To": "our number",
    "Body": "the words; may be empty",
    "NumMedia": "how many pictures came with it; 0 when left out",
    "MediaContentType0": "what the first of them is; audio is listened to where nothing is written",
    "MediaUrl0": "where it lies; further ones are numbered on",
}
"""What is read of a message's form; the first four must be there."""

RECEIPT_FIELDS: Mapping[str, str] = {
    "MessageSid": "the provider's id of the message",
    "MessageStatus": "what became of it",
    "ErrorCode": "the provider's number of the error",
}
"""What is read of a receipt's form; all but the last must be there."""

MOST_FILES = 10
"""Of one message, by the provider's own limit."""
LONGEST_ADDRESS = 1_000

_ID = re.compile(r"[!-~]{1,64}")
"""Compatible providers have ids of their own shapes."""

_REFERENCE = re.compile(r"[0-9A-Za-z]{1,64}")
_ERROR_CODE = re.compile(r"[0-9]{1,6}")


def read_message(form: Mapping[str, str], received_at: datetime) -> IncomingMessage:
    """Read the form of a messaging webhook.

    Raises:
        FormError: naming every missing or wrong field, and no value.
    """
    problems = [f"{name} is missing" for name in ("From", "To") if not form.get(name, "").strip()]
    if "Body" not in form:
        problems.append("Body is missing (it may be empty)")
    message_id = _first(form, _IDS)
    if not message_id:
        problems.append("MessageSid is missing")
    # Compatible providers leave the field out of messages that are text alone.
    media = form.get("NumMedia", "0").strip() or "0"
    if not (media.isascii() and media.isdigit() and len(media) <= 3):
        problems.append("NumMedia is no number")
    if problems:
        raise FormError("; ".join(problems))
    return IncomingMessage(
        route=NAME,
        sender=form["From"].strip(),
        recipient=form["To"].strip(),
        body=form["Body"],
        received_at=received_at,
        provider_id=message_id,
        media=int(media),
        voice=_recording(form, int(media)),
    )


def _recording(form: Mapping[str, str], media: int) -> str:
    """Where the first recording among the files lies; empty where there is none."""
    for place in range(min(media, MOST_FILES)):
        if form.get(f"MediaContentType{place}", "").strip().lower().startswith("audio/"):
            address = form.get(f"MediaUrl{place}", "").strip()
            return address if len(address) <= LONGEST_ADDRESS else ""
    return ""


def status_address(public_url: str | None, reference: str) -> str | None:
    """Where the provider reports on a message; None when it cannot reach us."""
    return f"{public_url.rstrip('/')}{STATUS_PATH}?{_REFERENCE_FIELD}={reference}" if public_url else None


def read_receipt(form: Mapping[str, str], query: Mapping[str, str]) -> Receipt | None:
    """Read a status callback.

    Args:
        form: its fields.
        query: of :func:`status_address`; what is no reference of ours in it is ignored.

    Returns:
        None for a status that says nothing about a message going out.

    Raises:
        FormError: naming every missing or wrong field, and no value.
    """
    message_id, status = _first(form, _IDS), _first(form, _STATUSES)
    problems = []
    if not _ID.fullmatch(message_id):
        problems.append("MessageSid is wrong" if message_id else "MessageSid is missing")
    if not status:
        problems.append("MessageStatus is missing")
    if problems:
        raise FormError("; ".join(problems))
    meaning = statuses().get(status.lower())
    if meaning is None:
        return None
    code, reference = form.get("ErrorCode", "").strip(), query.get(_REFERENCE_FIELD, "")
    return Receipt(
        route=NAME,
        delivery=meaning.delivery,
        provider_id=message_id,
        reference=reference if _REFERENCE.fullmatch(reference) else None,
        code=code if _ERROR_CODE.fullmatch(code) else None,
    )


def _first(form: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((form[name].strip() for name in names if form.get(name, "").strip()), "")
