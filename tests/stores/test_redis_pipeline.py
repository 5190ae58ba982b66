"""Commands sent together: answered as redis-py answers them, and given to redis-py where something is the matter."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta

import pytest
from redis import ConnectionError, DataError, ResponseError, TimeoutError
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from stores.redis_pipeline import BriefRedis
from stores.redis_server import RedisServer

Made = Callable[..., Redis]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("pipelines")) as running:
        yield running


@pytest.fixture
async def client(server: RedisServer) -> AsyncIterator[Made]:
    made: list[Redis] = []

    def make(kind: type[Redis] = BriefRedis, **options: object) -> Redis:
        made.append(kind.from_url(server.url, decode_responses=True, **options))
        return made[-1]

    yield make
    for one in made:
        await one.aclose()


@pytest.fixture
def redis_py_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    async def asked(*_: object) -> None:
        raise AssertionError("redis-py was asked")

    monkeypatch.setattr(Pipeline, "execute", asked)


def many_kinds(pipeline: Pipeline) -> Pipeline:
    pipeline.delete("nothing")
    pipeline.set("number", 7, nx=True, px=60_000)
    pipeline.set("number", 8, nx=True)
    pipeline.set("number", 9, ex=timedelta(minutes=1))
    pipeline.get("number")
    pipeline.get("nothing")
    pipeline.rpush("words", "đường", "", "x" * 70_000)
    pipeline.expire("words", 60)
    pipeline.lrange("words", 0, -1)
    pipeline.eval("return {1, 'hai', redis.call('get', KEYS[1])}", 1, "number")
    return pipeline


@pytest.mark.parametrize("transaction", [True, False])
async def test_replies_are_those_of_redis_py(client: Made, transaction: bool) -> None:
    ours, redis_pys = client(), client(Redis)
    await ours.delete("words", "number")
    theirs = await many_kinds(redis_pys.pipeline(transaction=transaction)).execute()
    await ours.delete("words", "number")
    assert await many_kinds(ours.pipeline(transaction=transaction)).execute() == theirs
    assert theirs[1:6] == [True, None, True, "9", None]


async def test_a_connection_that_waits_is_used_without_redis_py(client: Made, redis_py_is_not_asked: None) -> None:
    redis = client()
    await redis.ping()
    for _ in range(3):
        assert await redis.pipeline().set("a", "b").get("a").execute() == [True, "b"]
    assert (await redis.info("clients"))["connected_clients"] == 1


async def test_the_first_commands_make_the_connection(client: Made) -> None:
    assert await client().pipeline().set("a", "c").get("a").execute() == [True, "c"]


@pytest.mark.parametrize("transaction", [True, False])
async def test_a_wrong_command_is_told_and_the_next_one_gets_its_own_answer(client: Made, transaction: bool) -> None:
    redis = client()
    await redis.set("text", "a")
    with pytest.raises(ResponseError, match=r"Command # 2 \(LPUSH text b\)"):
        await redis.pipeline(transaction=transaction).get("text").lpush("text", "b").execute()
    assert await redis.pipeline(transaction=transaction).get("text").execute() == ["a"]


async def test_a_command_no_server_knows_undoes_its_transaction(client: Made) -> None:
    redis = client()
    await redis.set("kept", "before")
    with pytest.raises(ResponseError, match="unknown command"):
        await redis.pipeline().set("kept", "after").execute_command("NOSUCH", "a").execute()
    assert await redis.get("kept") == "before"


async def test_what_no_command_can_hold_is_refused_before_anything_is_sent(client: Made) -> None:
    redis = client()
    await redis.set("kept", "before")
    with pytest.raises(DataError):
        await redis.pipeline().set("kept", "after").set("other", None).execute()
    assert await redis.get("kept") == "before"


async def test_a_connection_that_was_closed_meanwhile_is_made_anew(client: Made) -> None:
    redis, other = client(), client()
    number = await redis.client_id()
    await other.client_kill_filter(_id=str(number))
    assert await redis.pipeline().set("a", "d").get("a").execute() == [True, "d"]


async def test_a_server_that_does_not_answer_is_not_waited_for_longer_than_said(client: Made) -> None:
    redis, other = client(socket_timeout=0.2, retry=Retry(NoBackoff(), 0)), client()
    await redis.ping()
    await other.client_pause(2_000)
    started = asyncio.get_running_loop().time()
    # redis-py tries once more over a new connection, and tells of that one's limit.
    with pytest.raises((TimeoutError, ConnectionError)):
        await redis.pipeline().set("a", "e").execute()
    assert asyncio.get_running_loop().time() - started < 1.5
    await other.client_unpause()
    assert await redis.pipeline().get("nothing").execute() == [None]


async def test_an_answer_nobody_waited_for_is_not_the_next_ones(client: Made) -> None:
    redis, other = client(), client()
    await redis.set("late", "the late one")
    await other.client_pause(300)
    waiting = asyncio.create_task(redis.pipeline().get("late").execute())
    await asyncio.sleep(0.05)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    await other.client_unpause()
    assert await redis.pipeline().get("nothing").get("late").execute() == [None, "the late one"]
