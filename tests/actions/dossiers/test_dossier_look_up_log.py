"""Every look-up is noted, right or wrong; the rows name nobody and cannot be changed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import DatabaseError

from actions.dossiers.lockout import Lockout
from actions.dossiers.look_up_log import LookUpRow, LookUps
from actions.dossiers.sandbox import SandboxBackend
from actions.dossiers.service import DossierService, Found, SourceStore
from stores.database import Database
from stores.sealing import Seal

EVER = datetime(2020, 1, 1, tzinfo=UTC)
CODE, LAST4 = "H15.50.05.21-261120-9124", "0124"
SEAL = Seal(b"a secret for tests only")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    made = Database(f"sqlite:///{tmp_path}/l.db")
    made.migrate()
    yield made
    made.close()


@pytest.fixture
def look_ups(database: Database, clock: Any) -> LookUps:
    return LookUps(database, SEAL, clock)


@pytest.fixture
def noted(backend: SandboxBackend, lockout: Lockout, clock: Any, look_ups: LookUps) -> DossierService:
    return DossierService(SourceStore(backend), lockout, clock, log=look_ups)


def test_right_wrong_and_locked_look_ups_are_noted_with_channel_and_purpose(
    noted: DossierService, look_ups: LookUps
) -> None:
    noted.look_up(CODE, LAST4, "a", channel="sms", marks=["person:x"])
    for _ in range(4):
        noted.look_up(CODE, "9999", "b", channel="kiosk")
    rows = look_ups.rows(EVER, 100, CODE)
    assert [(row.channel, row.purpose, row.outcome) for row in reversed(rows)] == [
        ("sms", "status", "Proof"),
        ("kiosk", "status", "NotFoundOrMismatch"),
        ("kiosk", "status", "NotFoundOrMismatch"),
        ("kiosk", "status", "Locked"),
        ("kiosk", "status", "Locked"),
    ]
    assert len({row.who for row in rows}) == 2
    assert (
        look_ups.rows(EVER, 100, "155005212611209124") == rows
        or len(look_ups.rows(EVER, 100, "155005212611209124")) == 5
    )


def test_nothing_in_a_row_tells_a_person_or_a_code(noted: DossierService, look_ups: LookUps) -> None:
    noted.look_up(CODE, LAST4, "conversation-of-somebody", channel="sms", marks=["person:somebody"])
    (row,) = look_ups.rows(EVER, 100, CODE)
    told = f"{row.who} {row.dossier} {row.channel} {row.outcome}"
    for secret in (CODE, "9124", LAST4, "somebody"):
        assert secret not in told


def test_the_database_refuses_to_change_a_row(noted: DossierService, look_ups: LookUps, database: Database) -> None:
    noted.look_up(CODE, LAST4, "a")
    with pytest.raises(DatabaseError, match="only added"), database.writing() as session:
        session.execute(update(LookUpRow).values(outcome="Locked"))
    assert [row.outcome for row in look_ups.rows(EVER, 100, CODE)] == ["Proof"]


def test_a_log_that_is_away_costs_no_answer(
    backend: SandboxBackend, lockout: Lockout, clock: Any, tmp_path: Path
) -> None:
    nowhere = Database(f"sqlite:///{tmp_path}/without-tables.db")
    service = DossierService(SourceStore(backend), lockout, clock, log=LookUps(nowhere, SEAL, clock))
    assert isinstance(service.look_up(CODE, LAST4, "a"), Found)
    nowhere.close()


def test_old_rows_are_erased_and_counted(noted: DossierService, look_ups: LookUps, clock: Any) -> None:
    noted.look_up(CODE, LAST4, "a", channel="sms")
    clock.forward(days=400)
    noted.look_up(CODE, LAST4, "a", channel="phone")
    assert look_ups.since(clock() - timedelta(days=1)) == {("phone", "Proof"): 1}
    assert look_ups.erase_before(clock() - timedelta(days=365)) == 1
    assert [row.channel for row in look_ups.rows(EVER, 100, CODE)] == ["phone"]
