"""Redis behind Sentinels: the leader is killed, and the same client goes on with the new one."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from redis import RedisError
from redis_group import GROUP, Group, until

from runtime.settings import Settings
from stores.redis_addresses import Sentinels, WrongAddress, read_sentinels
from stores.redis_clients import connect, connect_async


@pytest.mark.parametrize(
    ("url", "read"),
    [
        (
            "redis+sentinel://a,b:26380,c/motcua",
            Sentinels((("a", 26379), ("b", 26380), ("c", 26379)), GROUP, None, None),
        ),
        ("redis+sentinel://:p%40ss@a/motcua", Sentinels((("a", 26379),), GROUP, None, "p@ss")),
        ("redis+sentinel://u:p@10.0.0.1:1/motcua", Sentinels((("10.0.0.1", 1),), GROUP, "u", "p")),
    ],
)
def test_addresses_of_sentinels_are_read(url: str, read: Sentinels) -> None:
    assert read_sentinels(url) == read


@pytest.mark.parametrize("url", ["redis+sentinel://a,b", "redis+sentinel:///motcua", "redis+sentinel://a:x/motcua"])
def test_a_wrong_address_is_told(url: str) -> None:
    with pytest.raises(WrongAddress):
        read_sentinels(url)


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    made = Group(tmp_path)
    with ExitStack() as stack:
        stack.callback(made.stop)
        made.start()
        yield made


def test_the_same_client_goes_on_with_the_new_leader(group: Group, tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, redis_url=group.url)
    with connect(settings, hurried=True) as client:
        client.set("kept", "before")
        assert client.wait(1, 2000) == 1
        group.kill_leader()

        def goes_on() -> bool:
            try:
                return bool(client.set("kept_after", "after"))
            except RedisError:
                return False

        until(goes_on)
        assert client.get("kept") == "before"
        assert client.info("server")["tcp_port"] == group.follower_port

    async def once() -> str | None:
        async with connect_async(settings) as other:
            found: str | None = await other.get("kept_after")
            return found

    assert asyncio.run(once()) == "after"
