"""A commune's own list of dossiers, added by following docs/extending.md, is what citizens are answered from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from outside_packages import Outside
from redis import Redis
from running_system import RunningSystem, run_cli

from actions.dossiers.backend import BackendRejected, ForKiosks, SourceContext
from actions.dossiers.sandbox import SandboxBackend
from actions.dossiers.source import open_source
from centre.snapshots import for_kiosks
from runtime.clock import now
from stores.sealing import Seal

CODE = "H99.88-261101-4321"
LIST = f"""code,phone,procedure,name,status,office
{CODE},0900000777,1.001193,Đăng ký khai sinh,9,Trung tâm thử ngoài kho mã
"""


@pytest.fixture
def context() -> SourceContext:
    """Of an installation whose Redis nobody asks."""
    return SourceContext(now, Redis(), Seal(b"a secret for tests only"))


@pytest.fixture
def commune_list(tmp_path: Path) -> Path:
    path = tmp_path / "dossiers.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


@pytest.fixture
def system(trained: None, outside: Outside, commune_list: Path, tmp_path: Path) -> Iterator[RunningSystem]:
    """A whole system that asks the commune's list."""
    outside.add_example("A dossier source")
    settings = outside.environment(MOTCUA_DOSSIER_SOURCE="commune-file", MOTCUA_COMMUNE_FILE_PATH=commune_list)
    running = RunningSystem(data=tmp_path / "data", log=tmp_path / "log", settings=settings)
    running.start()
    yield running
    running.stop()


def test_a_citizen_is_answered_from_it(system: RunningSystem, commune_list: Path) -> None:
    wish = {"do": "dossier", "code": CODE, "last4": "0777"}
    told = system.converse(channel="kiosk", conversation="c1", wish=wish)
    assert "Trung tâm thử ngoài kho mã" in told.everything
    keyed = {"do": "dossier", "code": "".join(filter(str.isdecimal, CODE)), "last4": "0777"}
    assert "Trung tâm thử ngoài kho mã" in system.converse(channel="phone", conversation="c2", wish=keyed).everything

    wrong = system.converse(channel="kiosk", conversation="c3", wish={**wish, "last4": "0778"})
    assert "Trung tâm thử ngoài kho mã" not in wrong.everything

    commune_list.unlink()
    away = system.converse(channel="kiosk", conversation="c4", wish=wish)
    assert "Trung tâm thử ngoài kho mã" not in away.everything
    assert CODE not in system.log_text()
    commune_list.write_text(LIST, encoding="utf-8")
    again = system.converse(channel="kiosk", conversation="c4", wish=wish)
    assert "Trung tâm thử ngoài kho mã" in again.everything


def test_a_broken_one_is_told_by_name_and_procedures_are_answered_all_the_same(trained: None, outside: Outside) -> None:
    outside.add(
        "broken-source",
        {"motcua.dossier_sources": {"broken": "broken_source:Source"}},
        {"broken_source.py": "import a_library_that_is_missing\n"},
    )
    environment = outside.environment(MOTCUA_DOSSIER_SOURCE="broken", MOTCUA_DATA_DIR=outside.folder / "data")
    asked = run_cli("ask", "lam giay khai sinh can giay to gi", "--json", environment=environment)
    assert asked.returncode == 0, asked.stderr
    assert json.loads(asked.stdout)["understanding"]["procedure"] == "1.001193"
    (line,) = [line for line in asked.stderr.decode().splitlines() if "dossier source" in line]
    assert "'broken' of broken-source 1.0 cannot be imported (ModuleNotFoundError" in line


def test_what_it_raises_when_it_is_made_is_no_end_of_the_system(outside: Outside, context: SourceContext) -> None:
    outside.add(
        "failing-source",
        {"motcua.dossier_sources": {"failing": "failing_source:make"}},
        {"failing_source.py": "def make(settings, context):\n    raise OSError('no key file')\n"},
    )
    source = open_source("failing", context)
    with pytest.raises(BackendRejected, match="'failing' does not start: OSError"):
        source.find(CODE)


def test_kiosks_keep_only_what_a_source_lets_them_keep(
    outside: Outside, context: SourceContext, commune_list: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside.add_example("A dossier source")
    monkeypatch.setenv("MOTCUA_COMMUNE_FILE_PATH", str(commune_list))
    assert list(for_kiosks(open_source("commune-file", context)).for_kiosks()) == []
    sandbox = open_source("sandbox", context)
    assert isinstance(sandbox, SandboxBackend)
    assert isinstance(sandbox, ForKiosks)
