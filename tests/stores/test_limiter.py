from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from runtime.settings import Settings
from stores.limiter import REACHED_KEY, Limiter, Rule, WrongLimit, rules, rules_of
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
    limiter = Limiter(redis, SEAL, RULES)
    assert [limiter.allows("few", "+84900000123") for _ in range(4)] == [True, True, False, False]
    assert limiter.allows("few", "+84900000124")
    assert redis.hgetall(REACHED_KEY) == {"few": "2"}
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
    for wrong in ("callers=5", "calls_caller", "calls_caller=many", "look_ups_hour=0", "sms_rights=0"):
        with pytest.raises(WrongLimit):
            rules(wrong)


def test_several_limits_are_taken_together_or_not_at_all(redis: Redis) -> None:
    limiter = Limiter(redis, SEAL, RULES)
    both = [("few", "a"), ("all", "")]
    assert [limiter.take(both).refused_by for _ in range(4)] == [None, None, "few", "few"]
    # What "few" refused has used nothing of "all" up.
    assert limiter.take([("all", "")]).refused_by is None
    refused = limiter.take([("few", "b"), ("all", "")])
    assert (refused.refused_by, refused.refusals) == ("all", 1)
    assert not limiter.is_over("few", "b")


def test_the_limit_that_lasts_longest_is_named(redis: Redis) -> None:
    table = {**RULES, "day": Rule("day", 2, 3600, "number", "a test")}
    limiter = Limiter(redis, SEAL, table)
    both = [("few", "a"), ("day", "a")]
    assert [limiter.take(both).refused_by for _ in range(3)] == [None, None, "day"]


def test_what_is_handed_back_was_never_counted(redis: Redis) -> None:
    limiter = Limiter(redis, SEAL, RULES)
    counted = [("few", "a"), ("all", "")]
    for _ in range(2):
        limiter.take(counted, "one")
    limiter.take([("all", "")], "other")
    limiter.give_back(counted, "one")
    limiter.give_back(counted, "nothing")
    assert [limiter.take(counted, "two").refused_by for _ in range(2)] == [None, "few"]
    assert limiter.is_over("all")
    limiter.give_back(counted, "one", every=True)
    limiter.give_back(counted, "two", every=True)
    limiter.give_back(counted, "other", every=True)
    assert redis.keys("motcua:limit:*") == []


def test_a_window_may_begin_anew_with_each(redis: Redis) -> None:
    at = [1_000_000]
    table = {"moving": Rule("moving", 2, 60, "a test", "a test", moving=True), "few": RULES["few"]}
    limiter = Limiter(redis, SEAL, table, lambda: at[0])
    limiter.take([("moving", "")])
    at[0] += 50_000
    assert limiter.take([("moving", "")]).ends_ms == at[0] + 60_000
    at[0] += 50_000
    refused = limiter.take([("moving", "")])
    assert refused.refused_by == "moving"
    # A refusal prolongs nothing.
    assert refused.ends_ms == at[0] + 10_000
    at[0] += 10_000
    assert limiter.take([("moving", "")]).refused_by is None


def test_a_flood_of_refusals_fills_no_store(redis: Redis) -> None:
    limiter = Limiter(redis, SEAL, RULES)
    for number in range(1_200):
        limiter.allows("few", "a", str(number))
    (key,) = redis.keys("motcua:limit:few:*")
    assert redis.hlen(key) <= 1_010
    assert redis.hgetall(REACHED_KEY) == {"few": "1198"}


def test_many_processes_at_once_get_no_more_than_there_is(redis: Redis) -> None:
    limiter = Limiter(redis, SEAL, RULES)
    with ThreadPoolExecutor(16) as pool:
        found = list(pool.map(lambda n: limiter.take([("few", "a"), ("all", "")], str(n)).refused_by, range(64)))
    assert found.count(None) == 2


def test_every_limit_says_what_it_is_of() -> None:
    for rule in rules().values():
        assert rule.of
        assert rule.what
        assert rule.most >= 0
        assert rule.seconds > 0


def test_settings_give_some_limits_their_numbers() -> None:
    own = Settings(sms_limit_short=7, lock_minutes=3, second_factor_tries=2, limits="sms_short=9")
    assert rules_of(own)["look_ups_conversation"] == replace(rules()["look_ups_conversation"], most=2, seconds=180)
    assert rules_of(own)["sms_short"].most == 9
    assert rules()["sms_short"].most == Settings.model_fields["sms_limit_short"].default
