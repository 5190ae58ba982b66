"""The embedded store among the supervised processes: one server a folder, back after every death."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from cli.processes import Supervisor
from cli.redis_child import RedisChild
from stores.redis_server import RedisServer, RedisServerFailed


def wait_for(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


@pytest.fixture
def child(tmp_path: Path) -> Iterator[RedisChild]:
    """A watched server over ``tmp_path``."""
    watched = RedisChild(RedisServer(tmp_path))
    supervisor = Supervisor([watched], lambda line: None)
    supervisor.start()
    watching = threading.Thread(target=supervisor.watch)
    watching.start()
    yield watched
    supervisor.request_stop()
    watching.join()
    supervisor.stop()


def test_a_killed_server_comes_back_with_all_it_was_told(child: RedisChild, tmp_path: Path) -> None:
    server = RedisServer(tmp_path)
    with redis.Redis.from_url(server.url) as client:
        client.set("name", "value")
        assert child.process is not None
        killed = child.process.pid
        os.kill(killed, signal.SIGKILL)
        wait_for(lambda: child.process is not None and child.process.pid != killed and server.is_answering())
        assert client.get("name") == b"value"


def test_a_server_started_by_others_is_used_and_replaced_when_they_end(tmp_path: Path) -> None:
    supervisor = Supervisor([mine := RedisChild(RedisServer(tmp_path))], lambda line: None)
    with RedisServer(tmp_path):
        supervisor.start()
        assert mine.process is None
        assert not mine.has_died()
    assert mine.has_died()
    mine.start()
    wait_for(mine.is_ready)
    supervisor.stop()
    assert not RedisServer(tmp_path).is_running()


def test_a_folder_never_gets_a_second_server(tmp_path: Path) -> None:
    with RedisServer(tmp_path) as first:
        second = RedisServer(tmp_path)
        assert second.launch() is None
        second.start()
        assert second.pid is None
        second.stop()
        assert first.is_answering()


def test_a_server_that_cannot_start_tells_why(tmp_path: Path) -> None:
    (tmp_path / "appendonlydir").write_text("no folder")
    with pytest.raises(RedisServerFailed, match="did not start"):
        RedisServer(tmp_path).start()
