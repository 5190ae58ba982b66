"""What an SMS provider is: one class that says what it needs, what it listens to, and how messages go out by it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Protocol

from channels.sms.routes.messages import IncomingMessage
from channels.sms.routes.route import Arrivals, Route
from runtime import clock
from runtime.settings import Settings
from stores.sealing import Seal

if TYPE_CHECKING:
    # Only web processes need Flask and what answers inside a response: the worker does not pay for their memory.
    from flask import Blueprint
    from pydantic_settings import BaseSettings

    from channels.callers import Callers
    from channels.metrics import Metrics
    from channels.sms.answering.inline_answers import InlineReply


class FormError(ValueError):
    """What a provider brought lacks something; the message names every missing or wrong field with its cure, and holds
    no value.
    """


class Receiving(Protocol):
    """Stores messages and answers those it can at once, for providers that take an answer in the response."""

    def receive(self, message: IncomingMessage) -> InlineReply:
        """Store a message; raises SQLAlchemy's errors and :class:`NotAnswered` when the provider must come again."""
        ...


@dataclass(frozen=True, slots=True)
class WebhookParts:
    """What a provider's addresses may use; safe to share between threads."""

    settings: Settings
    callers: Callers
    """Tells this machine and our own key from others."""
    metrics: Metrics
    arrivals: Arrivals
    """Where messages and delivery receipts go, stored before the call returns."""
    receiving: Receiving
    now: Callable[[], datetime]
    """The clock."""


class Provider(ABC):
    """One provider of text messages; holds nothing but its own settings, and is cheap to import.

    What costs memory or time (an SDK, Flask) is imported inside the methods: a kiosk asks every provider whether it is
    set up, the worker never needs addresses, and the gateway never sends.
    """

    def __init__(self, own: BaseSettings | None = None) -> None:
        self.own = own
        """Settings of a provider from outside (``MOTCUA_<NAME>_…``); None for the project's own, which stand in the one
        settings object."""

    now: Callable[[], datetime] = staticmethod(clock.now)
    """The clock of the installation; whoever connects a provider hands it in."""

    name: ClassVar[str]
    """In rows, the number table, logs and figures, and of the entry point: lower-case letters, digits and _."""

    @abstractmethod
    def is_set_up(self, settings: Settings) -> bool:
        """Whether messages can go out this way, told from the settings without making a connection."""

    def lines(self, settings: Settings) -> Mapping[str, str]:
        """Its routes by name, each with our number there as citizens dial it, or an empty text where that is not known;
        a provider with one route has one of its own name. Names of several begin with the provider's.

        Raises:
            runtime.settings.SettingsError: a setting cannot be read.
        """
        return {self.name: ""} if self.is_set_up(settings) else {}

    @abstractmethod
    async def connect(self, settings: Settings, seal: Seal) -> Route | Sequence[Route]:
        """The route out, or one for each of :meth:`lines`, inside the running event loop of the worker.

        Called only when it is set up.

        Args:
            settings: of the installation.
            seal: hashes what must be told apart and not kept.

        Raises:
            runtime.settings.SettingsError: a setting or a program is missing.
        """

    def longest(self, settings: Settings) -> int | None:
        """Characters it takes in one message where that is less than the six segments an operator may set."""
        return None

    def webhooks(self, parts: WebhookParts) -> Sequence[Blueprint]:
        """The addresses of the gateway that the provider calls; none where it is fetched from, as with a modem.

        They stand also while the provider is not set up: the answer then says which setting is missing.
        """
        return ()
