"""PostgreSQL with a standby: the leader is killed, the standby promoted, and the same object goes on writing."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from postgres_pair import Pair, postgres_pair, why_no_pair
from sqlalchemy.exc import SQLAlchemyError

from catalogue.tables import ImportedNotice
from stores.database import Database


@pytest.fixture
def pair() -> Iterator[Pair]:
    if (reason := why_no_pair()) is not None:
        pytest.skip(f"no PostgreSQL: {reason}")
    with postgres_pair() as made:
        yield made


def test_writing_goes_on_at_the_promoted_standby(pair: Pair) -> None:
    database = Database(pair.url)
    database.migrate()
    write(database, "before")
    wait_until_copied(pair)
    pair.kill_leader()
    with pytest.raises(SQLAlchemyError):
        # A standby answers questions and keeps nothing: it is not taken for the leader.
        write(database, "between")
    pair.promote()
    deadline = time.monotonic() + 30
    while not tried(database, "after"):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    with database.reading() as session:
        kept = {notice.key for notice in session.query(ImportedNotice)}
    assert kept == {"before", "after"}
    database.close()


def write(database: Database, key: str) -> None:
    with database.writing() as session:
        session.add(ImportedNotice(kind="test", key=key, body="{}"))


def tried(database: Database, key: str) -> bool:
    try:
        write(database, key)
    except SQLAlchemyError:
        return False
    return True


def wait_until_copied(pair: Pair) -> None:
    standby = Database(f"postgresql://motcua@127.0.0.1:{pair.ports['standby']}/postgres")
    deadline = time.monotonic() + 30
    while True:
        try:
            with standby.reading() as session:
                if session.get(ImportedNotice, {"kind": "test", "key": "before"}) is not None:
                    break
        except SQLAlchemyError:
            pass
        assert time.monotonic() < deadline
        time.sleep(0.1)
    standby.close()
