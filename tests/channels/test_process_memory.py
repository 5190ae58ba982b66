"""How much memory the processes hold, by kind, for Prometheus."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from channels.figures_folder import VARIABLE, resident_bytes


def test_a_process_alone_tells_of_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert resident_bytes()["web"] > 1_000_000


def test_processes_that_share_their_figures_are_added_up_by_kind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for kind, names in {
        "worker": [f"counter_{os.getpid()}", f"gauge_{os.getpid()}"],
        "web": ["counter_999999999"],
    }.items():
        (tmp_path / kind).mkdir()
        for name in names:
            (tmp_path / kind / f"{name}.db").touch()
    monkeypatch.setenv(VARIABLE, str(tmp_path / "web"))
    found = resident_bytes()
    # Several files of one process count once, and one that has ended counts nothing.
    assert found["web"] == 0
    assert 1_000_000 < found["worker"] < 1.2 * _own()


def _own() -> int:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
