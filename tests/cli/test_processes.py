"""The supervisor keeps its children running, and takes them with it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli import processes
from cli.processes import STEADY_SECONDS, Child, StartFailed, Supervisor

SLEEP = "import sys, time, pathlib, os; pathlib.Path(sys.argv[1]).write_text(str(os.getpid())); time.sleep(600)"


def child(folder: Path, name: str, code: str = SLEEP) -> Child:
    mark = folder / name
    return Child(name, [sys.executable, "-S", "-c", code, str(mark)], dict(os.environ), mark.exists)


def wait_for(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


@pytest.fixture
def started(tmp_path: Path) -> Iterator[tuple[Supervisor, list[Child], list[str]]]:
    lines: list[str] = []
    children = [child(tmp_path, "one"), child(tmp_path, "two")]
    supervisor = Supervisor(children, lines.append)
    supervisor.start()
    watching = threading.Thread(target=supervisor.watch)
    watching.start()
    yield supervisor, children, lines
    supervisor.request_stop()
    watching.join()
    supervisor.stop()


def test_a_killed_child_is_started_again(started: tuple[Supervisor, list[Child], list[str]]) -> None:
    _, (one, two), lines = started
    assert one.process is not None
    assert two.process is not None
    before, untouched = one.process.pid, two.process.pid
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: one.process is not None and one.process.pid != before and not one.has_died())
    assert two.process.pid == untouched
    assert lines == ["one ended (-9); starting it again in 0 s"]


def test_another_bundle_starts_the_children_again_but_those_that_last(tmp_path: Path) -> None:
    lines: list[str] = []
    one, two = child(tmp_path, "one"), child(tmp_path, "two")
    following, changed = child(tmp_path, "following"), child(tmp_path, "changed")
    supervisor = Supervisor(
        [one, two, following, changed],
        lines.append,
        lambda: {**one.environment, "BUNDLE": "2"},
        lasting=["two"],
        following={"following": ("BUN",), "changed": ("OTHER",)},
    )
    supervisor.start()
    watching = threading.Thread(target=supervisor.watch)
    watching.start()
    assert one.process is not None
    assert two.process is not None
    assert following.process is not None
    assert changed.process is not None
    before, lasting, goes_on, old = (each.process.pid for each in (one, two, following, changed) if each.process)
    supervisor.request_renewal()
    wait_for(lambda: one.process is not None and one.process.pid != before and not one.has_died())
    environment = Path(f"/proc/{one.process.pid}/environ")
    wait_for(lambda: b"BUNDLE=2" in environment.read_bytes())
    assert two.process.pid == lasting
    assert is_alive(lasting)
    # It takes the bundle up by itself, and is started with it if it should ever die.
    assert following.process.pid == goes_on
    assert following.environment["BUNDLE"] == "2"
    wait_for(lambda: changed.process is not None and changed.process.pid != old)
    supervisor.request_stop()
    watching.join()
    supervisor.stop()


def test_a_child_that_keeps_dying_gets_longer_pauses(tmp_path: Path) -> None:
    lines: list[str] = []
    supervisor = Supervisor([child(tmp_path, "short", "raise SystemExit(3)")], lines.append)
    supervisor._children[0].start()
    watching = threading.Thread(target=supervisor.watch)
    watching.start()
    wait_for(lambda: len(lines) >= 3)
    supervisor.request_stop()
    watching.join()
    supervisor.stop()
    assert [line.rsplit(" in ", 1)[1] for line in lines[:3]] == ["0 s", "1 s", "2 s"]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        # Five deaths before: the sixth in a row waits, the first after a healthy time does not.
        (STEADY_SECONDS - 5, "in 16 s"),
        (STEADY_SECONDS + 5, "in 0 s"),
    ],
)
def test_deaths_before_a_healthy_time_are_forgotten(tmp_path: Path, seconds: float, told: str) -> None:
    dying = child(tmp_path, "dying", "raise SystemExit(3)")
    lines: list[str] = []

    def report(line: str) -> None:
        lines.append(line)
        supervisor.request_stop()

    supervisor = Supervisor([dying], report)
    dying.start()
    wait_for(dying.has_died)
    dying.deaths, dying.started = 5, time.monotonic() - seconds
    supervisor.watch()
    supervisor.stop()
    assert lines == [f"dying ended (3); starting it again {told}"]


def test_a_log_that_has_grown_large_is_put_aside_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "LARGEST_LOG", 10)
    talking = child(tmp_path, "talking", "print('said')")
    talking.log = tmp_path / "logs" / "talking.log"
    kept: list[str] = []
    for before in ("", "0123456789", "0123456789x", "9876543210y"):
        if before:
            talking.log.write_text(before)
        talking.start()
        wait_for(talking.has_died)
        kept.append(talking.log.read_text())
    assert kept == ["said\n", "0123456789said\n", "said\n", "said\n"]
    # The one before it is dropped: a disk that fills up ends everything.
    assert sorted(path.name for path in talking.log.parent.iterdir()) == ["talking.log", "talking.old.log"]
    assert talking.log.with_suffix(".old.log").read_text() == "9876543210y"


def test_stopping_ends_all_and_starts_none_again(tmp_path: Path) -> None:
    children = [child(tmp_path, "one"), child(tmp_path, "two")]
    supervisor = Supervisor(children, lambda line: None)
    supervisor.start()
    supervisor.request_stop()
    supervisor.watch()
    supervisor.stop()
    assert all(one.has_died() for one in children)


def test_a_child_that_ends_while_starting_is_named(tmp_path: Path) -> None:
    supervisor = Supervisor([child(tmp_path, "broken", "raise SystemExit(1)")], lambda line: None)
    with pytest.raises(StartFailed, match="broken ended while starting"):
        supervisor.start()


def test_a_child_that_never_gets_ready_is_named(tmp_path: Path) -> None:
    supervisor = Supervisor([child(tmp_path, "slow", "import time; time.sleep(600)")], lambda line: None)
    with pytest.raises(StartFailed, match="slow not ready"):
        supervisor.start(wait_seconds=0.3)
    supervisor.stop()


def test_children_die_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    program = (
        "import sys, os, pathlib\n"
        "from cli.processes import Child, Supervisor\n"
        f"code = {SLEEP!r}\n"
        f"marks = [pathlib.Path({str(tmp_path)!r}) / name for name in ('one', 'two')]\n"
        "children = [Child(m.name, [sys.executable, '-S', '-c', code, str(m)], dict(os.environ), m.exists)"
        " for m in marks]\n"
        "supervisor = Supervisor(children, print)\n"
        "supervisor.start()\n"
        "supervisor.watch()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program], env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    )
    try:
        wait_for(lambda: all((tmp_path / name).exists() and (tmp_path / name).read_text() for name in ("one", "two")))
        pids = [int((tmp_path / name).read_text()) for name in ("one", "two")]
        assert all(is_alive(pid) for pid in pids)
    finally:
        process.kill()
        process.wait()
    wait_for(lambda: not any(is_alive(pid) for pid in pids))


WRITER = """
import pathlib, sys, time
told = pathlib.Path(sys.argv[1])
for letter in "ab":
    while not (told / letter).exists():
        time.sleep(0.01)
    print(letter * 1200, flush=True)
time.sleep(600)
"""


def test_a_log_that_grows_is_put_aside_while_its_process_goes_on_writing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "LARGEST_LOG", 1_000)
    log = tmp_path / "logs" / "one.log"
    writing = Child("one", [sys.executable, "-S", "-c", WRITER, str(tmp_path)], {}, lambda: True, log=log)
    writing.start()
    try:
        (tmp_path / "a").touch()
        wait_for(lambda: log.stat().st_size == 1_201)
        writing.turn_log()
        assert log.stat().st_size == 0
        (tmp_path / "b").touch()
        wait_for(lambda: log.read_text() == "b" * 1_200 + "\n")
    finally:
        writing.stop()
    assert (tmp_path / "logs" / "one.old.log").read_text() == "a" * 1_200 + "\n"


def test_a_small_log_is_left_alone(tmp_path: Path) -> None:
    log = tmp_path / "one.log"
    log.write_text("a line\n")
    Child("one", (), {}, lambda: True, log=log).turn_log()
    assert [path.name for path in tmp_path.iterdir()] == ["one.log"]


def test_an_ordered_restart_starts_every_child_again(started: tuple[Supervisor, list[Child], list[str]]) -> None:
    supervisor, children, lines = started
    before = [child.process.pid for child in children if child.process is not None]
    supervisor.request_restart()
    wait_for(
        lambda: all(
            child.process is not None and child.process.pid not in before and not child.has_died() for child in children
        )
    )
    assert not any(is_alive(pid) for pid in before)
    assert lines == ["starting everything again, as was ordered"]


def test_a_supervisor_whose_children_share_its_memory_begins_anew_itself(tmp_path: Path) -> None:
    begun: list[bool] = []
    (one,) = children = [child(tmp_path, "one")]
    supervisor = Supervisor(children, lambda line: None, again=lambda: begun.append(one.has_died()))
    supervisor.start()
    watching = threading.Thread(target=supervisor.watch)
    watching.start()
    supervisor.request_restart()
    try:
        wait_for(lambda: begun)
        assert begun == [True], "when nothing runs any more"
    finally:
        supervisor.request_stop()
        watching.join()
        supervisor.stop()


def test_a_supervisor_that_is_told_to_end_while_it_restarts_ends(tmp_path: Path) -> None:
    begun: list[bool] = []
    (one,) = children = [child(tmp_path, "one")]
    supervisor = Supervisor(children, lambda line: supervisor.request_stop(), again=lambda: begun.append(True))
    supervisor.start()
    supervisor.request_restart()
    supervisor.watch()
    assert (begun, one.has_died()) == ([], True)


@pytest.mark.parametrize(("order", "ends"), [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGUSR1, 0)])
def test_a_supervisor_that_begins_anew_may_be_told_to_end_and_needs_no_second_order(
    order: signal.Signals, ends: int
) -> None:
    code = """
import os, signal, sys
from cli import supervisor
from cli.plan import Plan
order, again = int(sys.argv[1]), "import os, signal; os.kill(os.getpid(), signal.SIGUSR1)"
for number in (signal.SIGTERM, signal.SIGUSR1):
    signal.signal(number, lambda *_: None)
supervisor._environment = lambda plan: os.kill(os.getpid(), order) or {}
supervisor.become_supervisor = lambda plan: os.execv(sys.executable, [sys.executable, "-c", again])
supervisor._begin_anew(Plan((), {}, None, "", None, (), 8080, "/data"))
"""
    assert subprocess.run([sys.executable, "-c", code, str(int(order))]).returncode == ends
