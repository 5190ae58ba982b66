"""Officers work through tickets at the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from running_system import run_cli, without_settings

from runtime.clock import now
from runtime.settings import Settings
from stores.database import Database
from stores.sealing import Seal
from tickets.numbers import number_for
from tickets.store import TicketStore
from tickets.ticket import Draft, TicketKind

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {**without_settings(), "PYTHONPATH": str(ROOT), "MOTCUA_DATA_DIR": str(tmp_path)}


@pytest.fixture
def number(tmp_path: Path) -> str:
    settings = Settings(data_dir=tmp_path)
    database = Database(settings.effective_database_url)
    database.migrate()
    draft = Draft("a", TicketKind.CALL_BACK, "phone", "+84900000123", "nhờ gọi lại", "xóm 3")
    number = TicketStore(database, Seal(settings.secret()), now).add(draft).number
    database.close()
    return number


def run(environment: dict[str, str], *arguments: str) -> tuple[int, str]:
    done = run_cli("tickets", *arguments, environment=environment)
    return done.returncode, (done.stdout + done.stderr).decode()


def test_a_ticket_is_listed_shown_and_done(environment: dict[str, str], number: str) -> None:
    code, listed = run(environment, "list")
    assert code == 0
    assert number[:4] in listed
    assert "+84900000123" not in listed
    assert "nhờ gọi lại" not in listed
    code, shown = run(environment, "show", number)
    assert code == 0
    assert "+84900000123" in shown
    assert "nhờ gọi lại" in shown
    assert "Done" in run(environment, "done", f"{number[:4]} {number[4:]}")[1]
    assert "There are no tickets" in run(environment, "list", "--state", "open")[1]


def test_a_number_nobody_has_and_a_wrong_one_are_told_apart(environment: dict[str, str]) -> None:
    code, said = run(environment, "show", number_for("nobody"))
    assert code == 1
    assert "no ticket" in said
    code, said = run(environment, "show", "12345")
    assert code == 2
    assert "no ticket number" in said
