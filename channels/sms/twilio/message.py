"""The webhook's form, read once into a typed value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_IDS = ("MessageSid", "SmsSid", "SmsMessageSid")
"""The same id under its present and its two former names."""


class FormError(ValueError):
    """The form lacks something; the message says what."""


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """One message a citizen sent."""

    id: str
    """The provider's id; the same when it delivers the message again."""
    sender: str
    """As the provider writes it; never to be logged or stored."""
    recipient: str
    body: str
    media: int
    """Number of pictures or files that came with it."""

    @property
    def is_media_only(self) -> bool:
        """Whether there is something, but nothing to read."""
        return self.media > 0 and not self.body.strip()


def read_message(form: Mapping[str, str]) -> IncomingMessage:
    """Read the form of a messaging webhook.

    Raises:
        FormError: naming every missing or wrong field, and no value.
    """
    problems = [f"{name} is missing" for name in ("From", "To") if not form.get(name, "").strip()]
    if "Body" not in form:
        problems.append("Body is missing (it may be empty)")
    message_id = next((form[name].strip() for name in _IDS if form.get(name, "").strip()), "")
    if not message_id:
        problems.append("MessageSid is missing")
    # Compatible providers leave the field out of messages that are text alone.
    media = form.get("NumMedia", "0").strip() or "0"
    if not (media.isascii() and media.isdigit() and len(media) <= 3):
        problems.append("NumMedia is no number")
    if problems:
        raise FormError("; ".join(problems))
    return IncomingMessage(message_id, form["From"].strip(), form["To"].strip(), form["Body"], int(media))
