"""Where figures lie: in memory, where a full disk ends nobody who counts, and nowhere else's folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from channels import figures_folder
from channels.figures_folder import VARIABLE, share_figures


@pytest.fixture
def memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "memory"
    folder.mkdir()
    monkeypatch.setattr(figures_folder, "MEMORY", folder)
    monkeypatch.setenv(VARIABLE, "")
    return folder


def shared(data: Path, kind: str = "web") -> Path:
    share_figures(data, kind)
    return Path(os.environ[VARIABLE])


def test_figures_lie_in_memory_and_each_installation_has_its_own(memory: Path, tmp_path: Path) -> None:
    first, again, other = shared(tmp_path / "a"), shared(tmp_path / "a", "worker"), shared(tmp_path / "b")
    assert first.parent == again.parent != other.parent
    assert first.parent.parent == memory
    assert first.parent.stat().st_mode & 0o077 == 0


def test_a_folder_somebody_else_laid_there_is_not_used(memory: Path, tmp_path: Path) -> None:
    data, trap = tmp_path / "data", tmp_path / "trap"
    place = shared(data).parent
    (place / "web").rmdir()
    place.rmdir()
    trap.mkdir()
    place.symlink_to(trap)
    assert shared(data) == data / "figures" / "web"
    place.unlink()
    place.mkdir()
    place.chmod(0o777)
    assert shared(data) == data / "figures" / "web"


def test_without_such_a_place_they_lie_in_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures_folder, "MEMORY", tmp_path / "nowhere")
    monkeypatch.setenv(VARIABLE, "")
    assert shared(tmp_path / "data") == tmp_path / "data" / "figures" / "web"
