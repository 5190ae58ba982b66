"""Pushes of a source: that a dossier has changed, signed as Standard Webhooks has it.

A push is a hint and no news: what it says is asked for at the source, over the way everything else comes. So a stolen
key makes nobody hear anything wrong. What is older or newer than five minutes is refused, and an id that came before
changes nothing (idempotency).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from redis import Redis
from redis.exceptions import RedisError

from actions.backends.routing import is_of
from actions.backends.sources_file import SourcesFile
from actions.dossiers.backend import BackendRejected
from actions.dossiers.model import Clock, code_digits
from runtime.messages import Message
from stores.sealing import Seal
from stores.standard_webhooks import LEAST_KEY, SHARED, WINDOW, NotTaken, Refusal, Signed

IDEMPOTENCY_KEY_KEPT: Final = 2 * WINDOW
HEARD_FOR: Final = timedelta(days=7)
"""A source that has pushed this lately is asked seldom of its own accord."""
AWAITED_FOR: Final = timedelta(hours=6)
"""How long a pushed change is looked for that the source does not show yet."""
KEYS: Final = "motcua:dossier:push:"


@dataclass(frozen=True, slots=True)
class Sender:
    """A source that pushes."""

    name: str
    prefixes: tuple[str, ...]
    """Beginnings of the agency codes it may speak of; ``""`` for any."""
    key: bytes = field(repr=False)

    def speaks_of(self, code: str) -> bool:
        """Whether a dossier is one of its agencies'."""
        return is_of(code, self.prefixes)


def senders_of(file: SourcesFile) -> tuple[Sender, ...]:
    """The sources of a file that push, each for the codes that are asked of it.

    Raises:
        BackendRejected: a key cannot be read, or is too short.
    """
    found = []
    for name, part in file.sources.items():
        if part.push is None:
            continue
        prefixes = [prefix for route in file.routes if name in (*route.ask, *route.then) for prefix in route.prefixes]
        if name in file.otherwise:
            prefixes.append("")
        found.append(Sender(name, tuple(prefixes), _key(name, part.push)))
    return tuple(found)


def sender_of(senders: Sequence[Sender], headers: Mapping[str, str], body: bytes, now: datetime) -> tuple[Sender, str]:
    """Who has signed a push, and its id.

    Raises:
        NotTaken: nobody has, or not now.
    """
    signed = Signed.read(headers)
    # Every key is compared with, so that time tells nothing.
    fitting = [sender for sender in senders if signed.has(sender.key, body)]
    if not fitting:
        raise NotTaken(Refusal.UNSIGNED)
    signed.check_time(now)
    return fitting[0], signed.id


class Pushes:
    """What pushes leave behind, shared by every process. Without Redis nobody has pushed, and dossiers are asked for as
    often as before.

    Args:
        redis: of the installation.
        seal: hashes ids and codes.
        senders: who may push.
        clock: the time.
    """

    def __init__(self, redis: Redis, seal: Seal, senders: Sequence[Sender], clock: Clock) -> None:
        self._redis = redis
        self._seal = seal
        self._clock = clock
        self.senders = tuple(senders)

    def sender_of(self, headers: Mapping[str, str], body: bytes) -> tuple[Sender, str]:
        """See :func:`sender_of`."""
        return sender_of(self.senders, headers, body, self._clock())

    def is_new(self, sender: Sender, id: str) -> bool:
        """Whether this id comes for the first time; raises ``RedisError``, so that the source brings it again."""
        key = f"{KEYS}seen:{self._seal.hash('push', f'{sender.name} {id}')}"
        return bool(self._redis.set(key, "1", nx=True, ex=IDEMPOTENCY_KEY_KEPT))

    def forget(self, sender: Sender, id: str) -> None:
        """What was pushed could not be taken: the same id is new again."""
        self._redis.delete(f"{KEYS}seen:{self._seal.hash('push', f'{sender.name} {id}')}")

    def heard(self, sender: Sender, code: str) -> None:
        """A change was pushed; raises ``RedisError``."""
        self._redis.set(f"{KEYS}heard:{sender.name}", "1", ex=HEARD_FOR)
        self._redis.set(self._awaited(code), "1", ex=AWAITED_FOR)

    def is_awaited(self, code: str) -> bool:
        """Whether a change was pushed that the source has not shown yet."""
        return self._exists(self._awaited(code))

    def came(self, code: str) -> None:
        """The change is there."""
        try:
            self._redis.delete(self._awaited(code))
        except RedisError:
            return

    def is_pushed(self, code: str) -> bool:
        """Whether a source of this dossier has pushed lately, so that it need not be asked often."""
        return any(self._exists(f"{KEYS}heard:{one.name}") for one in self.senders if one.speaks_of(code))

    def _awaited(self, code: str) -> str:
        return f"{KEYS}awaited:{self._seal.hash('pushed dossier', code_digits(code) or code)}"

    def _exists(self, key: str) -> bool:
        try:
            return bool(self._redis.exists(key))
        except RedisError:
            return False


def _key(name: str, path: Path) -> bytes:
    try:
        written = path.read_text(encoding="utf-8").split("\n", 1)[0].strip()
        key = base64.b64decode(written.removeprefix(SHARED), validate=True)
    except (OSError, UnicodeDecodeError) as error:
        raise BackendRejected(
            Message("{name}: the key of its pushes cannot be read ({kind})", name=name, kind=type(error).__name__)
        ) from None
    except binascii.Error:
        raise BackendRejected(Message("{name}: the key of its pushes is no base64", name=name)) from None
    if len(key) < LEAST_KEY:
        raise BackendRejected(
            Message("{name}: the key of its pushes has less than {least} bytes", name=name, least=LEAST_KEY)
        )
    return key
