"""What sends texts somebody asked for at a kiosk."""

from __future__ import annotations

from channels.parts import Parts
from channels.phone.answer_texts import OutboxTexts
from channels.rendering.sms import SmsStyle
from channels.sms.queue.wake import Wake


def asked_texts(parts: Parts) -> OutboxTexts:
    """By a route of the gateway's installation, within its limits."""
    settings = parts.settings
    style = SmsStyle.from_settings(settings)
    return OutboxTexts(parts.outbox, Wake(parts.redis), parts.seal, style, parts.limiter, settings.number_beginnings)
