"""A land register of a commune, added by following docs/extending.md, answers who proves to be in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from outside_packages import Outside
from running_system import run_cli

from runtime.settings import SettingsError, load, registries

LIST = "certificate,phone,registered\nAA 00123456,0900000555,2026-10-05\nAA 00123457,0900000556,\n"


@pytest.fixture
def environment(outside: Outside, tmp_path: Path) -> dict[str, str]:
    outside.add_example("A registry")
    path = tmp_path / "changes.csv"
    path.write_text(LIST, encoding="utf-8")
    return outside.environment(
        MOTCUA_REGISTRIES="sandbox-insurance,commune-land",
        MOTCUA_COMMUNE_LAND_PATH=path,
        MOTCUA_DATA_DIR=tmp_path / "data",
    )


def asked(environment: dict[str, str], *arguments: str) -> dict[str, Any]:
    done = run_cli("registries", "ask", "commune-land", *arguments, environment=environment)
    assert done.returncode == 0, done.stderr
    outcome: dict[str, Any] = json.loads(done.stdout)
    return outcome


def test_a_person_is_answered_from_it(environment: dict[str, str]) -> None:
    assert asked(environment, "AA 00123456", "0555")["outcome"] == "ConsentNeeded"
    told = asked(environment, "AA 00123456", "0555", "--agreed")
    assert told == {"outcome": "Told", "lines": ["Thay đổi đã được ghi vào giấy chứng nhận ngày 05/10/2026."]}
    waiting = asked(environment, "AA 00123457", "0556", "--agreed", "--language", "en")
    assert waiting["lines"] == ["The change is not yet registered on the certificate."]
    assert asked(environment, "AA 00123456", "9999", "--agreed")["outcome"] == "NotFoundOrMismatch"


def test_a_registry_that_is_not_set_is_not_asked(environment: dict[str, str]) -> None:
    done = run_cli(
        *("registries", "ask", "commune-land", "AA 00123456", "0555", "--agreed"),
        environment={**environment, "MOTCUA_REGISTRIES": ""},
    )
    assert (done.returncode, done.stdout) == (1, b"")
    assert "not in MOTCUA_REGISTRIES" in done.stderr.decode()


def test_a_broken_one_is_told_by_name_and_the_others_are_listed(outside: Outside, tmp_path: Path) -> None:
    outside.add(
        "broken-registry",
        {"motcua.registries": {"archive": "broken_registry:Archive"}},
        {"broken_registry.py": "import a_library_that_is_missing\n"},
    )
    settings = {"MOTCUA_REGISTRIES": "archive,sandbox-insurance", "MOTCUA_DATA_DIR": tmp_path / "data"}
    listed = run_cli("registries", "list", environment=outside.environment(**settings))
    assert "'archive' of broken-registry 1.0 cannot be imported" in listed.stderr.decode()
    assert listed.stdout.decode().startswith("sandbox-insurance: Chỉ hỏi bảo hiểm xã hội")


def test_one_nobody_added_stops_the_start(outside: Outside) -> None:
    assert registries(load(registries="")) == []
    with pytest.raises(SettingsError, match="no registry 'moon': known are sandbox-population"):
        load(registries="sandbox-insurance, moon")
