"""What a route is: one way of handing messages to the telephone network, and of getting them from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from channels.sms.routes.messages import Handed, IncomingMessage, OutgoingMessage, Receipt


class Fault(StrEnum):
    """What a failed hand-over means for the message and for the route."""

    PERMANENT = "permanent"
    """This message can never be sent by this route: wrong number, barred, opted out at the provider."""
    RETRYABLE = "retryable"
    """Surely not taken; the same message may go later, or by another route."""
    THROTTLED = "throttled"
    """Surely not taken because we are too fast: slow down, then again."""
    UNSURE = "unsure"
    """May have been taken: the connection broke after the message had left us."""

    @property
    def is_retryable(self) -> bool:
        """Whether the same message may go again: by this route or another, for UNSURE only after it was looked up."""
        return self is not Fault.PERMANENT


class SendFailed(Exception):
    """A provider did not take a message.

    Args:
        fault: what it means.
        code: the provider's code or our short name for the cause; may always be logged and shown to operators.
        message: for the operator.
        retry_after: seconds the provider asks us to wait.
        elsewhere: whether a permanent fault lies in this route or our account, so that another route may still
            carry the message; a wrong number or an opt-out stays one everywhere.
        loggable: whether ``message`` may be logged. False where it holds the provider's own words, which may repeat a
            number or a citizen's text; our own sentences hold neither.
    """

    def __init__(
        self,
        fault: Fault,
        code: str,
        message: str,
        retry_after: float | None = None,
        *,
        elsewhere: bool = False,
        loggable: bool = True,
    ) -> None:
        super().__init__(f"{code}: {message}" if loggable else code)
        self.fault = fault
        self.code = code
        self.message = message
        self.retry_after = retry_after
        self.elsewhere = elsewhere
        self.loggable = loggable

    @property
    def is_retryable(self) -> bool:
        """As :attr:`Fault.is_retryable`."""
        return self.fault.is_retryable

    @property
    def cause(self) -> str:
        """What may stand in a log."""
        return self.message if self.loggable else "(the provider's words are not logged)"


@dataclass(frozen=True, slots=True)
class Limits:
    """What a route bears."""

    per_second: float
    """Messages handed over a second at most."""
    window: int
    """Messages on their way to the provider at once, at most."""
    longest: int
    """Characters the provider takes in one message."""
    idempotent: bool
    """Whether the same reference twice gives one message, so that an unsure hand-over may simply be repeated."""
    per_day: int | None = None
    """Segments handed over in a day of Vietnam's clock at most; None: as many as there are."""


class Arrivals(Protocol):
    """Where a route brings what reached it; both calls return when it is safely stored."""

    def message(self, message: IncomingMessage) -> bool:
        """Store a citizen's message; False when it was there already."""
        ...

    def receipt(self, receipt: Receipt) -> None:
        """Store a provider's word about a message of ours."""
        ...


class Route(Protocol):
    """One route; lives in the event loop of the worker process."""

    @property
    def name(self) -> str:
        """Short name: in the number-to-route table, the log and the figures."""
        ...

    @property
    def limits(self) -> Limits:
        """What it bears."""
        ...

    async def send(self, message: OutgoingMessage) -> Handed:
        """Hand a message over.

        Raises:
            SendFailed: the provider did not, or may not, have taken it.
        """
        ...

    async def look_up(self, message: OutgoingMessage) -> Handed | None:
        """Whether the provider has a message of ours already; None also where it cannot be asked.

        Called before a message is tried again whose last hand-over may have succeeded.
        """
        ...

    async def run(self, arrivals: Arrivals) -> None:
        """What the route does on its own until cancelled: watch a modem, fetch messages. May just wait."""
        ...

    async def close(self) -> None:
        """Let go of connections and processes."""
        ...


Connect = Callable[[], Awaitable[Route]]
"""Makes a route inside the event loop that uses it."""
