"""A box's processes go on from their supervisor's memory, and are all the same what their commands say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TELLS = """
import json, os, sys
told = {
    "name": __name__,
    "arguments": sys.argv[1:],
    "environment": {name: os.environ.get(name) for name in ("GIVEN", "OF_THE_SUPERVISOR")},
    "command": open("/proc/self/cmdline", "rb").read().rstrip(b"\\0").decode().split("\\0"),
    "files": sorted(map(int, os.listdir("/proc/self/fd"))),
    "loaded": "shared_by_all" in sys.modules,
    "group": os.getpgrp() == os.getpid(),
}
print(json.dumps(told), flush=True)
sys.exit(3)
"""
STARTS = """
import os, signal, sys, time
from pathlib import Path
from cli.forked import ForkedChild
import shared_by_all

signal.signal(signal.SIGTERM, lambda *_: None)
kept = os.open(".", os.O_RDONLY)
os.set_inheritable(kept, True)
child = ForkedChild(
    "one", [sys.executable, "-m", MODULE, "a", "b"], {"GIVEN": "yes"}, lambda: True, log=Path("one.log")
)
child.start()
"""


def ran(folder: Path, module: str, what: str, seconds: float = 60) -> str:
    """What a supervisor prints that has started a child of a module."""
    (folder / "tells.py").write_text(TELLS)
    (folder / "sleeps.py").write_text("import time\nprint('up', flush=True)\ntime.sleep(600)\n")
    (folder / "fails.py").write_text("raise ValueError('a defect')\n")
    (folder / "shared_by_all.py").write_text("")
    program = f"MODULE = {module!r}\n{STARTS}{what}"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(folder), *sys.path]), "OF_THE_SUPERVISOR": "yes"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=seconds,
    )
    return done.stdout


def test_a_child_is_what_its_command_says_and_has_what_its_supervisor_had_loaded(tmp_path: Path) -> None:
    assert ran(tmp_path, "tells", "print(child.process.wait(30), child.has_died())") == "3 True\n"
    told = json.loads((tmp_path / "one.log").read_text())
    assert told["name"] == "__main__"
    assert told["arguments"] == ["a", "b"]
    assert told["environment"] == {"GIVEN": "yes", "OF_THE_SUPERVISOR": None}
    assert told["command"] == [sys.executable, "-m", "tells", "a", "b"]
    assert told["loaded"], "once for all"
    assert told["group"], "Ctrl-C reaches the supervisor alone"
    assert [file for file in told["files"] if file > 2][1:] == [], "one is the list itself"


def test_a_child_ends_by_the_signals_a_program_ends_by(tmp_path: Path) -> None:
    waits = "while 'up' not in Path('one.log').read_text(): time.sleep(0.01)\n"
    assert ran(tmp_path, "sleeps", waits + "child.stop(); print(child.process.returncode)") == "-15\n"


def test_who_waits_for_a_child_that_goes_on_is_told(tmp_path: Path) -> None:
    what = """
import subprocess
try:
    child.process.wait(0.2)
except subprocess.TimeoutExpired:
    print("goes on")
child.process.kill()
print(child.process.wait(30))
"""
    assert ran(tmp_path, "sleeps", what) == "goes on\n-9\n"


def test_a_defect_ends_the_child_alone_and_stands_in_its_log(tmp_path: Path) -> None:
    assert ran(tmp_path, "fails", "print(child.process.wait(30))") == "1\n"
    assert "ValueError: a defect" in (tmp_path / "one.log").read_text()


def test_a_child_dies_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    waits = "while 'up' not in Path('one.log').read_text(): time.sleep(0.01)\n"
    kills = "print(child.process.pid, flush=True)\nos.kill(os.getpid(), signal.SIGKILL)"
    with pytest.raises(subprocess.CalledProcessError) as killed:
        ran(tmp_path, "sleeps", waits + kills)
    pid = int(killed.value.stdout)
    life = Path(f"/proc/{pid}/stat")
    # Its end reaches whoever takes orphans in; a process that is only not yet waited for has ended, too.
    for _ in range(1_000):
        if not life.exists() or life.read_text().rpartition(")")[2].split()[0] == "Z":
            return
        subprocess.run(["sleep", "0.02"], check=True)
    pytest.fail("it lives on")


def test_what_all_share_counts_nothing_and_starts_no_thread() -> None:
    code = """
import sys, threading
from cli.forked import load_shared
load_shared()
print("prometheus_client" in sys.modules, threading.active_count(), "rich" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout == "False 1 False\n"
