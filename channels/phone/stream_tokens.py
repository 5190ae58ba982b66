"""One-time tokens: a media stream is only taken from a call whose signed webhook we have answered.

The WebSocket itself carries no signature of the provider, and its first message is believed; the token in it ties the
stream to a call we know, once.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from redis import Redis

from stores.sealing import Seal, SealBroken

VALID_FOR: Final = timedelta(seconds=60)
"""A provider opens the stream within seconds after the webhook."""


@dataclass(frozen=True, slots=True)
class StreamedCall:
    """The call a stream belongs to."""

    call_id: str
    caller: str | None
    """As the provider wrote it in the signed webhook."""


class StreamTokens:
    """Tokens of calls whose stream is awaited. Every method may raise :class:`redis.RedisError`.

    Args:
        redis: a client that decodes its answers.
        seal: hides call and caller.
    """

    def __init__(self, redis: Redis, seal: Seal) -> None:
        self._redis = redis
        self._seal = seal

    def issue(self, call: StreamedCall) -> str:
        """A token for a call."""
        token = secrets.token_urlsafe(24)
        sealed = self._seal.close(json.dumps([call.call_id, call.caller]))
        self._redis.set(self._key(token), sealed, ex=VALID_FOR)
        return token

    def take(self, token: str) -> StreamedCall | None:
        """The call of a token, the first time it is shown; None for any other."""
        sealed = self._redis.getdel(self._key(token))
        if sealed is None:
            return None
        try:
            call_id, caller = json.loads(self._seal.open(str(sealed)))
        except SealBroken:
            return None
        return StreamedCall(call_id, caller)

    def _key(self, token: str) -> str:
        return "motcua:stream:" + self._seal.hash("stream", token)
