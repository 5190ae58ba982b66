"""What sends texts somebody asked for on the telephone, at a kiosk or at the centre."""

from __future__ import annotations

from channels.phone.answer_texts import OutboxTexts
from channels.rendering.sms import SmsStyle
from channels.sms.queue.outbox import Outbox
from channels.sms.queue.wake import Wake
from installation.root import Installation
from stores.limiter import Limiter


def asked_texts(here: Installation, outbox: Outbox, limiter: Limiter) -> OutboxTexts:
    """By the routes of an installation, within its limits."""
    settings = here.settings
    style = SmsStyle.from_settings(settings)
    return OutboxTexts(outbox, Wake(here.redis), here.seal, style, limiter, settings.number_beginnings)
