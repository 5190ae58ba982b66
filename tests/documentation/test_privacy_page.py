"""What is said to be stored is what is stored."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from docs.reference.privacy import MANNERS, tables
from installation.tables import migrate


@pytest.fixture(scope="module")
def columns(tmp_path_factory: pytest.TempPathFactory) -> dict[str, set[str]]:
    url = f"sqlite:///{tmp_path_factory.mktemp('privacy') / 'motcua.db'}"
    migrate(url)
    engine = create_engine(url)
    found = {
        name: {column["name"] for column in inspect(engine).get_columns(name)}
        for name in inspect(engine).get_table_names()
        if not name.startswith(("sqlite_", "alembic_"))
    }
    engine.dispose()
    return found


def test_every_table_is_told_with_who_reads_it(columns: dict[str, set[str]]) -> None:
    assert tables().keys() == columns.keys()
    for name, said in tables().items():
        assert said["about"] in {"citizen", "officer", "nobody"}, name
        assert said["reader"], name
        assert said.keys() <= {"about", "reader", *MANNERS}, name


def test_every_column_that_is_told_is_there(columns: dict[str, set[str]]) -> None:
    for name, said in tables().items():
        told = {column for manner in MANNERS for column in said.get(manner, ())}
        assert told <= columns[name], name


def test_no_column_of_a_telling_name_is_left_out(columns: dict[str, set[str]]) -> None:
    """A column called like what is personal is told as something: a new one must be thought about."""
    telling = {"person", "sealed", "words", "place", "contact", "address", "description", "phone", "text", "email"}
    telling |= {"latitude", "longitude", "officer", "password", "token", "who"}
    left_out = {
        f"{name}.{column}"
        for name, found in columns.items()
        for column in found & telling
        if column not in {told for manner in MANNERS for told in tables()[name].get(manner, ())}
    }
    # Random: of a report it tells its state, nothing of who sent it; in a backup it names a key.
    assert left_out <= {"ticket_reports.token", "copy_keys.token"}


def test_the_test_data_of_the_page_name_nobody() -> None:
    assert "+84" not in (Path(__file__).parents[2] / "docs" / "privacy" / "stored.md").read_text(encoding="utf-8")
