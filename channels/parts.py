"""What the gateway is built from, and rooms above the channels build their own addresses from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flask import Blueprint
from redis import Redis

from channels.callers import Callers
from channels.conversing import Conversing
from channels.core_client import CoreClient
from channels.health import Check
from channels.metrics import Metrics
from channels.phone.dialogue.call import CallDialogue
from channels.sms.parts import SmsParts
from channels.sms.queue.outbox import Outbox
from runtime.settings import Settings
from stores.database import Database
from stores.limiter import Limiter
from stores.sealing import Seal


@dataclass(frozen=True)
class Parts:
    """The gateway's own parts; safe to share between threads."""

    settings: Settings
    core: CoreClient
    conversing: Conversing
    callers: Callers
    seal: Seal
    redis: Redis
    """Decodes its answers."""
    database: Database
    sms: SmsParts
    dialogue: CallDialogue
    metrics: Metrics
    now: Callable[[], datetime]
    limiter: Limiter
    beside: dict[str, Check] = field(default_factory=dict)
    """Checks shown by ``/readyz`` beside what the gateway cannot do without; rooms above add theirs."""

    @property
    def outbox(self) -> Outbox:
        """Sends text messages."""
        return self.sms.outbox


Addresses = Callable[[Parts], Blueprint]
"""Makes further addresses; called in the process that serves."""
