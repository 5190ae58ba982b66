"""Outgoing messages as the queue sees them: added, claimed, settled."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from channels.sms.queue.states import OutgoingState
from channels.sms.routes.messages import Kind, OutgoingMessage
from channels.sms.routes.route import Limits


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to add."""

    key: str
    """Idempotency key, the same whenever it is added again: ``answer:12:0``. The second time nothing is added."""
    recipient: str
    """E.164."""
    text: str
    kind: Kind
    person: str
    """Keyed hash, as in the inbox."""
    came_by: str = ""
    """Route of the citizen's own message; the answer goes back by it."""
    sender: str | None = None
    """Our number the citizen wrote to."""
    answer_to: int | None = None
    """Id of the incoming message."""
    not_before: float | None = None
    expires_at: float | None = None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message this process may send now."""

    id: int
    route: str
    message: OutgoingMessage
    person: str
    kind: Kind
    attempts: int
    """Hand-overs tried on this route before."""
    unsure: bool
    """Whether the last one may have succeeded."""
    refused_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HandedOver:
    """The provider took it."""

    id: int
    provider_id: str | None = None
    segments: int | None = None


@dataclass(frozen=True, slots=True)
class NotSent:
    """It could not be sent; what to do with it now."""

    id: int
    code: str
    state: OutgoingState
    """Waiting to try again, or failed."""
    route: str
    next_try_at: float
    attempts: int
    """On that route."""
    unsure_since: float | None = None
    refused_by: tuple[str, ...] = ()


Result = HandedOver | NotSent


@dataclass(frozen=True, slots=True)
class Room:
    """How many messages a route could take from this process at once."""

    route: str
    limits: Limits
    most: int


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a look into the outbox brought."""

    claimed: tuple[Claimed, ...]
    again_in: float | None
    """Seconds after which a rate limit lets more pass; None when no limit held anything back."""
    spent: tuple[str, ...] = ()
    """Routes with messages that their day's segments do not suffice for."""


class NoticeRule(Protocol):
    """When notices may go."""

    def when(self, persons: Collection[str], now: datetime, kind: Kind) -> Mapping[str, datetime]:
        """The earliest moment from ``now`` for each; who is not there must never get it."""
        ...
