"""An auditor reads who looked dossiers up."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from running_system import run_cli, without_settings

from installation.root import Installation
from runtime.settings import Settings
from stores.audit import Deed

ROOT = Path(__file__).resolve().parents[2]
CODE, OTHER = "H15.50.05.21-261120-9124", "H15.50.05.21-261123-9101"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    here = Installation(Settings(data_dir=tmp_path))
    here.make_tables()
    here.look_ups.add(CODE, "c1", "sms", ["person:x"], "Proof")
    here.look_ups.add(CODE, "c2", "phone", ["person:y"], "CodeSent", "status_by_code")
    here.look_ups.add(OTHER, "c1", "sms", ["person:x"], "NotFoundOrMismatch")
    here.close()
    return {**without_settings(), "PYTHONPATH": str(ROOT), "MOTCUA_DATA_DIR": str(tmp_path)}


def run(environment: dict[str, str], *arguments: str) -> str:
    done = run_cli("audit", *arguments, environment=environment)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


def test_look_ups_are_shown_without_a_code_or_number_and_reading_is_noted(
    environment: dict[str, str], tmp_path: Path
) -> None:
    told = run(environment, "look-ups")
    assert told.count("\n") == 3 + 3 + 1
    assert "status_by_code  CodeSent" in told
    assert "phone  CodeSent: 1" in told
    for secret in (CODE, "9124", "person"):
        assert secret not in told
    here = Installation(Settings(data_dir=tmp_path))
    [entry] = here.audit.entries(1)
    here.close()
    assert (entry.deed, entry.what) == (Deed.LOOKED, "look-ups")


def test_those_of_one_dossier_for_programs(environment: dict[str, str]) -> None:
    lines = run(environment, "look-ups", "--dossier", CODE.lower(), "--json").splitlines()
    rows = [json.loads(line) for line in lines]
    assert [row["outcome"] for row in rows] == ["CodeSent", "Proof"]
    assert len({row["dossier"] for row in rows}) == 1
    assert len({row["who"] for row in rows}) == 2
