"""Processes as the kernel sees them: their children, their age, their memory."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from cli.processes import TITLES

ROOT = Path(__file__).resolve().parent.parent
NLU_DATA = ROOT / "nlu_data"
HOST = "127.0.0.1"
_PROC = Path("/proc")


class PortTaken(RuntimeError):
    """Something already listens where the benchmark wants to; the message says where."""


class ProcessFailed(RuntimeError):
    """A measured process ended or did not answer; the message carries its last lines."""


def check_port(port: int) -> None:
    """Make sure a port is free.

    Raises:
        PortTaken: when it is not.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise PortTaken(f"port {port} on {HOST} is taken: give another --port") from None


def descendants(pid: int) -> list[int]:
    """The process and all below it."""
    found = [pid]
    for parent in found:
        for children in _PROC.glob(f"{parent}/task/*/children"):
            try:
                found += [int(child) for child in children.read_text().split()]
            except OSError:
                continue
    return found


def with_module(pids: Sequence[int], word: str) -> list[int]:
    """Those whose command line has a word, or the title gunicorn writes over it where setproctitle is installed."""
    words = (word, TITLES[word]) if word in TITLES else (word,)
    return [pid for pid in pids if any(one in part for part in _command(pid) for one in words)]


def age(pid: int) -> float:
    """Seconds since a process started, to a hundredth."""
    started = int((_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[19])
    uptime = float((_PROC / "uptime").read_text().split()[0])
    return uptime - started / os.sysconf("SC_CLK_TCK")


def memory(pids: Sequence[int]) -> tuple[float, float]:
    """Memory of processes in MB: proportional share (PSS), and what each holds resident (RSS), added up."""
    pss = rss = 0
    for pid in pids:
        for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                pss += int(line.split()[1])
            elif line.startswith("Rss:"):
                rss += int(line.split()[1])
    return pss / 1024, rss / 1024


def waits(pids: Sequence[int]) -> int:
    """How often threads of processes have begun to wait (voluntary context switches): something wakes each of them."""
    found = 0
    for pid in pids:
        for status in _PROC.glob(f"{pid}/task/*/status"):
            try:
                lines = status.read_text().splitlines()
            except OSError:
                continue
            found += sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches:"))
    return found


def processor_seconds(pids: Sequence[int]) -> float:
    """Processor time processes have used: what a busy machine does not change."""
    ticks = 0
    for pid in pids:
        fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


class Process:
    """A process of ours, its output in a log, ended with all its children.

    Args:
        command: what to run from the project's root.
        environment: added to ours.
        log: where its output goes.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], log: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
        self._log = log
        self._command = list(command)
        with log.open("wb") as output:
            self._popen = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**kept, "PYTHONPATH": str(ROOT), **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Its id."""
        return self._popen.pid

    def check(self) -> None:
        """Make sure it still runs.

        Raises:
            ProcessFailed: with its last lines.
        """
        if self._popen.poll() is not None:
            raise ProcessFailed(f"{' '.join(self._command[:4])} ended:\n{self.tail()}")

    def has_ended(self) -> bool:
        """Whether it ended by itself."""
        return self._popen.poll() is not None

    def tail(self) -> str:
        """Its last lines."""
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-15:])

    def stop(self, wait_seconds: float = 30.0) -> None:
        """Ask it to end; when it does not, end it and all below it."""
        if self._popen.poll() is not None:
            return
        self._popen.send_signal(signal.SIGTERM)
        try:
            self._popen.wait(wait_seconds)
        except subprocess.TimeoutExpired:
            for pid in reversed(descendants(self.pid)):
                os.kill(pid, signal.SIGKILL)
            self._popen.wait()


def _command(pid: int) -> list[str]:
    try:
        return (_PROC / str(pid) / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return []
