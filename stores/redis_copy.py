"""What Redis holds, copied while everybody goes on, and put back with the time each key had left.

Keys are copied one by one: each of ours is whole by itself (a conversation, a counter), so that no moment in common is
needed.
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from redis import Redis

PATTERNS = ("motcua:*", "kiosk:*")
OF_THE_MOMENT = (
    "motcua:lock:",
    "motcua:workers",
    "motcua:worker_routes",
    "motcua:ready",
    "motcua:call:",
    "motcua:stream:",
)
"""Beginnings of keys that mean nothing in another run: who lives, who holds what, calls on the line."""
_BATCH = 500


def copy_out(redis: Redis, file: Path, clock: Callable[[], float] = time.time) -> int:
    """Write every key worth keeping as a JSON line.

    Args:
        redis: a client that gives bytes.
        file: where to.
        clock: seconds since 1970.

    Returns:
        how many keys.

    Raises:
        RedisError: it cannot be read.
    """
    count = 0
    with file.open("w", encoding="ascii") as out:
        for pattern in PATTERNS:
            for batch in _batches(redis.scan_iter(pattern, count=_BATCH)):
                for line in _lines(redis, batch, clock()):
                    out.write(line)
                    count += 1
    return count


def copy_in(redis: Redis, file: Path, clock: Callable[[], float] = time.time) -> int:
    """Put keys back; what was there of ours goes, and what would have ended meanwhile does not come back.

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
        for line in lines:
            key, value, ends_at = json.loads(line)
            left = 0 if ends_at is None else int((ends_at - clock()) * 1000)
            if ends_at is not None and left <= 0:
                continue
            redis.restore(base64.b64decode(key), left, base64.b64decode(value), replace=True)
            count += 1
    return count


def _lines(redis: Redis, keys: list[bytes], now: float) -> Iterable[str]:
    with redis.pipeline(transaction=False) as pipeline:
        for key in keys:
            pipeline.pttl(key)
            pipeline.dump(key)
        answers = pipeline.execute()
    for key, left, value in zip(keys, answers[::2], answers[1::2], strict=True):
        # A key may have ended between its finding and its reading.
        if value is not None and left != -2:
            ends_at = None if left == -1 else now + left / 1000
            yield json.dumps([base64.b64encode(key).decode(), base64.b64encode(value).decode(), ends_at]) + "\n"


def _batches(keys: Iterable[bytes]) -> Iterable[list[bytes]]:
    batch: list[bytes] = []
    for key in keys:
        if key.startswith(tuple(begin.encode() for begin in OF_THE_MOMENT)):
            continue
        batch.append(key)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
