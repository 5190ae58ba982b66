"""A folder outside the repository that a test may put packages in."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from outside_packages import Outside


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outside:
    """An empty folder that this process can import from, without settings of whoever runs the tests."""
    folder = tmp_path / "outside"
    folder.mkdir()
    monkeypatch.syspath_prepend(folder)
    for name in [name for name in os.environ if name.startswith("MOTCUA_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(tmp_path / "data"))
    return Outside(folder)
