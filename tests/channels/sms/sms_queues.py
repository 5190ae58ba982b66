"""Queues of text messages over an empty database of either kind."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from postgres_server import postgres_server, postgres_url  # noqa: F401 - fixtures
from sms_engine_doubles import Queues

from stores.database import Database


@pytest.fixture(params=["sqlite", "postgresql"])
def queues(request: pytest.FixtureRequest, tmp_path: Path, migrated_file: Path) -> Iterator[Queues]:
    """On SQLite, and again on PostgreSQL."""
    if request.param == "sqlite":
        shutil.copy(migrated_file, tmp_path / "queues.db")
        database = Database(f"sqlite:///{tmp_path / 'queues.db'}")
    else:
        database = Database(str(request.getfixturevalue("postgres_url")))
        database.migrate()
    yield Queues(database)
    database.close()


@pytest.fixture
def quick_queues(tmp_path: Path, migrated_file: Path) -> Iterator[Queues]:
    """On SQLite alone, for what does not depend on the database."""
    shutil.copy(migrated_file, tmp_path / "queues.db")
    database = Database(f"sqlite:///{tmp_path / 'queues.db'}")
    yield Queues(database)
    database.close()
