from __future__ import annotations

import json
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from free_ports import free_ports

from assistant.model import is_stale

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def four_free_ports() -> int:
    """The first of four ports in a row that nobody holds."""
    return free_ports(4)


def bench(*options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks", "--quick", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)


@pytest.mark.skipif(is_stale(), reason="no model of the present data: `make test` trains one first")
def test_a_quick_run_measures_everything_and_writes_it_down(tmp_path: Path, four_free_ports: int) -> None:
    ended = bench("--no-reference", "--port", str(four_free_ports), "--results", str(tmp_path))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (path,) = tmp_path.glob("*.json")
    run = json.loads(path.read_text(encoding="utf-8"))
    assert run["quick"] is True
    assert {"cores", "memory", "python", "rasa"} <= run["machine"].keys()
    values = {figure["name"]: figure["samples"] for figure in run["figures"]}
    assert {"turns, core", "turns, API", "turns, SMS", "start to first answer"} <= values.keys()
    assert {"text messages handed over from the outbox", "memory of the worker after 400 text messages (PSS)"} <= set(
        values
    )
    # Memory may also shrink.
    assert all(sample > 0 for name, samples in values.items() for sample in samples if not name.startswith("growth"))
    assert len(run["targets"]) == 9
    assert "stock Rasa, recorded" in ended.stdout


@pytest.mark.skipif(is_stale(), reason="no model of the present data: `make test` trains one first")
def test_a_taken_port_is_named(tmp_path: Path, four_free_ports: int) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", four_free_ports + 1))
        other.listen()
        ended = bench("--no-reference", "--port", str(four_free_ports), "--results", str(tmp_path))
    assert ended.returncode == 1
    assert f"port {four_free_ports + 1} on 127.0.0.1 is taken" in ended.stdout
    assert not list(tmp_path.iterdir())
