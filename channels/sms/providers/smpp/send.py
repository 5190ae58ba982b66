"""Hands messages to Kannel's ``sendsms`` service.

With POST, numbers in header fields and the text as body: the service's GET would write both into addresses.
Kannel answers when its bearerbox has stored the message; what happens between Kannel and the operator
(throttling, a broken line) is Kannel's to repeat, and comes back as a receipt.
"""

from __future__ import annotations

import asyncio
import math
import re

import httpx

from channels.rendering.segments import Encoding, size
from channels.sms.providers.smpp.form import REPORTS, receipt_url
from channels.sms.providers.smpp.tables import ROUTE, error_of
from channels.sms.routes.messages import Handed, OutgoingMessage
from channels.sms.routes.route import Arrivals, Fault, Limits, SendFailed
from runtime.messages import Message
from runtime.settings import Settings, SettingsError

WINDOW = 16
"""Requests to Kannel at once: its threads answer each when the message is on disk."""

_TIMEOUT = httpx.Timeout(15.0, connect=5.0)
"""Seconds; Kannel needs more than a moment only while its bearerbox starts again."""

_LIMITS = httpx.Limits(max_connections=WINDOW, max_keepalive_connections=WINDOW, keepalive_expiry=30.0)

_CODING = {Encoding.GSM7: "0", Encoding.UCS2: "2"}

_TAKEN = re.compile(r"0: Accepted|3: Queued|Sent\.")
"""On its way to the operator; kept while no line is up; or, with ``immediate-sendsms-reply``, on its way to be kept."""

_NUMBER = re.compile(r"\+?[0-9]{3,15}")
_NAME = re.compile(r"[A-Za-z0-9 _.&-]{1,11}")

_NOTHING_LEFT_US = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol)


class KannelRoute:
    """One Kannel.

    Args:
        url: of its ``sendsms`` service.
        user: its sendsms-user.
        password: of that user.
        number: our sender where the message names none.
        callback: where Kannel reaches us, without trailing slash.
        secret: what it shows there.
        limits: what Kannel and the operator bear.
    """

    def __init__(
        self,
        url: str,
        user: str,
        password: str,
        *,
        number: str | None,
        callback: str,
        secret: str | None,
        limits: Limits,
    ) -> None:
        self._url = url
        self._login = {"X-Kannel-Username": user, "X-Kannel-Password": password}
        self._number = number
        self._callback = callback
        self._secret = secret
        self._limits = limits
        # Kannel is a neighbour: no proxy of the environment stands between us.
        self._client = httpx.AsyncClient(timeout=_TIMEOUT, limits=_LIMITS, trust_env=False)

    @classmethod
    def from_settings(cls, settings: Settings) -> KannelRoute:
        """As the settings say.

        Raises:
            SettingsError: what the route cannot do without is missing.
        """
        if settings.kannel_password is None:
            raise SettingsError(Message("MOTCUA_KANNEL_PASSWORD is missing: the password of Kannel's sendsms-user"))
        if not settings.is_development and settings.kannel_secret is None:
            raise SettingsError(
                Message("MOTCUA_KANNEL_SECRET is missing: what Kannel shows our webhooks in production")
            )
        secret = settings.kannel_secret.get_secret_value() if settings.kannel_secret else None
        return cls(
            str(settings.kannel_url),
            settings.kannel_user,
            settings.kannel_password.get_secret_value(),
            number=settings.kannel_number,
            callback=settings.effective_kannel_callback_url,
            secret=secret,
            limits=Limits(
                per_second=settings.kannel_per_second, window=WINDOW, longest=settings.kannel_longest, idempotent=False
            ),
        )

    @property
    def name(self) -> str:
        """``smpp``."""
        return ROUTE

    @property
    def limits(self) -> Limits:
        """What Kannel and the operator bear."""
        return self._limits

    async def send(self, message: OutgoingMessage) -> Handed:
        """Hand a message over; Kannel tells the operator's id only later, in the receipt.

        Raises:
            SendFailed: Kannel did not, or may not, have taken it.
        """
        headers = self._headers(message)
        try:
            answer = await self._client.post(self._url, content=message.text.encode(), headers=headers)
        except _NOTHING_LEFT_US as error:
            raise SendFailed(
                Fault.RETRYABLE, "unreachable", f"no connection to Kannel: {type(error).__name__}"
            ) from None
        except httpx.HTTPError as error:
            raise SendFailed(Fault.UNSURE, "no_answer", f"Kannel did not answer: {type(error).__name__}") from None
        if answer.status_code == httpx.codes.ACCEPTED and _TAKEN.match(answer.text):
            return Handed(provider_id=None, segments=size(message.text).segments)
        meaning = error_of(answer.status_code, answer.text)
        if meaning is None:
            raise SendFailed(
                Fault.UNSURE, f"http_{answer.status_code}", "an answer Kannel does not give: see MOTCUA_KANNEL_URL"
            )
        raise meaning.failed(f"http_{answer.status_code}")

    async def look_up(self, message: OutgoingMessage) -> Handed | None:
        """None: Kannel cannot be asked about one message. Its receipt of type 8 carries our reference and comes
        as soon as the operator has taken it.
        """
        return None

    async def run(self, arrivals: Arrivals) -> None:
        """Wait: messages and receipts come by the webhooks."""
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    def _headers(self, message: OutgoingMessage) -> dict[str, str]:
        sender = message.sender or self._number or ""
        if not _NUMBER.fullmatch(message.recipient):
            raise SendFailed(Fault.PERMANENT, "bad_recipient", "the recipient is no telephone number")
        if sender and not (_NUMBER.fullmatch(sender) or _NAME.fullmatch(sender)):
            raise SendFailed(
                Fault.PERMANENT,
                "bad_sender",
                "the sender is neither a number nor a name of 11 signs",
                elsewhere=True,
            )
        if len(message.text) > self._limits.longest:
            raise SendFailed(
                Fault.PERMANENT,
                "too_long",
                f"more than {self._limits.longest} characters: see MOTCUA_KANNEL_LONGEST",
                elsewhere=True,
            )
        headers = {
            **self._login,
            "Content-Type": "text/plain; charset=UTF-8",
            "X-Kannel-To": message.recipient,
            "X-Kannel-Coding": _CODING[size(message.text).encoding],
            "X-Kannel-DLR-Mask": str(REPORTS),
            "X-Kannel-DLR-URL": receipt_url(self._callback, self._secret, message.reference),
        }
        if sender:
            headers["X-Kannel-From"] = sender
        if message.valid_seconds is not None:
            headers["X-Kannel-Validity"] = str(max(1, math.ceil(message.valid_seconds / 60)))
        return headers
