"""Keys that change while processes seal and open; data that comes back without its key."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import text

from installation.key_check import check_keys
from installation.root import Installation
from runtime.settings import Settings, SettingsError
from stores import keyring
from stores.database import Database
from stores.keyring import Keyring, WrongSecret
from stores.redis_server import RedisServer
from stores.sealing import Seal, SealBroken
from stores.sealing_anew import SealingAnew, readable, rotate

SECRET = b"the first secret of the tests"
NEXT = b"the next secret of the tests"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "secrets" / "keyring"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'some.db'}")
    with database.writing() as session:
        session.execute(text("CREATE TABLE kept (id INTEGER PRIMARY KEY, words TEXT, plain TEXT)"))
    yield database
    database.close()


def test_every_process_seals_with_the_newest_key_and_opens_with_all(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, other = Seal(SECRET, Keyring(file, SECRET)), Seal(SECRET, Keyring(file, SECRET))
    before = one.close("words")
    Keyring(file, SECRET).add_key()
    after = one.close("words")
    assert {other.open(before), other.open(after)} == {"words"}
    with pytest.raises(SealBroken):
        Seal(SECRET).open(after)
    Keyring(file, SECRET).drop_old_keys()
    assert other.open(after) == "words"
    # A key that was dropped opens for this moment still.
    monkeypatch.setattr(keyring, "KNOWN_SECONDS", 0.0)
    with pytest.raises(SealBroken):
        one.open(before)


def test_a_number_is_found_again_after_every_change(file: Path) -> None:
    before = Seal(SECRET).hash("sms", "+84900000123")
    ring = Keyring(file, SECRET)
    ring.add_key()
    ring.change_secret(NEXT)
    running = Seal(SECRET, Keyring(file, SECRET))
    started_anew = Seal(NEXT, Keyring(file, NEXT))
    assert running.hash("sms", "+84900000123") == started_anew.hash("sms", "+84900000123") == before
    assert started_anew.open(running.close("words")) == "words"


def test_the_secret_before_opens_nothing_once_the_next_one_is_in_use(file: Path) -> None:
    ring = Keyring(file, SECRET)
    ring.add_key()
    ring.change_secret(NEXT)
    Keyring(file, NEXT).only_this_secret()
    with pytest.raises(WrongSecret, match="the key this data folder was used with"):
        Keyring(file, SECRET)
    assert file.stat().st_mode & 0o077 == 0


def test_everything_is_sealed_anew_in_rows_strings_and_lists(tmp_path: Path, file: Path, database: Database) -> None:
    ring = Keyring(file, SECRET)
    seal, before = Seal(SECRET, ring), Seal(SECRET)
    with RedisServer(tmp_path / "redis") as server, Redis.from_url(server.url, decode_responses=True) as redis:
        with database.writing() as session:
            rows = [{"words": seal.close(f"words {n}"), "plain": "gAAAA is how it begins"} for n in range(450)]
            session.execute(text("INSERT INTO kept (words, plain) VALUES (:words, :plain)"), rows)
        redis.set("motcua:call:one", seal.close("state"), ex=1000)
        redis.rpush("motcua:conversation:one", '{"sealed": "' + seal.close("said") + '"}', "plain")
        redis.rpush("motcua:pages:one", Seal(b"a key nobody has any more").close("lost"))
        found = rotate(SealingAnew(database, redis, seal), ring.add_key, ring.drop_old_keys, lambda: None)
        assert (found.anew, found.unreadable) == (452, 451)
        with database.reading() as session:
            kept = session.execute(text("SELECT words, plain FROM kept ORDER BY id")).all()
        assert [seal.open(row.words) for row in kept] == [f"words {n}" for n in range(450)]
        assert {row.plain for row in kept} == {"gAAAA is how it begins"}
        value = str(redis.get("motcua:call:one"))
        assert seal.open(value) == "state"
        assert 0 < redis.ttl("motcua:call:one") <= 1000
        for text_of in (value, kept[0].words):
            with pytest.raises(SealBroken):
                before.open(text_of)
        said, plain = redis.lrange("motcua:conversation:one", 0, -1)
        assert plain == "plain"
        assert seal.open(said.split('"')[3]) == "said"


def test_data_without_its_key_is_refused_with_the_cure(tmp_path: Path) -> None:
    def here(secret: str) -> Installation:
        return Installation(Settings(data_dir=tmp_path, secret_key=secret))

    first = here("the first secret of the tests")
    first.make_tables()
    check_keys(first)
    with first.database.writing() as session:
        session.execute(
            text(
                "INSERT INTO tickets (number, key, kind, channel, origin, words, place, state, created_at, changed_at)"
                " VALUES ('1', '1', 'report', 'sms', '', :words, '', 'open', '2026-01-01', '2026-01-01')"
            ),
            {"words": first.seal.close("đường hỏng")},
        )
    check_keys(first)
    assert readable(first.database, first.seal) == (1, 1)
    first.close()
    other = here("another secret of the tests")
    with pytest.raises(SettingsError, match="set the key this data was kept with"):
        check_keys(other)
    other.close()
