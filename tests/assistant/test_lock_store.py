"""One message at a time in a conversation, without waiting longer than needed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator

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


@pytest.fixture
async def store(server: RedisServer) -> AsyncIterator[Callable[..., RedisLockStore]]:
    made: list[RedisLockStore] = []

    def make(**named: float) -> RedisLockStore:
        made.append(RedisLockStore(lambda: redis.asyncio.Redis.from_url(server.url, decode_responses=True), **named))
        return made[-1]

    yield make
    for locks in made:
        await locks.disconnect()


async def test_the_second_message_waits_for_the_first_and_no_longer(store: Callable[..., RedisLockStore]) -> None:
    locks, done = store(), []

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


async def test_other_conversations_do_not_wait(store: Callable[..., RedisLockStore]) -> None:
    locks = store()
    async with locks.lock("one"):
        await asyncio.wait_for(_pass_through(locks, "two"), 1.0)


async def _pass_through(locks: RedisLockStore, conversation: str) -> None:
    async with locks.lock(conversation):
        pass


async def test_a_message_that_never_gets_its_turn_says_so(store: Callable[..., RedisLockStore]) -> None:
    locks = store(wait_seconds=0.1)
    async with locks.lock("held"):
        with pytest.raises(LockError):
            await _pass_through(locks, "held")
    await _pass_through(locks, "held")


async def test_a_failing_message_gives_the_conversation_free(store: Callable[..., RedisLockStore]) -> None:
    locks = store(wait_seconds=0.5)
    with pytest.raises(ZeroDivisionError):
        async with locks.lock("failing"):
            raise ZeroDivisionError
    await _pass_through(locks, "failing")


async def test_a_lock_outlived_by_its_message_is_no_error(store: Callable[..., RedisLockStore]) -> None:
    locks = store()
    async with locks.lock("slow", lock_lifetime=0.05):
        await asyncio.sleep(0.1)


async def test_what_is_asked_for_is_read_under_the_lock(store: Callable[..., RedisLockStore]) -> None:
    locks = store()
    async with locks.lock("read") as first:
        assert first.read == []
        second = asyncio.create_task(_read(locks, "read", "written"))
        await asyncio.sleep(0.05)
        await locks._redis.set("written", "by the first")
    assert await second == ["by the first"]


async def _read(locks: RedisLockStore, conversation: str, key: str) -> list[str]:
    async with locks.lock(conversation, read=lambda pipeline: pipeline.get(key)) as held:
        return held.read


async def test_a_transaction_gives_the_lock_back_with_what_it_writes(store: Callable[..., RedisLockStore]) -> None:
    locks = store(wait_seconds=0.5)
    async with locks.lock("written") as held:
        pipeline = locks._redis.pipeline(transaction=True)
        pipeline.set("answer", "given")
        held.release_by(pipeline)
        await pipeline.execute()
        assert await _read(locks, "written", "answer") == ["given"]


async def test_a_transaction_that_fails_keeps_nobody_waiting(store: Callable[..., RedisLockStore]) -> None:
    locks = store(wait_seconds=0.5)
    with pytest.raises(ZeroDivisionError):
        await _leave_to_a_transaction_that_never_runs(locks, "broken off")
    await _pass_through(locks, "broken off")


async def _leave_to_a_transaction_that_never_runs(locks: RedisLockStore, conversation: str) -> None:
    async with locks.lock(conversation) as held:
        held.release_by(locks._redis.pipeline(transaction=True))
        raise ZeroDivisionError


async def test_nobody_gives_back_the_lock_of_another(store: Callable[..., RedisLockStore]) -> None:
    locks = store(wait_seconds=0.1)
    async with locks.lock("outlived", lock_lifetime=0.02):
        await asyncio.sleep(0.05)
        taken = locks.lock("outlived")
        await taken.__aenter__()
    with pytest.raises(LockError):
        await _pass_through(locks, "outlived")
    await taken.__aexit__(None, None, None)
    await _pass_through(locks, "outlived")
