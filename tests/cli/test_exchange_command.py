"""``motcua exchange``: partners are added by a fingerprint that was compared, keys change, what is wrong is told."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from command_of_records import Command, command, here  # noqa: F401
from exchange_places import DEPARTMENT, Agency, Clock

COMMAND = "exchange"


@pytest.fixture
def department(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Agency:
    """An agency that answers at an address, and this one with a code."""
    monkeypatch.setenv("MOTCUA_EXCHANGE_AGENCY", "H15.50.05.13")
    (tmp_path / "department").mkdir()
    there = Agency(tmp_path / "department", DEPARTMENT, Clock())
    keys = there.partners.public_keys()
    monkeypatch.setattr("cli.exchange.who_is", lambda _address: (DEPARTMENT, "Sở mẫu", keys))
    return there


def test_without_a_code_of_its_own_an_agency_exchanges_nothing(command: Command) -> None:  # noqa: F811
    result = command("show")
    assert result.exit_code == 1
    assert "MOTCUA_EXCHANGE_AGENCY" in result.output


def test_a_partner_is_added_only_by_the_fingerprint_of_its_key(command: Command, department: Agency) -> None:  # noqa: F811
    for words in ((), ("--fingerprint", "0000 0000 0000 0000")):
        refused = command("add", DEPARTMENT, "https://so.example", *words)
        assert refused.exit_code == 1
    mark = re.findall(r"[0-9a-f]{4}(?: [0-9a-f]{4}){3}", refused.output)[0]
    assert command("add", DEPARTMENT, "https://so.example", "--fingerprint", mark).exit_code == 0
    (partner,) = json.loads(command("list", "--json").stdout)
    assert partner == {
        "code": DEPARTMENT,
        "name": "Sở mẫu",
        "address": "https://so.example",
        "on": True,
        "fingerprints": [mark],
    }
    assert command("off", DEPARTMENT).exit_code == 0
    assert "off" in command("list").output
    assert command("remove", DEPARTMENT).exit_code == 0
    assert "there is no partner" in command("list").output


@pytest.mark.parametrize(
    ("words", "cure"),
    [
        (("add", "x"), "looks like H15.50.05.13"),
        (("add", "H15.50.05.13"), "looks like H15.50.05.13"),
        (("add", DEPARTMENT, "http://so.example", "--key", "whpk_x"), "must begin with https"),
        (("add", DEPARTMENT, "https://so.example", "--key", "whpk_x"), "no whpk_ key"),
        (("off", "H15.99"), "there is no partner with this code"),
    ],
)
def test_what_is_wrong_is_told_in_one_sentence(
    command: Command,  # noqa: F811
    department: Agency,
    words: tuple[str, ...],
    cure: str,
) -> None:
    result = command(*words)
    assert (result.exit_code, cure in result.output) == (1, True), result.output
    assert "Traceback" not in result.output


def test_keys_change_in_two_steps(command: Command, department: Agency) -> None:  # noqa: F811
    first = command("show").stdout.splitlines()
    new = command("new-key").stdout.strip()
    both = command("show").stdout.splitlines()
    assert len(both) == len(first) + 1
    assert both[1].startswith(new)
    assert "1 dropped" in command("drop-keys").stdout
    assert command("show").stdout.splitlines()[1:] == [both[1]]
    assert json.loads(command("waiting").stdout) == {"messages": 0, "troubled": 0, "oldest": None, "erasures": 0}
