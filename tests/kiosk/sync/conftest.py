from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sync_places import Box, RunningCentre

from stores.redis_server import RedisServer


@pytest.fixture(scope="session")
def centre_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("centre-redis")) as server:
        yield server


@pytest.fixture(scope="session")
def centre(tmp_path_factory: pytest.TempPathFactory, centre_redis: RedisServer) -> Iterator[RunningCentre]:
    """One gateway for tests that publish nothing."""
    running = RunningCentre(tmp_path_factory.mktemp("centre"), centre_redis)
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def publisher(tmp_path_factory: pytest.TempPathFactory, centre_redis: RedisServer) -> Iterator[RunningCentre]:
    """A gateway whose bundles the tests of one module publish."""
    running = RunningCentre(tmp_path_factory.mktemp("publisher"), centre_redis)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def box(centre: RunningCentre, tmp_path: Path) -> Box:
    return centre.enrolled(tmp_path / "box")
