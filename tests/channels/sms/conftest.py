from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from redis import Redis
from sms_answering_doubles import Texting

from runtime.settings import Settings
from stores.database import Database


@pytest.fixture
def citizens_database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'citizens.db'}")
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def texting(set_up: Callable[..., Settings], citizens_database: Database, redis: Redis) -> Callable[..., Texting]:
    """Makes a citizen who texts; keywords are settings, or what :class:`Texting` takes."""

    def build(**changes: object) -> Texting:
        own = {name: changes.pop(name) for name in ("core", "records", "longest", "voice_notes") if name in changes}
        return Texting(set_up(**changes), citizens_database, redis, **own)  # type: ignore[arg-type]

    return build
