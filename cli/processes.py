"""The supervisor behind ``motcua up``: starts the processes, watches them, restarts what dies, stops them in order."""

from __future__ import annotations

import ctypes
import os
import select
import shutil
import signal
import subprocess
import sys
import time
import weakref
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import IO, Protocol

from cli.plan import LITTLE_MEMORY
from runtime.backoff import Backoff
from runtime.messages import Message, reason_of, tr

MODULES: Mapping[str, str] = {
    "core": "cli.core_process",
    "worker": "cli.worker_process",
    "web": "cli.web_process",
    "voice": "cli.voice_process",
    "sync": "cli.sync_process",
}
"""The processes there are, and the module each of them runs. They stop in the opposite order: first calls come to their
end while all else goes on, then requests."""

TITLES: Mapping[str, str] = {MODULES["web"]: "[motcua-web]"}
"""By module, what its processes call themselves where setproctitle is installed; see :mod:`channels.serve`."""

STOP_SECONDS = 15.0
"""What a process gets that has nothing of its own to wait for."""
STEADY_SECONDS = 30.0
"""A process that ran this long is healthy: its next death is a first one."""
BACKOFF = Backoff(first=1.0, longest=30.0, at_once=1)
"""Before a process that died is started again."""
LARGEST_LOG = 10_000_000
"""Bytes from which what a log file holds is put aside; with the one before, a process has twice as much."""
LOOK_SECONDS = 1.0
"""How often everything is looked at that tells nothing by itself; a child that ends, and a request, tell at once."""
LOG_LOOK_SECONDS = 60.0
"""How often log files are looked at."""
_PR_SET_PDEATHSIG = 1


class StartFailed(RuntimeError):
    """A process ended, or did not become ready, while the system was starting."""


class Running(Protocol):
    """A process that was started: what of :class:`subprocess.Popen` a supervisor needs."""

    @property
    def pid(self) -> int:
        """Its number."""
        ...

    @property
    def returncode(self) -> int | None:
        """As it was when it was last looked at; None while it runs."""
        ...

    def poll(self) -> int | None:
        """Look; None while it runs."""
        ...

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; raises :class:`subprocess.TimeoutExpired`."""
        ...

    def send_signal(self, sig: int) -> None:
        """Send a signal, unless it has ended."""
        ...

    def kill(self) -> None:
        """End it at once."""
        ...


@dataclass
class Child:
    """One supervised process."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    is_ready: Callable[[], bool]
    process: Running | None = None
    started: float = 0.0
    deaths: int = 0
    restart_at: float = field(default=0.0)
    log: Path | None = None
    """Where its output goes; None leaves it with the supervisor's."""
    comes_first: bool = False
    """The ones after it start when it is ready."""
    stop_seconds: float = STOP_SECONDS
    """What it gets to end what it does."""

    def start(self) -> None:
        """Start it; it dies with the supervisor, however that ends."""
        self.started = time.monotonic()
        with ExitStack() as files:
            output = files.enter_context(_opened(self.log)) if self.log else None
            self.process = self._launch({**LITTLE_MEMORY, **self.environment}, output)

    def _launch(self, environment: Mapping[str, str], output: IO[bytes] | None) -> Running:
        return subprocess.Popen(
            self.command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            preexec_fn=die_with_parent,
        )

    def turn_log(self) -> None:
        """Put aside what a large log holds, while the process goes on writing into the same file."""
        if self.log is None or not self.log.exists() or self.log.stat().st_size <= LARGEST_LOG:
            return
        # The process appends, so that it goes on at the new end of the emptied file; what it writes between the copy
        # and the emptying, a line perhaps, is lost. A new file instead would need each process to open it.
        shutil.copyfile(self.log, _put_aside(self.log))
        os.truncate(self.log, 0)

    def has_died(self) -> bool:
        """Whether it ran and ended."""
        return self.process is not None and self.process.poll() is not None

    def stop(self) -> None:
        """Ask it to end, then end it."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(self.stop_seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Supervisor:
    """Keeps children running until it is told to stop.

    Args:
        children: in the order they start; they stop in the opposite order.
        report: takes one line for the operator.
        renewed: gives the environment anew when the children are to be started again; asked once they have stopped.
        lasting: names of children that go on meanwhile.
        following: by the name of a child, beginnings of the names of variables it takes up by itself; it is started
            again only when others have changed.
        progress: takes a line for each child that is ready while the system starts.
        again: called when an ordered restart has stopped all, by a supervisor whose children go on from its own
            memory: it has to read the program anew itself. None starts the children again.
    """

    def __init__(
        self,
        children: Sequence[Child],
        report: Callable[[str], None],
        renewed: Callable[[], Mapping[str, str]] | None = None,
        lasting: Collection[str] = (),
        following: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
        progress: Callable[[str], None] = lambda line: None,
        again: Callable[[], None] | None = None,
    ) -> None:
        self._children = list(children)
        self._report = report
        self._renewed = renewed
        self._lasting = lasting
        self._following = following
        self._progress = progress
        self._again = again
        self._told: set[str] = set()
        self._stopping = False
        self._renewing = False
        self._restarting = False
        # A pipe: a signal's handler may write into it, whatever the process is doing.
        self._woken, self._waking = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        weakref.finalize(self, _close, self._woken, self._waking)

    def start(self, wait_seconds: float = 300.0) -> None:
        """Start all at once, but those that come first, and wait until each is ready.

        Raises:
            StartFailed: naming the process.
        """
        deadline = time.monotonic() + wait_seconds
        for child in self._children:
            child.start()
            if child.comes_first:
                self._wait([child], deadline, wait_seconds)
            if self._stopping:
                return
        self._wait(self._children, deadline, wait_seconds)

    def _wait(self, children: Sequence[Child], deadline: float, wait_seconds: float) -> None:
        waiting = list(children)
        while waiting and not self._stopping:
            still = [child for child in waiting if not child.is_ready()]
            for child in waiting:
                if child not in still and child.name not in self._told:
                    self._told.add(child.name)
                    self._progress(
                        "    "
                        + tr(
                            "{name} is ready ({seconds:.0f} s)",
                            name=child.name,
                            seconds=time.monotonic() - child.started,
                        )
                    )
            waiting = still
            for child in waiting:
                if child.has_died():
                    raise StartFailed(Message("{name} ended while starting; its log lines are above", name=child.name))
            if waiting and time.monotonic() > deadline:
                names = ", ".join(child.name for child in waiting)
                raise StartFailed(
                    Message("{names} not ready after {seconds:.0f} seconds", names=names, seconds=wait_seconds)
                )
            time.sleep(0.1)

    def watch(self) -> None:
        """Restart what dies, with growing pauses, until :meth:`request_stop`."""
        logs_looked_at = time.monotonic()
        while not self._stopping:
            if self._restarting:
                self._restarting = False
                self._restart()
                continue
            if self._renewing:
                self._renewing = False
                self._renew()
            now = time.monotonic()
            if now - logs_looked_at >= LOG_LOOK_SECONDS:
                logs_looked_at = now
                self._turn_logs()
            for child in self._children:
                # Asked once: a child that dies between two questions would be started again without being counted.
                if not child.has_died():
                    continue
                if child.restart_at <= child.started:
                    steady = now - child.started >= STEADY_SECONDS
                    child.deaths = 1 if steady else child.deaths + 1
                    pause = BACKOFF.pause(child.deaths)
                    child.restart_at = now + pause
                    status = f" ({child.process.returncode})" if child.process else ""
                    self._report(
                        tr(
                            "{name} ended{status}; starting it again in {pause:.0f} s",
                            name=child.name,
                            status=status,
                            pause=pause,
                        )
                    )
                if now >= child.restart_at:
                    child.start()
            self._sleep()

    def _sleep(self) -> None:
        """Until a child ends, somebody asks for something, or a second has passed; nothing else wakes it at rest."""
        due = [child.restart_at - time.monotonic() for child in self._children if child.has_died()]
        with ExitStack() as opened:
            lives = [life for child in self._children if (life := _life(child)) is not None]
            for life in lives:
                opened.callback(os.close, life)
            woken, _, _ = select.select([self._woken, *lives], [], [], max(0.0, min([LOOK_SECONDS, *due])))
        if self._woken in woken:
            os.read(self._woken, 512)

    def _wake(self) -> None:
        # Full, it wakes all the same.
        with suppress(BlockingIOError):
            os.write(self._waking, b"!")

    def _turn_logs(self) -> None:
        for child in self._children:
            try:
                child.turn_log()
            except OSError as error:
                # A full disk is no reason to stop what people use.
                self._report(
                    tr("the log of {name} cannot be put aside: {reason}", name=child.name, reason=reason_of(error))
                )

    @property
    def is_stopping(self) -> bool:
        """Whether somebody asked to stop."""
        return self._stopping

    def request_stop(self, *_: object) -> None:
        """End :meth:`watch`; safe as a signal handler."""
        self._stopping = True
        self._wake()

    def request_renewal(self, *_: object) -> None:
        """Have the children started again with a new environment; safe as a signal handler."""
        self._renewing = True
        self._wake()

    def request_restart(self, *_: object) -> None:
        """Have every child stopped and started again; safe as a signal handler."""
        self._restarting = True
        self._wake()

    def _restart(self) -> None:
        self._report(tr("starting everything again, as was ordered"))
        self.stop()
        if self._stopping:
            # Told to end meanwhile: a supervisor that began anew would know nothing of it.
            return
        if self._again is not None:
            self._again()
        for child in self._children:
            child.deaths, child.restart_at = 0, 0.0
        self.start()

    def _renew(self) -> None:
        if self._renewed is None:
            return
        try:
            environment = self._renewed()
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            # What runs goes on running.
            self._report(tr("the environment of another bundle cannot be worked out: {error}", error=error))
            return
        children = [child for child in self._children if child.name not in self._lasting]
        again = [child for child in children if self._must_start_again(child, environment)]
        for child in children:
            child.environment = environment
        if not again:
            return
        self._report(tr("starting {names} again with another bundle", names=", ".join(child.name for child in again)))
        for child in reversed(again):
            child.stop()
        for child in again:
            child.deaths, child.restart_at = 0, 0.0
            child.start()

    def _must_start_again(self, child: Child, environment: Mapping[str, str]) -> bool:
        names = child.environment.keys() | environment.keys()
        changed = {name for name in names if child.environment.get(name) != environment.get(name)}
        return any(not name.startswith(self._following.get(child.name, ())) for name in changed)

    def stop(self) -> None:
        """Stop all, the last started first."""
        for child in reversed(self._children):
            child.stop()


def _life(child: Child) -> int | None:
    """What can be read once the child has ended; None for one that has, or that somebody else has started."""
    if child.process is None or child.process.poll() is not None:
        return None
    try:
        return os.pidfd_open(child.process.pid)
    except OSError:
        return None


def _close(*files: int) -> None:
    for file in files:
        os.close(file)


def python_module(name: str) -> list[str]:
    """The command that runs a module with this interpreter."""
    return [sys.executable, "-m", MODULES[name]]


def _opened(log: Path) -> IO[bytes]:
    """The log to append to; one that has grown large is put aside first, and the one before it dropped."""
    log.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if log.exists() and log.stat().st_size > LARGEST_LOG:
        log.replace(_put_aside(log))
    return log.open("ab")


def _put_aside(log: Path) -> Path:
    return log.with_suffix(".old.log")


def die_with_parent() -> None:
    """Called in a new process, before its program begins."""
    # kill -9 of the supervisor must not leave processes behind that hold the port.
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    # Ctrl-C in the terminal reaches the supervisor alone, which then stops the children in order.
    os.setpgrp()
