"""The way to the centre: signed requests over a line that may be slow, lossy or somebody else's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import httpx

from kiosk.centre_link.encryption import connection_to
from kiosk.centre_link.identity import Identity, Sequence
from kiosk.protocol.keys import BadSignature, Keys
from kiosk.protocol.messages import PATHS
from kiosk.protocol.signing import ANSWER_HEADER, REPLAYED_BODY, REQUEST_HEADER, check_answer, sign_request
from runtime.messages import Message

CONNECT_SECONDS: Final = 60.0
"""With every fifth packet lost both ways, TCP may need four tries to connect: 1 + 2 + 4 + 8 s and more."""

SILENCE_SECONDS: Final = 120.0
"""Without a byte for so long the connection is taken for dead."""

LOCKED, REPLAYED = 403, 409
_TRIES: Final = 3


class SyncError(Exception):
    """There is no answer to use; the message is for the operator and holds nothing personal."""


class LineDown(SyncError):
    """Nobody answered, or the answer broke off: trying again later is worthwhile."""


class NotOurCentre(SyncError):
    """Who answered is not the centre this box was enrolled at: a login page, or somebody worse."""


class ShutOut(SyncError):
    """The centre wants nothing of this box any more."""


class Refused(SyncError):
    """The centre does not take this request; its program or ours is too old."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the centre has signed."""

    body: bytes
    time: float
    """At the centre, seconds since 1970; half the way back is allowed for."""


class CentreClient:
    """One connection that is kept while it is used; for one thread.

    Args:
        identity: of this kiosk.
        keys: of this kiosk.
        sequence: numbers its requests.
        ticks: seconds of a clock that is never set.
        patience: seconds of silence, also while connecting, where somebody waits for the answer.
    """

    def __init__(
        self,
        identity: Identity,
        keys: Keys,
        sequence: Sequence,
        ticks: Callable[[], float],
        patience: float | None = None,
    ) -> None:
        self._identity = identity
        self._keys = keys
        self._sequence = sequence
        self._ticks = ticks
        self._client = httpx.Client(
            base_url=identity.url,
            timeout=httpx.Timeout(patience or SILENCE_SECONDS, connect=patience or CONNECT_SECONDS),
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=1, keepalive_expiry=20.0),
            verify=connection_to(identity.url),
            # A proxy set for the machine has no part in this.
            trust_env=False,
        )
        for header in ("Accept", "Accept-Encoding", "User-Agent", "Connection"):
            # A hundred bytes a request that nobody reads.
            self._client.headers.pop(header, None)

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def send(self, method: str, path: str, body: bytes = b"") -> Answer:
        """One signed request and its signed answer.

        The centre answers a number it has seen before with the last one, so that the next try is good.

        Raises:
            SyncError: one of its kinds.
        """
        for _ in range(_TRIES):
            if (answer := self._once(method, path, body)) is not None:
                return answer
        raise Refused(Message("the centre has seen later requests of this box: is there a copy of it?"))

    def piece(self, name: str, start: int, take: Callable[[bytes], object]) -> None:
        """Fetch a piece from byte ``start`` on, handing over what comes as it comes.

        The contents prove themselves by their name; so only an answer that denies them must be signed.

        Raises:
            SyncError: one of its kinds; what was handed over is good to go on from.
        """
        target = f"{PATHS}/pieces/{name}"
        header, signature = self._signed("GET", target, b"")
        headers = {REQUEST_HEADER: header, **({"Range": f"bytes={start}-"} if start else {})}
        try:
            with self._client.stream("GET", target, headers=headers) as response:
                if response.status_code not in {200, 206} or (start > 0) != (response.status_code == 206):
                    self._checked(response, response.read(), signature)
                    raise Refused(Message("the centre answers with status {status}", status=response.status_code))
                for some in response.iter_raw():
                    take(some)
        except httpx.HTTPError as error:
            raise LineDown(Message("the piece broke off: {kind}", kind=type(error).__name__)) from None

    def _signed(self, method: str, target: str, body: bytes) -> tuple[str, bytes]:
        return sign_request(self._keys, self._identity.kiosk, self._sequence.next(), method, target, body)

    def _once(self, method: str, path: str, body: bytes) -> Answer | None:
        target = PATHS + path
        header, signature = self._signed(method, target, body)
        started = self._ticks()
        try:
            response = self._client.request(method, target, content=body or None, headers={REQUEST_HEADER: header})
        except httpx.HTTPError as error:
            raise LineDown(Message("no answer from the centre: {kind}", kind=type(error).__name__)) from None
        time = self._checked(response, response.content, signature)
        if response.status_code == REPLAYED:
            # Another process of this box was quicker with a later number, or the box was restored from an old copy.
            last = response.content.removeprefix(REPLAYED_BODY)
            self._sequence.go_on_after(int(last) if last.isdigit() else 0)
            return None
        if response.status_code != 200:
            raise Refused(Message("the centre answers with status {status}", status=response.status_code))
        return Answer(response.content, time + (self._ticks() - started) / 2)

    def _checked(self, response: httpx.Response, body: bytes, request: bytes) -> float:
        """The time of a signed answer; a box is only shut out by a signature."""
        if response.status_code in {502, 503, 504}:
            raise LineDown(Message("a server on the way answers with status {status}", status=response.status_code))
        try:
            time = check_answer(
                self._identity.centre, request, response.status_code, response.headers.get(ANSWER_HEADER), body
            )
        except (BadSignature, ValueError):
            raise NotOurCentre(Message("the answer is not signed by our centre: a login page on the line?")) from None
        if response.status_code == LOCKED:
            raise ShutOut(Message("the centre has shut this box out"))
        return time
