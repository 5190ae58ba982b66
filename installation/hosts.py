"""Hosts of one installation tell each other what must be alike: version, key, clock, settings; what is not is told.

Each worker writes a note into the common Redis once a minute. A setting is noted as a keyed hash: which one differs can
be told, its value cannot be read. Hosts with another key share no hash, and only that is told of them.
"""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from redis import Redis

from installation.root import Installation
from runtime import logs
from runtime.messages import Message
from runtime.setting_groups.retention import RetentionSettings
from runtime.setting_groups.text_messages import TextMessageSettings
from runtime.settings import PREFIX, Settings
from runtime.version import version
from stores.redis_addresses import servers_of
from stores.sealing import Seal

KEY = "motcua:hosts"
EVERY_SECONDS = 60.0
ALIVE_SECONDS = 300.0
"""What a host wrote longer ago says nothing about it any more."""
CLOCK_SECONDS = 2.0
"""Leases of messages and locks of conversations are compared across hosts."""

_OF_ONE_HOST = frozenset({"sms_answer_threads", "sms_routes"})
ALIKE = tuple(
    sorted(
        (TextMessageSettings.model_fields.keys() | RetentionSettings.model_fields.keys()) - _OF_ONE_HOST
        | {"environment", "public_url", "dossier_source", "twilio_account_sid", "turn_timeout"}
    )
)
"""Settings that answer the same question by two hosts in two ways where they differ."""

_log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not alike, and the cure; neither holds a value."""

    said: Message
    cure: Message
    passes: bool = False
    """Whether it is as it must be for a while, as during an upgrade."""


class Hosts:
    """Every method raises :class:`redis.RedisError` while Redis is away.

    Args:
        redis: that all hosts use.
        settings: of this host.
        seal: with the installation's key.
        clock: seconds since 1970.
        name: of this host; two data folders on one machine are two.
    """

    def __init__(
        self,
        redis: Redis,
        settings: Settings,
        seal: Seal,
        clock: Callable[[], float] = time.time,
        name: str | None = None,
    ) -> None:
        self._redis = redis
        self._clock = clock
        self._name = name or f"{socket.gethostname()}:{settings.port}"
        self._version = version()
        self._key = seal.hash("host", "key")
        self._alike = {
            field: seal.hash("host-setting", f"{field}={getattr(settings, field)}")
            for field in ALIKE
            if hasattr(settings, field)
        }
        self._told: frozenset[Difference] = frozenset()

    @classmethod
    def of(cls, here: Installation) -> Hosts:
        """Of an installation."""
        return cls(here.redis, here.settings, here.seal)

    def step(self) -> None:
        """Write this host's note, and tell in the log what became different since the last time."""
        self.note()
        found = frozenset(self.differences())
        for difference in sorted(found - self._told, key=lambda one: one.said):
            _log.error("hosts are not alike", said=difference.said, cure=difference.cure)
        self._told = found

    def note(self) -> None:
        """Write down how this host is."""
        at = self._their_clock()
        note = {
            "at": at,
            "clock": self._clock() - at,
            "version": self._version,
            "key": self._key,
            "alike": self._alike,
        }
        self._redis.hset(KEY, self._name, json.dumps(note))
        self._redis.expire(KEY, int(ALIVE_SECONDS))

    def differences(self) -> Iterator[Difference]:
        """What other hosts have another way than this one."""
        now = self._their_clock()
        for name, written in sorted(self._redis.hgetall(KEY).items()):
            note = json.loads(written)
            if now - note["at"] > ALIVE_SECONDS:
                self._redis.hdel(KEY, name)
            elif name != self._name:
                yield from self._compared(str(name), note)
        yield from _clock_of(Message("this host"), self._clock() - now)

    def _compared(self, name: str, note: dict[str, object]) -> Iterator[Difference]:
        yield from _clock_of(Message("host {name}", name=name), float(str(note["clock"])))
        if note["version"] != self._version:
            yield Difference(
                Message(
                    "host {name} runs version {theirs}, this one {ours}",
                    name=name,
                    theirs=note["version"],
                    ours=self._version,
                ),
                Message("an upgrade under way? Bring the older one to the same version"),
                passes=True,
            )
        if note["key"] != self._key:
            yield Difference(
                Message("host {name} has another secret key: neither opens what the other has sealed", name=name),
                Message("give every host the same MOTCUA_SECRET_KEY"),
            )
            return
        theirs = note["alike"]
        assert isinstance(theirs, dict)
        for field, value in self._alike.items():
            # One that the other version does not have says nothing.
            if theirs.get(field, value) != value:
                yield Difference(
                    Message(
                        "{setting} is another on host {name}: a citizen gets one answer here, another there",
                        setting=PREFIX + field.upper(),
                        name=name,
                    ),
                    Message("give every host the same value"),
                )

    def _their_clock(self) -> float:
        """Redis' own, which all hosts see."""
        seconds, micros = next(iter(servers_of(self._redis))).time()
        return float(seconds) + float(micros) / 1e6


def _clock_of(whose: Message, apart: float) -> Iterator[Difference]:
    if abs(apart) <= CLOCK_SECONDS:
        return
    if apart > 0:
        said = Message(
            "the clock of {whose} is {seconds:.0f} s before that of Redis: leases and locks end too early",
            whose=whose,
            seconds=apart,
        )
    else:
        said = Message(
            "the clock of {whose} is {seconds:.0f} s behind that of Redis: leases and locks end too late",
            whose=whose,
            seconds=-apart,
        )
    yield Difference(said, Message("keep it right with chrony or systemd-timesyncd"))
