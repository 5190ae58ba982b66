from __future__ import annotations

import subprocess
import sys
import threading
import time
from importlib import import_module
from multiprocessing import get_context
from pathlib import Path
from statistics import median

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from postgres_server import postgres_server, postgres_url  # noqa: F401 - fixtures
from sqlalchemy import Text, inspect, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.tables import CatalogueState, ImportedNotice
from installation.tables import migrate
from runtime.operator_errors import sentence_for
from runtime.settings import PROJECT_ROOT
from stores.database import Base, Database, TablesAreNewer, alembic_config, heads, whole_tables


class Hive(Base):
    __tablename__ = "test_hive"

    id: Mapped[int] = mapped_column(primary_key=True)
    keeper: Mapped[str] = mapped_column(Text, unique=True)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'deep' / 'down' / 'test.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def database(url: str) -> Database:
    return Database(url)


def notice(key: str) -> ImportedNotice:
    return ImportedNotice(kind="test", key=key, body="{}")


def keys(database: Database) -> list[str]:
    with database.reading() as session:
        return sorted(session.execute(select(ImportedNotice.key)).scalars())


def _know_every_table() -> None:
    """Every module that describes a table: what none imports would be missing without a word."""
    for path in PROJECT_ROOT.glob("[a-z]*/**/*.py"):
        room = path.relative_to(PROJECT_ROOT)
        if room.parts[0] not in {"tests", "models"} and "database import Base" in path.read_text(encoding="utf-8"):
            import_module(".".join(room.with_suffix("").parts))


def test_migrations_make_the_tables_the_code_describes(database: Database) -> None:
    _know_every_table()
    database.migrate()
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        there = set(whole_tables(connection).tables) | set(Base.metadata.tables)
        context.opts["include_name"] = lambda name, kind, _: kind != "table" or name in there
        found = compare_metadata(context, Base.metadata)
    database.close()
    differences = [str(one) for one in found if "test_hive" not in str(one)]
    if not database.is_sqlite:
        # Months of messages: a unique key would have to hold the month, so that indexes stand there instead.
        by_month = [
            one
            for one in differences
            for table, key in (("sms_incoming", "key"), ("sms_outgoing", "reference"))
            if table in one and f"Column('{key}'" in one and ("add_constraint" in one or "remove_index" in one)
        ]
        assert len(by_month) == 4
        differences = [one for one in differences if one not in by_month]
    assert differences == []


def test_the_heads_read_off_the_files_are_those_alembic_finds() -> None:
    assert heads() == set(ScriptDirectory.from_config(alembic_config()).get_heads())


def test_tables_that_are_up_to_date_are_told_without_alembic(database: Database) -> None:
    database.migrate()
    code = "import sys; from stores.database import Database; Database(sys.argv[1]).migrate(); print(*sys.modules)"
    url = database.engine.url.render_as_string(hide_password=False)
    done = subprocess.run([sys.executable, "-c", code, url], stdout=subprocess.PIPE, text=True, check=True)
    assert "alembic" not in done.stdout.split()
    database.close()


def test_migrating_twice_keeps_what_is_there(database: Database) -> None:
    database.migrate()
    with database.writing() as session:
        session.add(notice("kept"))
    database.migrate()
    assert keys(database) == ["kept"]
    database.close()


def test_every_room_goes_one_step_back_and_forward_again(database: Database) -> None:
    database.migrate()
    config = alembic_config()
    for room in sorted({head.rpartition("_")[0] for head in heads()}):
        with database.engine.connect() as connection, connection.begin():
            config.attributes["connection"] = connection
            command.downgrade(config, f"{room}@-1")
        before = inspect(database.engine).get_table_names()
        database.migrate()
        assert set(before) <= set(inspect(database.engine).get_table_names()), room
    with database.writing() as session:
        session.add(notice("kept"))
    assert keys(database) == ["kept"]
    database.close()


def test_several_processes_may_migrate_a_new_database_at_once(url: str) -> None:
    context = get_context("fork")
    processes = [context.Process(target=migrate, args=(url,)) for _ in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 4
    database = Database(url)
    with database.reading() as session:
        assert session.execute(select(CatalogueState.version)).scalar_one() == 1
    database.close()


def test_what_is_written_is_kept(database: Database) -> None:
    database.migrate()
    with database.writing() as session:
        session.add(notice("a"))
    assert keys(database) == ["a"]
    database.close()


def test_an_exception_undoes_what_was_written(database: Database) -> None:
    database.migrate()

    def write_and_fail() -> None:
        with database.writing() as session:
            session.add(notice("a"))
            session.flush()
            raise RuntimeError("interrupted")

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert keys(database) == []
    database.close()


def test_what_was_read_stays_usable_after_the_session(database: Database) -> None:
    database.migrate()
    with database.reading() as session:
        state = session.execute(select(CatalogueState)).scalar_one()
    assert state.version == 1
    database.close()


def test_writers_wait_for_each_other_and_lose_nothing(database: Database) -> None:
    database.migrate()

    def count() -> None:
        for _ in range(10):
            with database.writing() as session:
                state = session.execute(select(CatalogueState).with_for_update()).scalar_one()
                state.version += 1

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    with database.reading() as session:
        assert session.execute(select(CatalogueState.version)).scalar_one() == 41
    database.close()


def test_a_writer_who_has_waited_long_writes_as_soon_as_it_may(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    database.migrate()
    began: list[float] = []

    def write() -> None:
        with database.writing() as session:
            session.connection()
            began.append(time.monotonic())

    waited = []
    for _ in range(5):
        with database.writing() as session:
            session.connection()
            thread = threading.Thread(target=write)
            thread.start()
            time.sleep(0.2)  # by now SQLite's own way of waiting would look every 100 ms
        ended = time.monotonic()
        thread.join(60)
        waited.append(began.pop() - ended)
    database.close()
    assert median(waited) < 0.03


def test_a_writer_gives_up_on_a_lock_that_is_never_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stores.database.SQLITE_BUSY_SECONDS", 0.1)
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    database.migrate()
    with database.writing() as first, database.writing() as second:
        first.connection()
        with pytest.raises(OperationalError, match="locked"):
            second.connection()
    database.close()


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    database.migrate()
    with database.writing() as session:
        session.add(notice("unfinished"))
        session.flush()
        assert keys(database) == []
    assert keys(database) == ["unfinished"]
    database.close()


def test_constraints_are_named_alike_on_every_database(database: Database) -> None:
    Base.metadata.tables["test_hive"].create(database.engine)
    with database.writing() as session:
        session.add(Hive(keeper="a"))

    def again() -> None:
        with database.writing() as session:
            session.add(Hive(keeper="a"))

    with pytest.raises(IntegrityError):
        again()
    assert {one.name for one in Hive.__table__.constraints} == {"pk_test_hive", "uq_test_hive_keeper"}  # type: ignore[attr-defined]
    Base.metadata.tables["test_hive"].drop(database.engine)
    database.close()


def test_a_living_database_answers(database: Database) -> None:
    database.ping()
    database.close()


def test_a_database_that_is_not_there_is_noticed() -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    with pytest.raises(OperationalError):
        database.ping()
    database.close()


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_postgresql_address_means_psycopg_3(scheme: str) -> None:
    database = Database(f"{scheme}://user@host/name")
    assert database.engine.url.drivername == "postgresql+psycopg"
    assert not database.is_sqlite
    database.close()


def test_sqlite_checks_foreign_keys_and_keeps_a_write_ahead_log(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'test.db'}")
    with database.engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert int(connection.execute(text("PRAGMA busy_timeout")).scalar() or 0) >= 5_000
    database.close()


def test_a_percent_sign_in_the_address_is_no_trouble(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path / '50%s off.db'}")
    assert (tmp_path / "50%s off.db").is_file()


@pytest.mark.parametrize(("query", "synchronous"), [("", 2), ("?durable=1", 2), ("?durable=0", 1)])
def test_a_commit_waits_for_the_disk_unless_told_otherwise(tmp_path: Path, query: str, synchronous: int) -> None:
    database = Database(f"sqlite:///{tmp_path / 'm.db'}{query}")
    with database.reading() as session:
        assert session.execute(text("PRAGMA synchronous")).scalar_one() == synchronous
    database.close()


def test_tables_of_a_newer_version_are_refused_in_one_sentence_and_left_as_they_are(database: Database) -> None:
    database.migrate()
    with database.engine.begin() as connection:
        connection.execute(text("INSERT INTO alembic_version VALUES ('tickets_9999')"))
    with pytest.raises(TablesAreNewer) as refused:
        database.migrate()
    said = sentence_for(refused.value)
    assert said is not None
    assert "newer version of Một Cửa (tickets_9999): start that version here too" in said
    with database.engine.connect() as connection:
        found = set(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())
    database.close()
    assert found == heads() | {"tickets_9999"}
