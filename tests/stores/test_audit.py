"""The audit log shows whatever is done to it afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from runtime.clock import now
from stores.audit import CHECKPOINT_EVERY, Audit, Deed
from stores.database import Database
from stores.sealing import Seal

SEAL = Seal(b"a secret of the tests")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'audit.db'}")
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def audit(tmp_path: Path, database: Database) -> Audit:
    log = Audit(database, SEAL, now, tmp_path / "elsewhere" / "checkpoints")
    for number in range(6):
        log.note(Deed.LOOKED, "lan", f"ticket {number}", "centre")
    log.checkpoint()
    return log


def changed(database: Database, statement: str) -> None:
    with database.writing() as session:
        session.execute(text(statement))


def test_a_log_nobody_touched_is_whole(audit: Audit) -> None:
    verdict = audit.verify()
    assert (verdict.entries, verdict.checkpoints, verdict.is_whole) == (6, 1, True)
    audit.note(Deed.ERASED, "citizen")
    assert audit.verify().is_whole
    assert [entry.deed for entry in audit.entries(2)] == ["erased", "looked"]


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE audit_log SET who = 'ba' WHERE id = 3", "entry 3 was changed"),
        ("UPDATE audit_log SET at = '2020-01-01 00:00:00' WHERE id = 1", "entry 1 was changed"),
        ("DELETE FROM audit_log WHERE id = 2", "entries 2 to 2 are missing"),
        ("DELETE FROM audit_log WHERE id >= 5", "entry 6 was signed and is gone"),
        ("DELETE FROM audit_log", "entry 6 was signed and is gone"),
        ("UPDATE audit_log SET mark = 'x' WHERE id = 6", "entry 6 was changed"),
    ],
)
def test_what_is_changed_left_out_or_cut_off_shows(audit: Audit, database: Database, statement: str, told: str) -> None:
    changed(database, statement)
    assert any(told in fault for fault in audit.verify().faults)


def test_a_log_made_anew_by_whoever_may_write_but_has_no_key_shows(
    tmp_path: Path, audit: Audit, database: Database
) -> None:
    changed(database, "DELETE FROM audit_log")
    changed(database, "DELETE FROM sqlite_sequence WHERE name = 'audit_log'")
    forged = Audit(database, Seal(b"another secret of tests"), now, tmp_path / "forged")
    for number in range(6):
        forged.note(Deed.LOOKED, "lan", f"ticket {number}")
    assert not audit.verify().is_whole


def test_a_forged_or_lost_checkpoint_shows(tmp_path: Path, audit: Audit) -> None:
    file = tmp_path / "elsewhere" / "checkpoints"
    file.write_text(file.read_text().replace("6:", "7:", 1))
    assert any("not signed by this installation" in fault for fault in audit.verify().faults)
    file.unlink()
    assert any("no checkpoint" in fault for fault in audit.verify().faults)


def test_a_long_log_is_signed_by_itself(audit: Audit) -> None:
    for _ in range(CHECKPOINT_EVERY):
        audit.note(Deed.LOOKED_UP, "core")
    assert audit.verify().checkpoints == 2


def test_entries_made_at_once_by_several_processes_are_one_chain(tmp_path: Path, audit: Audit) -> None:
    other = Database(f"sqlite:///{tmp_path / 'audit.db'}")
    second = Audit(other, SEAL, now, tmp_path / "elsewhere" / "checkpoints")
    for log in (audit, second, second, audit):
        log.note(Deed.LOOKED, "lan")
    assert second.verify().is_whole
    other.close()


def test_a_database_that_is_away_stops_nothing(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    nowhere = Database(f"sqlite:///{tmp_path / 'empty.db'}")
    Audit(nowhere, SEAL, now, tmp_path / "x").note(Deed.LOOKED, "lan")
    assert "an entry of the audit log is missing" in caplog.text
    nowhere.close()
