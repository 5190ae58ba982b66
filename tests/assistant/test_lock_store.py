"""One message at a time in a conversation, without waiting longer than needed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import assistant.lean_rasa  # noqa: F401  (before rasa)

import pytest
import redis.asyncio
from rasa.core.lock_store import LockError

from assistant.lock_store import RedisLockStore
from stores.redis_server import RedisServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("locks")) as running:
        yield running


def store(server: RedisServer, **named: float) -> RedisLockStore:
    return RedisLockStore(lambda: redis.asyncio.Redis.from_url(server.url), **named)


async def test_the_second_message_waits_for_the_first_and_no_longer(server: RedisServer) -> None:
    locks, done = store(server), []

    async def message(name: str, seconds: float) -> None:
        async with locks.lock("c"):
            await asyncio.sleep(seconds)
            done.append(name)

    started = time.monotonic()
    first = asyncio.create_task(message("first", 0.2))
    await asyncio.sleep(0.05)
    await message("second", 0.0)
    await first
    assert done == ["first", "second"]
    assert 0.2 <= time.monotonic() - started < 5.0


async def test_other_conversations_do_not_wait(server: RedisServer) -> None:
    locks = store(server)
    async with locks.lock("one"):
        await asyncio.wait_for(_pass_through(locks, "two"), 1.0)


async def _pass_through(locks: RedisLockStore, conversation: str) -> None:
    async with locks.lock(conversation):
        pass


async def test_a_message_that_never_gets_its_turn_says_so(server: RedisServer) -> None:
    locks = store(server, wait_seconds=0.1)
    async with locks.lock("held"):
        with pytest.raises(LockError):
            await _pass_through(locks, "held")
    await _pass_through(locks, "held")


async def test_a_failing_message_gives_the_conversation_free(server: RedisServer) -> None:
    locks = store(server, wait_seconds=0.5)
    with pytest.raises(ZeroDivisionError):
        async with locks.lock("failing"):
            raise ZeroDivisionError
    await _pass_through(locks, "failing")


async def test_a_lock_outlived_by_its_message_is_no_error(server: RedisServer) -> None:
    locks = store(server)
    async with locks.lock("slow", lock_lifetime=0.05):
        await asyncio.sleep(0.1)
