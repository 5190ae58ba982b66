"""``motcua up`` and a port that is taken: what a killed system left behind is waited for, others are told of."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer
from free_ports import free_port

from cli import left_behind, up
from runtime.settings import Settings

LISTEN = """
import socket, sys, time
with socket.socket() as server:
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    server.bind(("127.0.0.1", int(sys.argv[2])))
    server.listen()
    print("listens", flush=True)
    sys.stdin.read(1)
"""


@contextmanager
def listening(port: int, module: str, data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that looks like one of ours, and holds a port until its input ends."""
    process = subprocess.Popen(
        [sys.executable, "-c", LISTEN, module, str(port)],
        env={**os.environ, "MOTCUA_DATA_DIR": str(data)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"listens\n"
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path, port=free_port(), drain_seconds=0, turn_timeout=5)


def test_what_a_killed_system_left_behind_is_found_by_its_folder(tmp_path: Path) -> None:
    with listening(free_port(), "cli.web_process", tmp_path) as process:
        assert left_behind.processes(tmp_path, "cli.web_process") == [process.pid]
        assert left_behind.processes(tmp_path, "cli.core_process") == []
        assert left_behind.processes(tmp_path / "other", "cli.web_process") == []


def test_a_gateway_is_found_by_the_title_it_gives_itself(tmp_path: Path) -> None:
    with listening(free_port(), "gunicorn: worker [motcua-web]", tmp_path) as process:
        assert left_behind.processes(tmp_path, "cli.web_process") == [process.pid]
        assert left_behind.processes(tmp_path, "cli.core_process") == []


def test_it_is_waited_for_in_one_sentence(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with listening(settings.port, "cli.web_process", tmp_path) as process:

        def sleep(_: float) -> None:
            process.kill()
            process.wait(20)

        monkeypatch.setattr(up.time, "sleep", sleep)
        up._refuse_taken_ports(settings, ["web"])
    said = " ".join(capsys.readouterr().out.split())
    assert said.startswith(f"port {settings.port} on 127.0.0.1 is held by what a killed system left behind")
    assert said.count("waiting") == 1


def test_it_is_not_waited_for_for_ever(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    now = 0.0

    def sleep(seconds: float) -> None:
        nonlocal now
        now += 10 * seconds

    monkeypatch.setattr(up.time, "monotonic", lambda: now)
    monkeypatch.setattr(up.time, "sleep", sleep)
    with listening(settings.port, "cli.web_process", tmp_path), pytest.raises(typer.Exit):
        up._refuse_taken_ports(settings, ["web"])
    assert "is not free" in capsys.readouterr().out


def test_another_program_s_port_is_told_at_once(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", settings.port))
        other.listen()
        with pytest.raises(typer.Exit):
            up._refuse_taken_ports(settings, ["web"])
    assert "choose another: --port" in " ".join(capsys.readouterr().out.split())
