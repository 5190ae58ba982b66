"""One version number, shown alike wherever somebody asks which program runs."""

from __future__ import annotations

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from typer.testing import CliRunner

from channels.metrics import Metrics
from cli.main import app
from runtime import version as version_module
from runtime.settings import PROJECT_ROOT
from runtime.version import version

WRITTEN = tomllib.loads((PROJECT_ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def test_the_command_and_the_figures_show_what_pyproject_says() -> None:
    assert CliRunner().invoke(app, ["--version"]).output == f"motcua {WRITTEN}\n"
    assert f'motcua_build_info{{version="{WRITTEN}"}} 1.0' in Metrics().exposition().decode()


def test_an_installed_wheel_shows_its_own_version(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(version_module, "PROJECT_ROOT", tmp_path)
    monkeypatch.setattr(metadata, "version", lambda name: {"motcua": "9.8.7"}[name])
    version.cache_clear()
    try:
        assert version() == "9.8.7"
    finally:
        version.cache_clear()


def test_the_changelog_tells_of_the_version() -> None:
    headings = re.findall(r"^## \[(.+?)\]", (PROJECT_ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert WRITTEN in headings
