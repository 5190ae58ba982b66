"""Hosts that are not alike are told of: settings, key, clock, version; and nothing that is secret with it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis

from installation import hosts
from installation.hosts import Hosts
from runtime.settings import Settings
from stores.redis_server import RedisServer
from stores.sealing import Seal

KEY = b"a secret of the tests"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture
def redis(server: RedisServer) -> Iterator[Redis]:
    with Redis.from_url(server.url, decode_responses=True) as client:
        client.delete(hosts.KEY)
        yield client


@pytest.fixture
def made(redis: Redis, tmp_path: Path) -> Callable[..., Hosts]:
    """Makes a host on the common Redis."""

    def make(name: str, *, key: bytes = KEY, off: float = 0.0, **settings: object) -> Hosts:
        seconds, micros = redis.time()
        now = seconds + micros / 1e6
        return Hosts(redis, Settings(data_dir=tmp_path, **settings), Seal(key), lambda: now + off, name)

    return make


def said(host: Hosts) -> list[str]:
    return [one.said for one in host.differences()]


def test_hosts_that_are_alike_have_nothing_to_tell(made: Callable[..., Hosts]) -> None:
    first, second = made("a"), made("b", port=9000, sms_answer_threads=9)
    first.note()
    second.note()
    assert said(first) == said(second) == []


def test_a_setting_that_differs_is_named_without_its_value(made: Callable[..., Hosts], redis: Redis) -> None:
    first, second = made("a", sms_days=30), made("b", sms_days=77, twilio_account_sid="ACsecretsecret")
    first.note()
    second.note()
    told = said(first)
    assert [one.split(" is another")[0] for one in told] == ["MOTCUA_SMS_DAYS", "MOTCUA_TWILIO_ACCOUNT_SID"]
    assert "77" not in " ".join(told)
    assert b"ACsecret" not in repr(redis.hgetall(hosts.KEY)).encode()


def test_another_key_is_told_and_nothing_else_of_that_host(made: Callable[..., Hosts]) -> None:
    first = made("a")
    made("b", key=b"another secret of the tests", sms_days=77).note()
    (told,) = said(first)
    assert told.startswith("host b has another secret key")


@pytest.mark.parametrize(("off", "how"), [(-40.0, "40 s behind"), (40.0, "40 s before")])
def test_a_clock_that_is_wrong_is_told_by_its_own_host_and_by_others(
    made: Callable[..., Hosts], off: float, how: str
) -> None:
    first, second = made("a"), made("b", off=off)
    first.note()
    second.note()
    assert [one.split(how)[0] for one in said(first)] == ["the clock of host b is "]
    assert [one.split(how)[0] for one in said(second)] == ["the clock of this host is "]


def test_an_upgrade_under_way_is_told_and_passes(made: Callable[..., Hosts], monkeypatch: pytest.MonkeyPatch) -> None:
    first = made("a")
    monkeypatch.setattr(hosts, "version", lambda: "99.0.0")
    made("b").note()
    (found,) = first.differences()
    assert "host b runs version 99.0.0" in found.said
    assert found.passes


def test_a_host_that_is_gone_says_nothing_any_more(
    made: Callable[..., Hosts], redis: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = made("a")
    made("b", sms_days=77).note()
    monkeypatch.setattr(hosts, "ALIVE_SECONDS", -1.0)
    assert said(first) == []
    assert redis.hlen(hosts.KEY) == 0


def test_the_log_says_it_once(made: Callable[..., Hosts], caplog: pytest.LogCaptureFixture) -> None:
    first = made("a")
    made("b", sms_days=77).note()
    with caplog.at_level(logging.ERROR):
        first.step()
        first.step()
    assert sum("hosts are not alike" in record.getMessage() for record in caplog.records) == 1
