"""The way to the core: one HTTP call a turn, with a time limit and errors that say what went wrong."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from urllib.parse import quote

from pydantic import ValidationError

from contract.tried import Tried, read_tried
from contract.turn import Channel, Turn, TurnResult
from runtime import core_tls
from runtime.core_key import core_key
from runtime.plain_output import without_colours
from runtime.settings import Settings

with without_colours():
    import httpx

CONNECT_SECONDS = 1.0
"""The core is on the same machine or the same network: what takes longer is not there."""

PING_SECONDS = 2.0

KEEP_ALIVE_SECONDS = 4.0
"""Shorter than the core's own limit (5 s), so that it never closes a connection we are about to use."""

AROUND_A_LOOK_UP = 2.0
"""Seconds a turn takes beside the look-up in it."""

_TURN_PATH = "/webhooks/turn/converse"
_DRY_RUN_PATH = "/webhooks/turn/dry-run"
_TRIED_PATH = "/webhooks/turn/tried/"
_PING_PATH = "/webhooks/turn/"


class CoreError(Exception):
    """The core gave no usable answer; the message is for the operator."""


class CoreUnavailable(CoreError):
    """Nobody listens there, or it is still starting: the same turn may succeed later."""


class CoreTimeout(CoreUnavailable):
    """It took longer than ``MOTCUA_TURN_TIMEOUT``."""


class CoreRefused(CoreError):
    """It does not accept our key or our request: the two sides differ in settings or version."""


class CoreFault(CoreError):
    """It answered with an error of its own, or with something that is no answer."""


class CoreClient:
    """A pool of connections to the core; safe to share between threads, not across a fork."""

    def __init__(
        self,
        url: str,
        key: str,
        *,
        timeout: float,
        connections: int,
        channels: Mapping[str, float] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._timeout = timeout
        self._is_tls = tls is not None
        self._channels = channels or {}
        self._client = httpx.Client(
            base_url=url,
            verify=True if tls is None else tls,
            headers={"Authorization": f"Bearer {key}"},
            timeout=httpx.Timeout(timeout, connect=min(CONNECT_SECONDS, timeout)),
            limits=httpx.Limits(
                max_connections=connections,
                max_keepalive_connections=connections,
                keepalive_expiry=KEEP_ALIVE_SECONDS,
            ),
            # A proxy set for the machine must never see what citizens say.
            trust_env=False,
        )

    @classmethod
    def from_settings(cls, settings: Settings) -> CoreClient:
        """The client of this installation, with a connection for every thread."""
        return cls(
            settings.effective_core_url,
            core_key(settings.secret()),
            timeout=settings.turn_timeout,
            connections=settings.web_threads,
            channels={Channel.SMS: settings.look_up_seconds_sms + AROUND_A_LOOK_UP},
            tls=core_tls.opening(settings),
        )

    def converse(self, turn: Turn) -> TurnResult:
        """Hand one turn to the core and wait for its answer.

        Raises:
            CoreError: one of its kinds, when there is no usable answer.
        """
        # A text message may wait longer for a dossier than anybody at a telephone or a kiosk.
        limit = max(self._timeout, self._channels.get(turn.channel, 0.0))
        return _result_in(
            self._send("POST", _TURN_PATH, content=turn.model_dump_json(exclude_none=True), timeout=limit)
        )

    def dry_run(self, turn: Turn) -> TurnResult | None:
        """What a turn would be answered now, without anything being kept or changed.

        Returns:
            None where that cannot be told without doing it.

        Raises:
            CoreError: one of its kinds, when there is no usable answer.
        """
        limit = min(PING_SECONDS, self._timeout)
        response = self._send("POST", _DRY_RUN_PATH, content=turn.model_dump_json(exclude_none=True), timeout=limit)
        return None if response.status_code == httpx.codes.NO_CONTENT else _result_in(response)

    def tried(self, conversation: str) -> Tried:
        """What was tried in a conversation; raises :class:`CoreError` when there is no answer."""
        response = self._send(
            "GET", _TRIED_PATH + quote(conversation, safe=""), timeout=min(PING_SECONDS, self._timeout)
        )
        try:
            return read_tried(response.content)
        except ValidationError:
            raise CoreFault("the core's answer is no list of what was tried") from None

    def ping(self) -> None:
        """Ask whether the core is ready; raises :class:`CoreError` when it is not."""
        self._send("GET", _PING_PATH, timeout=min(PING_SECONDS, self._timeout))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _send(
        self, method: str, path: str, *, content: str | None = None, timeout: float | None = None
    ) -> httpx.Response:
        headers = {"Content-Type": "application/json"} if content is not None else None
        limit = httpx.USE_CLIENT_DEFAULT if timeout is None else timeout
        try:
            response = self._client.request(method, path, content=content, headers=headers, timeout=limit)
        except httpx.ConnectTimeout:
            raise CoreUnavailable("the core does not take the connection") from None
        except httpx.TimeoutException:
            raise CoreTimeout(f"no answer from the core within {timeout or self._timeout:g} s") from None
        except httpx.TransportError as error:
            raise CoreUnavailable(f"the core cannot be reached: {_reason(error, self._is_tls)}") from None
        return _checked(response)


def _reason(error: httpx.TransportError, is_tls: bool) -> str:
    """What kind of error it is; of TLS its words, which alone tell whose certificate is not believed."""
    if is_tls and isinstance(error, httpx.RemoteProtocolError):
        # In TLS 1.3 a server learns of our certificate when we think that all is well.
        return "it broke the connection off; does it believe the certificate in MOTCUA_CORE_CERTIFICATE?"
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    return type(error).__name__ if cause is None else str(cause)


def _result_in(response: httpx.Response) -> TurnResult:
    try:
        return TurnResult.model_validate_json(response.content)
    except ValidationError as error:
        # Only where it is wrong: the values may be what a citizen said.
        places = ", ".join(".".join(map(str, problem["loc"])) or "JSON" for problem in error.errors()[:3])
        raise CoreFault(f"the core's answer is no TurnResult: {places}") from None


def _checked(response: httpx.Response) -> httpx.Response:
    status = response.status_code
    if status in {httpx.codes.OK, httpx.codes.NO_CONTENT}:
        return response
    if status == httpx.codes.SERVICE_UNAVAILABLE:
        raise CoreUnavailable("the core is starting or busy")
    if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        raise CoreRefused("the core does not know our key: both need the same MOTCUA_SECRET_KEY or data folder")
    if 400 <= status < 500:
        raise CoreRefused(f"the core refuses the request with status {status}")
    raise CoreFault(f"the core failed with status {status}")
