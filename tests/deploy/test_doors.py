"""Redis is closed to the other users of a machine; the core asks everybody for its key (test_turn_channel)."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis

from stores.redis_server import RedisServer

NOBODY = 65_534
TRY = """
import os, socket, sys
os.setgroups([]); os.setgid({nobody}); os.setuid({nobody})
client = socket.socket(socket.AF_UNIX)
try:
    client.connect(sys.argv[1])
except PermissionError:
    sys.exit(13)
client.sendall(b"PING\\r\\n")
sys.exit(0 if client.recv(100).startswith(b"+PONG") else 1)
"""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user: not here")


@pytest.fixture
def server() -> Iterator[RedisServer]:
    """Where everybody could get to its folder's parent; pytest's own folders are closed by themselves."""
    place = Path(tempfile.mkdtemp(prefix="motcua-doors-"))
    place.chmod(0o755)
    try:
        with RedisServer(place / "redis") as server:
            yield server
    finally:
        shutil.rmtree(place)


def of_another_user(path: Path) -> int:
    """What became of another user's try to speak to Redis: 13 refused, 0 answered."""
    command = [sys.executable, "-c", TRY.format(nobody=NOBODY), str(path)]
    return subprocess.run(command, check=False, timeout=20).returncode


@as_root
def test_another_user_of_the_machine_does_not_reach_redis(server: RedisServer) -> None:
    assert of_another_user(server.socket) == 13
    # Each of two things closes it; both opened, the try comes through, so that it proves something.
    server.folder.chmod(0o755)
    server.socket.parent.chmod(0o755)
    assert of_another_user(server.socket) == 13
    server.socket.chmod(0o777)
    assert of_another_user(server.socket) == 0


def test_redis_listens_on_no_port(server: RedisServer) -> None:
    with Redis.from_url(server.url) as redis:
        port = redis.config_get("port")["port"]
    assert port == "0"


def test_nobody_but_its_owner_may_look_into_its_folder(server: RedisServer) -> None:
    assert server.folder.stat().st_mode & 0o077 == 0
    assert server.socket.stat().st_mode & 0o077 == 0
