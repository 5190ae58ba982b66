"""Units, settings and scripts of a server are as systemd, the shell and the settings want them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from runtime import settings as settings_module
from runtime.secret_files import names_of_files
from runtime.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "deploy" / "server"
UNITS = sorted(path.name for path in SERVER.iterdir() if path.suffix in {".service", ".timer"})
SCRIPTS = [path for path in SERVER.iterdir() if path.is_file() and path.read_bytes().startswith(b"#!/bin/sh")]
MOST_EXPOSED = 20
"""Of 100, by `systemd-analyze security`; a service without any protection has 96."""

needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units with a program that is there."""
    for name in UNITS:
        text = (SERVER / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(re.sub(r"(?m)^ExecStart=\S+", "ExecStart=/bin/true", text), encoding="utf-8")
    return tmp_path


@needs_systemd
def test_systemd_reads_the_units_without_a_warning(units: Path) -> None:
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(str(units / name) for name in UNITS)],
        capture_output=True,
        text=True,
        check=False,
    )
    said = [line for line in (done.stdout + done.stderr).splitlines() if "motcua" in line]
    assert said == []
    assert done.returncode == 0, done.stderr


@needs_systemd
@pytest.mark.parametrize("name", [name for name in UNITS if name.endswith(".service")])
def test_the_services_may_do_little(units: Path, name: str) -> None:
    command = ["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSED}", str(units / name)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "offline" in done.stderr and "unrecognized" in done.stderr:
        pytest.skip("systemd-analyze is too old to look at a file: not here")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def test_every_setting_in_the_example_is_one() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields} | names_of_files(PREFIX, Settings.model_fields)
    named = set(re.findall(r"(?m)^#?(MOTCUA_[A-Z_0-9]+)=", (SERVER / "motcua.env").read_text(encoding="utf-8")))
    assert named - known == set()
    assert len(named) > 10


def test_the_example_is_read_as_it_stands(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)
    for line in (SERVER / "motcua.env").read_text(encoding="utf-8").splitlines():
        if line.startswith("MOTCUA_"):
            name, _, value = line.partition("=")
            kept = tmp_path / Path(value).name
            kept.write_text("a secret of the tests, long enough\n", encoding="utf-8")
            monkeypatch.setenv(name, str(kept))
    monkeypatch.setenv("MOTCUA_ENVIRONMENT", "production")
    settings = settings_module.load()
    assert settings.secret() == b"a secret of the tests, long enough"
    assert settings.backup_passphrase is not None


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_the_scripts_are_programs_the_shell_can_read(script: Path) -> None:
    assert os.access(script, os.X_OK)
    subprocess.run(["sh", "-n", str(script)], check=True)


def test_tonights_backup_has_its_day_of_the_week(tmp_path: Path) -> None:
    told = tmp_path / "told"
    command = tmp_path / "motcua"
    command.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" > {told}\n', encoding="utf-8")
    command.chmod(0o700)
    subprocess.run(
        [str(SERVER / "backup-tonight"), "/backups"], env={**os.environ, "MOTCUA_COMMAND": str(command)}, check=True
    )
    what, where = told.read_text(encoding="utf-8").splitlines()
    assert what == "backup"
    assert re.fullmatch(r"/backups/motcua-[1-7]\.tar\.gz", where)
