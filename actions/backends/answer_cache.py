"""What a source said lately, sealed in Redis: told again within a minute, and with its age while the source is away."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pydantic import TypeAdapter, ValidationError
from redis import Redis
from redis.exceptions import RedisError

from actions.dossiers.backend import ProvableDossier
from actions.dossiers.model import Clock
from runtime import logs
from stores.sealing import Seal, SealBroken

ANSWERS: Final = "motcua:dossier:kept:"
UNDER_WAY: Final = "motcua:dossier:asking:"
FRESH: Final = timedelta(seconds=60)
"""How long an answer counts as of now: it saves the second question of one talk, and an impatient caller's tenth."""

_FOUND: Final = TypeAdapter(ProvableDossier)
_log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer and when it was given."""

    found: ProvableDossier | None
    at: datetime


class KeptAnswers:
    """Of one source, shared by every process. Without Redis nothing is known and everybody asks.

    Args:
        redis: of the installation.
        seal: hides codes and dossiers.
        source: whose answers.
        clock: the time.
        keep_for: after which even an old answer is forgotten.
    """

    def __init__(self, redis: Redis, seal: Seal, source: str, clock: Clock, keep_for: timedelta) -> None:
        self._redis = redis
        self._seal = seal
        self._source = source
        self._clock = clock
        self._keep_for = keep_for

    def fresh(self, code: str) -> Kept | None:
        """An answer of the last minute."""
        kept = self._read(code)
        return kept if kept is not None and self._clock() - kept.at < FRESH else None

    def old(self, code: str) -> Kept | None:
        """The last answer, however old, if it was a dossier: that there was none says nothing about now."""
        kept = self._read(code)
        return kept if kept is not None and kept.found is not None else None

    def keep(self, code: str, found: ProvableDossier | None) -> None:
        """An answer was given now."""
        content = {"at": self._clock().timestamp(), "found": _FOUND.dump_python(found, mode="json") if found else None}
        life = self._keep_for if found is not None else FRESH
        try:
            self._redis.set(self._key(ANSWERS, code), self._seal.close(json.dumps(content)), ex=life)
        except RedisError as error:
            _log.warning("an answer cannot be kept", cause=type(error).__name__)

    def outdate(self, code: str) -> None:
        """What was said does not count as of now any more; with its age it still may be told."""
        kept = self._read(code)
        if kept is None or self._clock() - kept.at >= FRESH:
            return
        found = _FOUND.dump_python(kept.found, mode="json") if kept.found else None
        content = {"at": (self._clock() - FRESH).timestamp(), "found": found}
        try:
            self._redis.set(self._key(ANSWERS, code), self._seal.close(json.dumps(content)), keepttl=True)
        except RedisError as error:
            _log.warning("an answer cannot be outdated", cause=type(error).__name__)

    def claim(self, code: str, seconds: float) -> bool:
        """Whether this process may ask about a code: no other asks at the moment."""
        try:
            return bool(self._redis.set(self._key(UNDER_WAY, code), "1", nx=True, px=max(1, int(seconds * 1000))))
        except RedisError:
            return True

    def release(self, code: str) -> None:
        """The question is answered, or failed."""
        try:
            self._redis.delete(self._key(UNDER_WAY, code))
        except RedisError:
            return

    def _read(self, code: str) -> Kept | None:
        try:
            sealed = self._redis.get(self._key(ANSWERS, code))
            if sealed is None:
                return None
            content = json.loads(self._seal.open(sealed if isinstance(sealed, str) else bytes(sealed).decode()))
            found = _FOUND.validate_python(content["found"]) if content["found"] is not None else None
            return Kept(found, datetime.fromtimestamp(content["at"], self._clock().tzinfo))
        except RedisError:
            return None
        except (SealBroken, ValidationError, ValueError, KeyError) as error:
            # Of another version of the program, or another key.
            _log.warning("a kept answer cannot be read", cause=type(error).__name__)
            return None

    def _key(self, prefix: str, code: str) -> str:
        return prefix + self._source + ":" + self._seal.hash("kept dossier", code)
