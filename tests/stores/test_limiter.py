from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from stores.limiter import Limiter, Rule, WrongLimit, rules
from stores.redis_server import RedisServer
from stores.sealing import Seal

RULES = {
    "few": Rule("few", 2, 60, "number", "a test"),
    "none": Rule("none", 0, 60, "number", "without limit"),
    "all": Rule("all", 3, 60, "installation", "everything"),
}
SEAL = Seal(b"a secret of the tests")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("limits") / "redis") as server:
        yield server


@pytest.fixture
def redis(server: RedisServer) -> Iterator[Redis]:
    with Redis.from_url(server.url, decode_responses=True) as redis:
        redis.flushdb()
        yield redis


def test_a_limit_counts_each_subject_alone_and_tells_once(redis: Redis, caplog: pytest.LogCaptureFixture) -> None:
    reached: list[str] = []
    limiter = Limiter(redis, SEAL, RULES, reached.append)
    assert [limiter.allows("few", "+84900000123") for _ in range(4)] == [True, True, False, False]
    assert limiter.allows("few", "+84900000124")
    assert reached == ["few", "few"]
    assert caplog.text.count("a limit is reached") == 1
    assert "84900000123" not in caplog.text + "".join(redis.keys("*"))


def test_processes_share_a_count_and_its_window_ends(redis: Redis) -> None:
    assert [Limiter(redis, SEAL, RULES).allows("all") for _ in range(4)] == [True, True, True, False]
    (key,) = redis.keys("motcua:limit:all:*")
    assert 0 < redis.ttl(key) <= 60
    redis.delete(key)
    assert Limiter(redis, SEAL, RULES).allows("all")


def test_what_is_sent_twice_counts_once_and_gets_the_same_answer(redis: Redis) -> None:
    limiter = Limiter(redis, SEAL, RULES)
    assert [limiter.allows("few", "visit", key) for key in "aaabbc"] == [True, True, True, True, True, False]
    assert [limiter.allows("few", "visit", key) for key in "ac"] == [True, False]


def test_a_limit_of_zero_is_none(redis: Redis) -> None:
    limiter = Limiter(redis, SEAL, RULES)
    assert all(limiter.allows("none", "x") for _ in range(50))
    assert not limiter.is_over("none", "x")


def test_whether_a_limit_is_reached_can_be_asked_without_counting(redis: Redis) -> None:
    limiter = Limiter(redis, SEAL, RULES)
    limiter.allows("few", "x")
    assert not any(limiter.is_over("few", "x") for _ in range(5))
    limiter.allows("few", "x")
    assert limiter.is_over("few", "x")


def test_without_redis_each_process_counts_for_itself(tmp_path: Path) -> None:
    now = [0.0]
    with Redis(unix_socket_path=str(tmp_path / "nobody.sock"), retry=Retry(NoBackoff(), 0)) as nobody:
        limiter = Limiter(nobody, SEAL, RULES, clock=lambda: now[0])
        assert [limiter.allows("few", "x") for _ in range(3)] == [True, True, False]
        assert limiter.is_over("few", "x")
        now[0] = 61.0
        assert limiter.allows("few", "x")


def test_an_operator_changes_single_limits() -> None:
    changed = rules("calls_caller=5, texts_hour=0")
    assert (changed["calls_caller"].most, changed["texts_hour"].most) == (5, 0)
    assert changed["calls_hour"] == rules()["calls_hour"]
    for wrong in ("callers=5", "calls_caller", "calls_caller=many"):
        with pytest.raises(WrongLimit):
            rules(wrong)
