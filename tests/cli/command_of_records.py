"""A command that keeps a record in the audit log, run over an installation of the test's own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from cli.main import app
from installation.root import Installation
from runtime.settings import Settings

Command = Callable[..., Result]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """The installation the commands work on."""
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(tmp_path))
    installation = Installation(Settings(data_dir=tmp_path))
    installation.make_tables()
    return installation


@pytest.fixture
def command(here: Installation, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Command:
    """Runs the command the test file names in ``COMMAND``, with further words."""
    name: str = request.module.COMMAND

    def run(*words: str) -> Result:
        # The list of commands loads only the one that is called.
        monkeypatch.setattr("sys.argv", ["motcua", name, *words])
        return CliRunner().invoke(app, [name, *words])

    return run
