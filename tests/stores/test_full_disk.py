"""A real Redis on a disk that is really full."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from running_system import ROOT

SCRIPT = """
import subprocess, sys, time
from pathlib import Path
from redis import Redis, RedisError
from stores.full_disk import LEAST_ROOM, FileOnFullDisk
from stores.redis_server import RedisServer
from stores.secure_deletion import Traces

class NoDatabase:
    def drop_log(self):
        return True

disk = Path(sys.argv[1])
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)], check=True)
filling = disk / "filling"
with RedisServer(disk / "redis") as server, Redis.from_url(server.url, decode_responses=True) as redis:
    file = FileOnFullDisk(redis, disk)
    redis.set("before", "1")
    file.step()
    assert redis.info("persistence")["aof_enabled"] == 1

    with filling.open("wb", buffering=0) as out:
        try:
            while True:
                out.write(bytes(4096))
        except OSError:
            pass
    refused = False
    for number in range(200):
        try:
            redis.set("meanwhile", str(number) * 400)
        except RedisError:
            refused = True
            break
        time.sleep(0.02)
    assert refused, "the disk is not full"
    file.step()
    redis.set("meanwhile", "kept in memory")
    file.step()
    assert redis.info("persistence")["aof_enabled"] == 0
    try:
        Traces(NoDatabase(), redis).step(time.time())
        raise SystemExit("the old file was taken for gone")
    except RedisError:
        pass

    filling.unlink()
    file.step()
    for _ in range(500):
        state = redis.info("persistence")
        if state["aof_enabled"] and not state["aof_rewrite_in_progress"] and not state["aof_rewrite_scheduled"]:
            break
        time.sleep(0.02)
    assert state["aof_last_write_status"] == "ok", state
    redis.set("after", "2")

with RedisServer(disk / "redis") as server, Redis.from_url(server.url, decode_responses=True) as redis:
    assert redis.mget("before", "meanwhile", "after") == ["1", "kept in memory", "2"]
print("kept")
"""


def test_redis_goes_on_from_memory_while_its_disk_is_full_and_keeps_everything_afterwards(tmp_path: Path) -> None:
    apart = ["unshare", "--map-root-user", "--mount"] if os.geteuid() else ["unshare", "--mount"]
    if shutil.which("unshare") is None or subprocess.run([*apart, "true"], check=False).returncode:
        pytest.skip("no mount namespaces here")
    disk = tmp_path / "disk"
    disk.mkdir()
    done = subprocess.run(
        [*apart, sys.executable, "-c", SCRIPT, str(disk)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.strip() == "kept", done.stderr
