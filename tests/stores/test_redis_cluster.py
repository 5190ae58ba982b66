"""A real Redis Cluster of three masters: every step of ours that touches several keys finds them in one slot."""

from __future__ import annotations

import asyncio
import secrets
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import uvloop
from free_ports import free_ports
from redis import Redis, RedisCluster, RedisError

from actions.dossiers.lockout import Lockout, Taken
from assistant.idempotent_turns import AnswersGiven
from assistant.lock_store import RedisLockStore
from assistant.tracker_store import KEY_PREFIX
from channels.heartbeats import Heartbeats
from channels.paging import Page, Paging
from contract.meaning import Understanding
from contract.turn import TurnResult
from runtime.clock import now
from runtime.settings import Settings
from stores.limiter import Limiter, rules
from stores.redis_addresses import Cluster, WrongAddress, read_cluster, servers_of
from stores.redis_clients import connect, connect_async
from stores.redis_server import server_binary
from stores.sealing import Seal

SEAL = Seal(b"a secret of the tests, long enough")


def test_addresses_of_a_cluster_are_read() -> None:
    read = read_cluster("rediss+cluster://u:p%40ss@a,b:7001")
    assert read == Cluster((("a", 6379), ("b", 7001)), "u", "p@ss", tls=True)
    assert read_cluster("redis+cluster://a") == Cluster((("a", 6379),), None, None, tls=False)


@pytest.mark.parametrize("url", ["redis+cluster://", "redis+cluster://a/1", "redis+cluster://a:x"])
def test_a_wrong_address_is_told(url: str) -> None:
    with pytest.raises(WrongAddress):
        read_cluster(url)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Three masters that share the slots."""
    folder, first = tmp_path_factory.mktemp("cluster"), free_ports(6)
    ports, buses = [first, first + 1, first + 2], [first + 3, first + 4, first + 5]
    with ExitStack() as stack:
        for port, bus in zip(ports, buses, strict=True):
            own = folder / str(port)
            own.mkdir()
            command = [str(server_binary()), "--port", str(port), "--cluster-port", str(bus), "--dir", str(own)]
            command += ["--cluster-enabled", "yes", "--bind", "127.0.0.1", "--save", "", "--logfile", str(own / "log")]
            process = subprocess.Popen(command)
            stack.callback(process.wait, 20)
            stack.callback(process.kill)
        nodes = [stack.enter_context(Redis(port=port, decode_responses=True)) for port in ports]
        until(lambda: all(answers(node) for node in nodes))
        for at, node in enumerate(nodes):
            node.execute_command("CLUSTER", "ADDSLOTSRANGE", at * 16384 // 3, (at + 1) * 16384 // 3 - 1)
            for port, bus in zip(ports, buses, strict=True):
                node.execute_command("CLUSTER", "MEET", "127.0.0.1", port, bus)
        until(lambda: all("cluster_state:ok" in str(node.execute_command("CLUSTER", "INFO")) for node in nodes) or None)
        until(lambda: all(len(node.execute_command("CLUSTER", "NODES")) >= 3 for node in nodes))
        yield Settings(redis_url=f"redis+cluster://127.0.0.1:{ports[0]},127.0.0.1:{ports[1]}", data_dir=folder)


@pytest.fixture
def redis(settings: Settings) -> Iterator[Redis]:
    client = connect(settings)
    yield client
    client.close()


def answers(node: Redis) -> bool:
    try:
        return bool(node.ping())
    except RedisError:
        return False


def until(reached: object) -> None:
    assert callable(reached)
    deadline = time.monotonic() + 30
    while not reached():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_keys_lie_on_all_masters(redis: Redis) -> None:
    assert isinstance(redis, RedisCluster)
    for number in range(60):
        redis.set(f"motcua:kept:{number}", "1", ex=60)
    used = {redis.get_node_from_key(f"motcua:kept:{number}").port for number in range(60)}
    found = set(redis.scan_iter(match="motcua:kept:*", count=10))
    assert len(used) == 3
    assert len(found) == 60
    assert redis.delete(*found) == 60


def test_a_wish_counts_under_several_limits_at_once(redis: Redis) -> None:
    limiter = Limiter(redis, SEAL, rules())
    counted = [("sms_short", secrets.token_hex(4)), ("sms_day", secrets.token_hex(4))]
    taken = [limiter.take(counted, str(number)).refused_by for number in range(21)]
    assert taken[0] is None
    assert taken[-1] == "sms_short"
    limiter.give_back(counted, "0")
    assert limiter.take(counted, "again").refused_by is None


def test_tries_are_counted_and_proofs_found(redis: Redis) -> None:
    lockout = Lockout(redis, SEAL, now)
    marks = ("person:" + secrets.token_hex(8), "place:" + secrets.token_hex(8))
    code = "H20.1-260101-0001"
    assert isinstance(lockout.take(code, "c", marks), Taken)
    lockout.forgive(code, "c", marks)
    assert lockout.proven_like("H20.1-260101-0007", marks) in {code, None}


def test_pages_and_signs_of_life(redis: Redis) -> None:
    paging, conversation = Paging(redis, SEAL), secrets.token_hex(8)
    paging.keep(conversation, [Page("a", "a"), Page("b", "b")])
    assert paging.next(conversation, "turn") == paging.next(conversation, "turn") == Page("a", "a")
    assert paging.next(conversation) == Page("b", "b")
    beats = Heartbeats(redis)
    beats.beat("one", {"modem": True})
    assert beats.routes() == {"modem": True}
    beats.stop("one")


def test_every_master_is_asked_by_itself(redis: Redis) -> None:
    assert isinstance(redis, RedisCluster)
    servers = servers_of(redis)
    assert len({server.info("server")["tcp_port"] for server in servers}) == 3


async def test_a_turn_takes_its_lock_and_writes_conversation_answer_and_lock_together(settings: Settings) -> None:
    client, given = connect_async(settings), AnswersGiven(SEAL)
    locks = RedisLockStore(lambda: client)
    try:
        for _ in range(20):
            conversation, result = (
                secrets.token_hex(8),
                TurnResult(replies=(), understanding=Understanding(intent=None)),
            )

            key = given.key("turn", conversation)

            def read(pipeline, conversation: str = conversation, key: str = key) -> None:
                pipeline.lrange(KEY_PREFIX + conversation, 0, -1)
                pipeline.get(key)

            async with locks.lock(conversation, read=read) as held:
                lines, sealed = held.read
                assert (lines, sealed) == ([], None)
                pipeline = client.pipeline(transaction=True)
                pipeline.delete(KEY_PREFIX + conversation)
                pipeline.rpush(KEY_PREFIX + conversation, "line")
                given.add_to(pipeline, key, result)
                held.release_by(pipeline)
                await pipeline.execute()
            async with locks.lock(conversation, read=read) as again:
                assert again.read[0] == ["line"]
                assert given.read(again.read[1]) == result
    finally:
        await client.aclose()


async def transactions(settings: Settings) -> list[object]:
    """The first thing a client does, and another one over connections that were closed meanwhile."""
    client = connect_async(settings)
    try:
        done = await client.pipeline(transaction=True).set("{a}b", "1").get("{a}b").execute()
        for node in client.get_nodes():
            for connection in node._free:
                connection._writer.transport.close()
        return [*done, *await client.pipeline(transaction=True).set("{a}b", "2").get("{a}b").execute()]
    finally:
        await client.aclose()


@pytest.mark.parametrize("loop", [asyncio.new_event_loop, uvloop.new_event_loop], ids=["asyncio", "uvloop"])
def test_transactions_stay_in_their_loop_and_outlive_a_closed_connection(settings: Settings, loop) -> None:
    with asyncio.Runner(loop_factory=loop) as runner:
        assert runner.run(transactions(settings)) == [True, "1", True, "2"]


async def test_a_call_wakes_whoever_listens_at_any_node(settings: Settings, redis: Redis) -> None:
    client = connect_async(settings)
    try:
        await client.initialize()
        async with client.pubsub() as calls:
            await calls.subscribe("motcua:test")
            assert await calls.get_message(timeout=5)
            await asyncio.to_thread(redis.publish, "motcua:test", "now")
            deadline = asyncio.get_running_loop().time() + 10
            while (told := await calls.get_message(ignore_subscribe_messages=True, timeout=1)) is None:
                assert asyncio.get_running_loop().time() < deadline
            assert told["data"] == "now"
    finally:
        await client.aclose()
