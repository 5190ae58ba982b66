"""The route out: messages handed over by REST, through the provider's own SDK."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import aiohttp
from twilio.base import values
from twilio.base.exceptions import TwilioException
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from channels.sms.providers.twilio.form import NAME, status_address
from channels.sms.providers.twilio.http import KeptConnections, Refused
from channels.sms.providers.twilio.tables import WrongSender, refusal
from channels.sms.routes.messages import Handed, OutgoingMessage
from channels.sms.routes.route import Arrivals, Fault, Limits, SendFailed
from runtime import clock, logs
from runtime.settings import Settings

LONGEST = 1600
"""Characters; error 21617 beyond. Source: https://www.twilio.com/docs/api/errors/21617."""

CONNECTIONS = 40
"""Requests at once; the provider refuses an account's concurrent requests, not its rate (error 20429)."""

WINDOW = 3 * CONNECTIONS
"""Messages claimed at once: enough to keep the connections busy while results are written down."""

VALID_SECONDS = (1, 36_000)
"""What the provider takes as a validity period. Source: its OpenAPI description, ValidityPeriod."""

CLOCKS_APART = timedelta(seconds=10)
"""How far the provider's clock may be behind ours."""

MESSENGERS = ("whatsapp", "rcs")
"""Begin the addresses of messengers, of both sides."""

LOOKED_THROUGH = 50
"""Newest messages to a number that are looked through; one page of the provider's list."""

REMEMBERED = 20_000
"""Provider ids of the latest messages, each of which is one message of ours and no other."""

_NO_CONNECTION = "no-connection"

_PASSING = frozenset({_NO_CONNECTION, "20003", "http-401", "20503", "http-503"})
"""Codes that say nothing about whether the provider has a list of messages."""

_log = logs.get(__name__)


class TwilioRoute:
    """One account at a Twilio-compatible provider. Make it inside the event loop that uses it.

    Args:
        account: its SID.
        token: its secret.
        api_url: REST address of the provider, which may have a path.
        number: ours, or the SID of a Messaging Service (``MG…``): for messages that name no sender, and for those
            whose sender the provider refuses.
        public_url: where the provider reaches us; without it no status callbacks are asked for.
        per_second: messages handed over a second at most.
        now: the clock, aware.
    """

    name = NAME

    def __init__(
        self,
        account: str,
        token: str,
        *,
        api_url: str,
        number: str | None = None,
        public_url: str | None = None,
        per_second: float = 300.0,
        now: Callable[[], datetime] = clock.now,
    ) -> None:
        self.limits = Limits(per_second=per_second, window=WINDOW, longest=LONGEST, idempotent=False)
        self._number = number
        self._public_url = public_url
        self._now = now
        self._http = KeptConnections(CONNECTIONS)
        # The SDK would take region and edge from the environment and change the address.
        client = Client(account, token, http_client=self._http, environment={"TWILIO_REGION": ""})
        client.api.base_url = api_url.rstrip("/")
        self._messages = client.api.v2010.accounts(account).messages
        self._handed: OrderedDict[str, None] = OrderedDict()
        self._not_ours: set[str] = set()

    @classmethod
    def from_settings(cls, settings: Settings, now: Callable[[], datetime]) -> TwilioRoute:
        """The route an operator has set up."""
        assert settings.twilio_account_sid is not None
        assert settings.twilio_auth_token is not None
        return cls(
            settings.twilio_account_sid,
            settings.twilio_auth_token.get_secret_value(),
            api_url=str(settings.twilio_api_url),
            number=settings.twilio_number,
            public_url=str(settings.public_url) if settings.public_url else None,
            per_second=settings.twilio_per_second,
            now=now,
        )

    async def send(self, message: OutgoingMessage) -> Handed:
        """Hand a message over; from the configured number when the provider refuses the one it names.

        Raises:
            SendFailed: the provider did not, or may not, have taken it.
        """
        if len(message.text) > LONGEST:
            raise SendFailed(Fault.PERMANENT, "21617", f"text is longer than {LONGEST} characters")
        named = message.sender if message.sender not in self._not_ours else None
        try:
            return await self._hand_over(message, named or self._number)
        except WrongSender:
            if named is None or self._number in (None, named) or _messenger(named):
                # Who wrote by a messenger is not answered by a text message that costs and may not be wanted.
                raise
        self._not_ours.add(named)
        _log.warning("the provider refuses the number written to; answers go from MOTCUA_TWILIO_NUMBER", route=NAME)
        return await self._hand_over(message, self._number)

    async def look_up(self, message: OutgoingMessage) -> Handed | None:
        """Find a message among the newest ones to its recipient: same text, not older, and no other message of ours.

        The provider has no idempotency key and does not show the status callback's address again, so text and time
        have to do. Two equal messages to one person are told apart by each provider id counting for one of them.

        Raises:
            SendFailed: the provider cannot be asked just now; whether it has the message stays open.
        """
        if message.created_at is None:
            return None
        earliest = message.created_at - CLOCKS_APART
        try:
            newest = await self._call(
                lambda: self._messages.list_async(to=_address(message.recipient, message.sender), limit=LOOKED_THROUGH)
            )
        except SendFailed as failed:
            if failed.code in _PASSING or failed.fault in {Fault.THROTTLED, Fault.UNSURE}:
                raise
            # Not every compatible provider has the list: waiting for it would lose the message.
            _log.warning("the provider cannot be asked for a message it may have", route=NAME, code=failed.code)
            return None
        for found in newest:
            if found.sid and found.sid not in self._handed and _is_the_same(found, message, earliest):
                return self._taken(found)
        return None

    async def run(self, arrivals: Arrivals) -> None:
        """Nothing to do: messages and receipts come in by webhook."""
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.close()

    async def _hand_over(self, message: OutgoingMessage, sender: str | None) -> Handed:
        if sender is None:
            raise SendFailed(Fault.RETRYABLE, "no-sender", "MOTCUA_TWILIO_NUMBER is not set")
        is_service = sender.startswith("MG")
        made = await self._call(
            lambda: self._messages.create_async(
                to=_address(message.recipient, sender),
                body=message.text,
                from_=values.unset if is_service else sender,
                messaging_service_sid=sender if is_service else values.unset,
                status_callback=status_address(self._public_url, message.reference) or values.unset,
                validity_period=_validity(message.valid_seconds),
            )
        )
        if not isinstance(made.sid, str) or not made.sid:
            raise _unreadable()
        return self._taken(made)

    async def _call(self, request: Callable[[], Any]) -> Any:
        try:
            return await request()
        except Refused as refused:
            raise refusal(refused.status, refused.body, refused.retry_after, self._now()) from None
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            # Only these two happen before anything of the request has left.
            raise SendFailed(Fault.RETRYABLE, _NO_CONNECTION, type(error).__name__) from None
        except TimeoutError:
            raise SendFailed(Fault.UNSURE, "timeout", "the provider did not answer in time") from None
        except aiohttp.ClientError as error:
            raise SendFailed(Fault.UNSURE, "broken-connection", type(error).__name__) from None
        except (TwilioException, ValueError, TypeError, AttributeError, KeyError):
            # What the SDK stumbles over when 2xx comes with something else than a message.
            raise _unreadable() from None

    def _taken(self, message: MessageInstance) -> Handed:
        self._handed[message.sid] = None
        if len(self._handed) > REMEMBERED:
            self._handed.popitem(last=False)
        segments = str(message.num_segments or "")
        # A Messaging Service counts later and says 0 until then.
        counted = int(segments) if segments.isascii() and segments.isdigit() and len(segments) <= 3 else 0
        return Handed(message.sid, counted or None)


def _is_the_same(found: MessageInstance, message: OutgoingMessage, earliest: datetime) -> bool:
    return (
        str(found.direction or "").startswith("outbound")
        and isinstance(found.date_created, datetime)
        and found.date_created >= earliest
        # The provider may have trimmed it.
        and str(found.body or "").strip() == message.text.strip()
    )


def _messenger(number: str) -> str:
    """``whatsapp:`` or ``rcs:``, where our number is one of a messenger; empty otherwise."""
    scheme, colon, _ = number.partition(":")
    return scheme + colon if colon and scheme in MESSENGERS else ""


def _address(recipient: str, ours: str | None) -> str:
    """The citizen's address on the way they wrote by: https://www.twilio.com/docs/whatsapp/api."""
    return _messenger(ours or "") + recipient


def _validity(seconds: int | None) -> Any:
    shortest, longest = VALID_SECONDS
    return values.unset if seconds is None else min(max(seconds, shortest), longest)


def _unreadable() -> SendFailed:
    return SendFailed(Fault.UNSURE, "unreadable-answer", "the provider answered with something else than a message")
