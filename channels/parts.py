"""What rooms above the channels may build their own addresses of the gateway from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint
from redis import Redis

from channels.callers import Callers
from channels.conversing import Conversing
from channels.health import Check
from channels.metrics import Metrics
from channels.sms.queue.outbox import Outbox
from runtime.settings import Settings
from stores.database import Database
from stores.sealing import Seal


@dataclass(frozen=True)
class Parts:
    """The gateway's own parts; safe to share between threads."""

    settings: Settings
    conversing: Conversing
    callers: Callers
    seal: Seal
    redis: Redis
    """Decodes its answers."""
    database: Database
    outbox: Outbox
    metrics: Metrics
    beside: dict[str, Check]
    """Checks shown by ``/readyz`` beside what the gateway cannot do without; rooms above add theirs."""


Addresses = Callable[[Parts], Blueprint]
"""Makes further addresses; called in the process that serves."""
