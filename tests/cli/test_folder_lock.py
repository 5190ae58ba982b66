"""One system for each data folder."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from running_system import ROOT, without_settings

from cli.folder_lock import FolderInUse, hold, is_held

HOLDING = """
import sys, time
from pathlib import Path
from cli.folder_lock import hold
hold(Path(sys.argv[1]))
print("held", flush=True)
time.sleep(600)
"""


def test_a_second_system_on_the_folder_is_refused_with_the_process_that_has_it(tmp_path: Path) -> None:
    descriptor = hold(tmp_path)
    try:
        with pytest.raises(FolderInUse, match=rf"process {os.getpid()}\)"):
            hold(tmp_path)
        assert is_held(tmp_path)
    finally:
        os.close(descriptor)
    assert not is_held(tmp_path)
    os.close(hold(tmp_path))


def test_looking_makes_no_folder(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_a_killed_system_leaves_its_folder_free(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLDING, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT)
    assert process.stdout is not None
    assert process.stdout.readline() == b"held\n"
    assert is_held(tmp_path)
    process.kill()
    process.wait()
    process.stdout.close()
    assert not is_held(tmp_path)


def test_up_says_who_runs_on_the_folder_and_how_to_go_on(tmp_path: Path) -> None:
    descriptor = hold(tmp_path)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "cli.main", "up", "--data", str(tmp_path)],
            cwd=ROOT,
            env={**without_settings(), "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        os.close(descriptor)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        f"motcua: Một Cửa runs on {tmp_path} already (process {os.getpid()}): stop that one, "
        "or choose another folder with --data"
    ]


def test_an_order_to_restart_what_is_only_being_prepared_does_not_end_it(tmp_path: Path) -> None:
    ordered = """
import os, signal, sys
from pathlib import Path
from cli import folder_lock, up
def order(*_):
    os.kill(folder_lock.owner(Path(sys.argv[1])), signal.SIGUSR1)
    print("goes on", flush=True)
    sys.exit(0)
up._refuse_taken_ports = order
up.keep_running(None, Path(sys.argv[1]), ["web"])
"""
    done = subprocess.run(
        [sys.executable, "-c", ordered, str(tmp_path)],
        env={**without_settings(), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        check=True,
    )
    assert done.stdout == b"goes on\n"
