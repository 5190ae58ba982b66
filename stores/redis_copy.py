"""What Redis holds, copied while everybody goes on, and put back with the time each key had left.

Keys are copied one by one: each of ours is whole by itself (a conversation, a counter), so that no moment in common is
needed.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterable
from itertools import chain
from pathlib import Path

from redis import Redis

from stores.apart import PERSON, REDIS, ApartWriter, Line

PATTERNS = ("motcua:*", "kiosk:*")
OF_PERSONS = ("motcua:conversation:" + "sms:", "motcua:sms:talk:")
"""Beginnings of keys that end with the keyed hash of a number, and go under that person's key."""
OF_ALL = ("motcua:dossier:counts", "motcua:sandbox:outage")
"""Beginnings of keys that are nobody's.

All others mean nothing in another run, or ask to be forgotten soon: who lives, who holds what, calls on the line and
visits, answers that may be asked for again, how much somebody has asked for today.
"""
_BATCH = 500


def copy_out(redis: Redis, file: Path, persons: ApartWriter, clock: Callable[[], float] = time.time) -> int:
    """Write every key worth keeping as a JSON line.

    Args:
        redis: a client that gives bytes.
        file: where to, for what is nobody's.
        persons: takes what is somebody's.
        clock: seconds since 1970.

    Returns:
        how many keys.

    Raises:
        RedisError: it cannot be read.
    """
    count = 0
    with file.open("w", encoding="ascii") as out:
        for begin in OF_PERSONS + OF_ALL:
            for batch in _batches(redis.scan_iter(begin + "*", count=_BATCH)):
                for line in _lines(redis, batch, clock()):
                    if begin in OF_ALL:
                        out.write(json.dumps(line) + "\n")
                        count += 1
                    else:
                        count += persons.put((PERSON, person_of(line[0])), REDIS, line)
    return count


def persons(redis: Redis) -> set[str]:
    """Keyed hashes of everybody something is kept of."""
    return {
        person_of(base64.b64encode(key).decode())
        for begin in OF_PERSONS
        for key in redis.scan_iter(begin + "*", count=_BATCH)
    }


def person_of(key: str) -> str:
    """Whose a key of :data:`OF_PERSONS` is, from how a line writes it."""
    return base64.b64decode(key).rpartition(b":")[2].decode()


def copy_in(redis: Redis, file: Path, persons: Iterable[Line], clock: Callable[[], float] = time.time) -> int:
    """Put keys back; what was there of ours goes, and what would have ended meanwhile does not come back.

    Args:
        redis: a client that gives bytes.
        file: what is nobody's.
        persons: what is somebody's, as far as it can be opened.
        clock: seconds since 1970.

    Returns:
        how many keys there are now.

    Raises:
        RedisError: it cannot be written.
    """
    for pattern in PATTERNS:
        for batch in _batches(redis.scan_iter(pattern, count=_BATCH)):
            redis.delete(*batch)
    count = 0
    with file.open(encoding="ascii") as lines:
        every = chain(map(json.loads, lines), (line.content for line in persons if line.what == REDIS))
        for key, value, ends_at in every:
            left = 0 if ends_at is None else int((ends_at - clock()) * 1000)
            if ends_at is not None and left <= 0:
                continue
            redis.restore(base64.b64decode(key), left, base64.b64decode(value), replace=True)
            count += 1
    return count


def _lines(redis: Redis, keys: list[bytes], now: float) -> Iterable[tuple[str, str, float | None]]:
    with redis.pipeline(transaction=False) as pipeline:
        for key in keys:
            pipeline.pttl(key)
            pipeline.dump(key)
        answers = pipeline.execute()
    for key, left, value in zip(keys, answers[::2], answers[1::2], strict=True):
        # A key may have ended between its finding and its reading.
        if value is not None and left != -2:
            ends_at = None if left == -1 else now + left / 1000
            yield base64.b64encode(key).decode(), base64.b64encode(value).decode(), ends_at


def _batches(keys: Iterable[bytes]) -> Iterable[list[bytes]]:
    batch: list[bytes] = []
    for key in keys:
        batch.append(key)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
