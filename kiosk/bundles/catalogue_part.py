"""Imported procedures as lines of JSON, one a row, in an order of their own: a changed procedure is a changed line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import Date, insert, inspect, select, update

from catalogue.tables import CatalogueState, ImportedNotice, ImportedRecord
from stores.database import Base, Database

_TABLES: dict[str, type[Base]] = {"record": ImportedRecord, "notice": ImportedNotice}


def lines(database: Database) -> Iterator[str]:
    """Every imported record and notice of an installation."""
    with database.reading() as session:
        for name, table in _TABLES.items():
            mapper = inspect(table)
            for row in session.scalars(select(table).order_by(*mapper.primary_key).execution_options(yield_per=500)):
                values = {column.key: getattr(row, column.key) for column in mapper.columns}
                yield json.dumps([name, values], ensure_ascii=False, sort_keys=True, default=date.isoformat) + "\n"


OpenDatabase = Callable[[str], Database]
"""Opens the database at an address; whoever asks closes it."""


def build(file: Path, content: Iterable[str], version: int, open_database: OpenDatabase) -> None:
    """Make a catalogue of its own, for one bundle, from lines.

    Args:
        file: of the new SQLite database; an older one is replaced.
        content: the lines.
        version: what the catalogue's version becomes: the bundle's number, so that a change is noticed.
        open_database: opens the new file.

    Raises:
        ValueError: a line is not what :func:`lines` writes.
    """
    file.unlink(missing_ok=True)
    database = open_database(f"sqlite:///{file}")
    try:
        database.migrate()
        rows: dict[str, list[dict[str, Any]]] = {name: [] for name in _TABLES}
        for line in content:
            match json.loads(line):
                case [str(name), dict(values)] if name in _TABLES:
                    rows[name].append(_typed(_TABLES[name], values))
                case _:
                    raise ValueError("a line of the catalogue names no table of it")
        with database.writing() as session:
            for name, table in _TABLES.items():
                if rows[name]:
                    session.execute(insert(table), rows[name])
            session.execute(update(CatalogueState).values(version=version))
    finally:
        database.close()
    # All of it into the one file that is flushed and moved.
    for beside in ("-wal", "-shm"):
        file.with_name(file.name + beside).unlink(missing_ok=True)


def _typed(table: type[Base], values: dict[str, Any]) -> dict[str, Any]:
    typed = {}
    for column in inspect(table).columns:
        if column.key not in values:
            raise ValueError(f"a line of the catalogue lacks {column.key}")
        value = values[column.key]
        typed[column.key] = date.fromisoformat(value) if isinstance(column.type, Date) else value
    return typed
