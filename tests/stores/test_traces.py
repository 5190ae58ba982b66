"""What was deleted is gone from files, too: a real Redis' append-only file, a real database's log and pages."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import text

from stores.database import Database
from stores.redis_server import RedisServer
from stores.secure_deletion import REWRITE_SECONDS, Traces

SECRET = "what-nobody-shall-find"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    with RedisServer(tmp_path / "redis") as server:
        yield server


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'some.db'}")
    with database.writing() as session:
        session.execute(text("CREATE TABLE kept (id INTEGER PRIMARY KEY, words TEXT)"))
    yield database
    database.close()


def files_with(folder: Path, words: str) -> list[str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if words.encode() in path.read_bytes()]


def finish(traces: Traces, deleted_at: float) -> None:
    deadline = time.monotonic() + 20
    while not traces.step(deleted_at):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_deleted_values_leave_every_file(tmp_path: Path, server: RedisServer, database: Database) -> None:
    with Redis.from_url(server.url) as redis:
        redis.set("motcua:some", SECRET)
        with database.writing() as session:
            session.execute(text("INSERT INTO kept (words) VALUES (:words)"), [{"words": SECRET}] * 400)
        redis.delete("motcua:some")
        with database.writing() as session:
            session.execute(text("DELETE FROM kept"))
        assert files_with(tmp_path, SECRET)
        finish(Traces(database, redis), time.time())
        assert files_with(tmp_path, SECRET) == []


def test_without_an_erasure_the_file_is_written_anew_once_an_hour(
    tmp_path: Path, server: RedisServer, database: Database
) -> None:
    now = [1_000_000.0]
    with Redis.from_url(server.url) as redis:
        traces = Traces(database, redis, lambda: now[0])
        assert not traces.step()
        finish(traces, now[0] - 1)
        rewritten = redis.info("stats")["total_forks"]
        now[0] += REWRITE_SECONDS - 5
        assert traces.step()
        assert redis.info("stats")["total_forks"] == rewritten
        now[0] += 10
        assert not traces.step()
        assert redis.info("stats")["total_forks"] == rewritten + 1


def test_what_is_deleted_while_the_file_is_written_waits_for_the_next_time(
    server: RedisServer, database: Database
) -> None:
    now = [1_000_000.0]
    with Redis.from_url(server.url) as redis:
        traces = Traces(database, redis, lambda: now[0])
        traces.step(now[0] - 1)
        later = now[0] = now[0] + 1
        while redis.info("persistence")["aof_rewrite_in_progress"]:
            time.sleep(0.01)
        assert not traces.step(later)
        now[0] += 1
        finish(traces, later)


def test_a_redis_that_keeps_nothing_has_nothing_to_remove(tmp_path: Path, database: Database) -> None:
    with RedisServer(tmp_path / "other") as server, Redis.from_url(server.url) as redis:
        redis.config_set("appendonly", "no")
        assert Traces(database, redis).step(time.time() - 1)


def test_the_database_gives_its_room_back(tmp_path: Path, database: Database) -> None:
    with database.writing() as session:
        session.execute(text("INSERT INTO kept (words) VALUES (:words)"), [{"words": "x" * 3_000}] * 2_000)
    database.drop_log()
    full = (tmp_path / "some.db").stat().st_size
    with database.writing() as session:
        session.execute(text("DELETE FROM kept"))
    assert database.give_room_back(most=100) == 100
    while database.give_room_back():
        pass
    database.drop_log()
    assert (tmp_path / "some.db").stat().st_size < full / 10


def test_a_file_of_an_older_version_is_written_anew_once(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "old.db") as old:
        old.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, words TEXT)")
        old.executemany("INSERT INTO kept (words) VALUES (?)", [("x" * 3_000,)] * 1_000)
        old.execute("DELETE FROM kept WHERE id > 10")
    old.close()
    database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    assert database.give_room_back() > 500
    assert database.give_room_back() == 0
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM kept")) == 10
    database.close()
