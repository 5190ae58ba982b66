from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import create_engine, inspect

from installation.tables import migrate
from runtime.retention import RetentionJob, RetentionTableError, stored_kinds
from runtime.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
ROOMS = sorted(
    path.name for path in ROOT.iterdir() if (path / "__init__.py").exists() and path.name not in {"tests", "benchmarks"}
)
_REDIS_KEY = re.compile(r"(?:motcua|kiosk):[a-z_:]+")

NO_KEYS = {
    "motcua:ticket:": "hashed to a ticket's number",
    "kiosk:call_back:": "names a ticket, in the database",
}
"""Strings of that form that are no keys of Redis."""


def test_every_table_of_the_database_is_in_it(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'motcua.db'}"
    migrate(url)
    engine = create_engine(url)
    tables = {name for name in inspect(engine).get_table_names() if not name.startswith(("sqlite_", "alembic_"))}
    engine.dispose()
    listed = [table for kind in stored_kinds().values() for table in kind.tables]
    assert len(listed) == len(set(listed))
    assert set(listed) == tables


def keys_in_the_program() -> dict[str, str]:
    """Beginnings of Redis keys in the program's strings, with the file."""
    found = {}
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    key = _REDIS_KEY.fullmatch(node.value)
                    if key is not None and key[0] not in NO_KEYS:
                        found[key[0]] = str(path.relative_to(ROOT))
    return found


def test_every_redis_key_of_the_program_is_in_it() -> None:
    listed = {prefix for kind in stored_kinds().values() for prefix in kind.redis}
    assert keys_in_the_program().keys() == listed


@pytest.mark.parametrize("name", stored_kinds())
def test_what_it_names_is_there(name: str) -> None:
    kind = stored_kinds()[name]
    module, _, path = kind.deleted_by.partition(":")
    found = import_module(module)
    for part in filter(None, path.split(".")):
        found = getattr(found, part)
    if kind.constant is not None:
        module, constant = kind.constant.split(":")
        assert getattr(import_module(module), constant)
    assert kind.setting is None or kind.setting in Settings.model_fields


class TestTheJob:
    def sweeps(self) -> dict[str, list[int]]:
        return {kind.name: [] for kind in stored_kinds().values() if kind.job}

    def test_it_runs_every_deletion_though_one_fails(self) -> None:
        done = []

        def fails() -> None:
            raise ConnectionError

        job = {name: (lambda name=name: done.append(name)) for name in self.sweeps()}
        first, *others = job
        RetentionJob({**job, first: fails}).run()
        assert done == others

    def test_a_deletion_nobody_runs_or_nobody_knows_is_a_mistake(self) -> None:
        with pytest.raises(RetentionTableError, match="tickets"):
            RetentionJob({name: list for name in self.sweeps() if name != "tickets"})
        with pytest.raises(RetentionTableError, match="surprise"):
            RetentionJob({**dict.fromkeys(self.sweeps(), list), "surprise": list})
