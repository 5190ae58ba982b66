"""The pool's side of one worker process: starts it, writes to it without ever waiting, hears of its end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
import time
from collections.abc import Callable

from runtime.messages import Message
from speech.errors import EngineMissing
from speech.recognition import messages as m
from speech.recognition.recogniser import Recogniser


class WorkerProcess:
    """One child and the connection to it.

    Args:
        load: makes the recogniser in the child; a function or partial that can be pickled.
        on_message: takes what the child says after it is ready.
        on_end: called once, when the child has ended for whatever reason.
    """

    def __init__(
        self, load: Callable[[], Recogniser], on_message: Callable[[object], None], on_end: Callable[[], None]
    ) -> None:
        self._load = load
        self._on_message = on_message
        self._on_end = on_end
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self.is_ready = False
        self.tells_words = False
        self.settles_after: float | None = None
        self.last_reply = time.monotonic()

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Start the child and wait until its model is loaded.

        Raises:
            EngineMissing: with the child's reason, or that it ended without one.
        """
        ours, its = socket.socketpair()
        try:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "speech.recognition.worker", str(its.fileno())),
                pass_fds=[its.fileno()],
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.DEVNULL,
                env=_environment(),
            )
        except BaseException:
            ours.close()
            raise
        finally:
            its.close()
        reader, self._writer = await asyncio.open_connection(sock=ours)
        try:
            self.send(m.Start(self._load))
            first = await _message(reader)
        except BaseException:
            await self.stop()
            raise
        if not isinstance(first, m.Ready):
            await self.stop()
            raise EngineMissing(
                first.reason if isinstance(first, m.Refused) else Message("the recogniser ended while loading")
            )
        self.is_ready = True
        self.tells_words, self.settles_after = first.tells_words, first.settles_after
        self.last_reply = time.monotonic()
        self._reading = asyncio.create_task(self._read(reader))

    def send(self, message: object) -> None:
        """Hand a message over at once; what the child has not taken waits here, so callers bound what they send."""
        if self._writer is not None and not self._writer.is_closing():
            self._writer.write(m.packed(message))

    def kill(self) -> None:
        """End a child that no longer answers; :func:`on_end` follows."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def stop(self) -> None:
        """Close the connection, which ends the child, and wait for it; ``on_end`` is not called."""
        self.is_ready = False
        if self._reading is not None:
            self._reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._reading
        if self._writer is not None:
            self._writer.close()
        if self._process is None:
            return
        try:
            await asyncio.wait_for(self._process.wait(), 2.0)
        except TimeoutError:
            self.kill()
            await self._process.wait()

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while (message := await _message(reader)) is not None:
            self.last_reply = time.monotonic()
            self._on_message(message)
        self.is_ready = False
        if self._writer is not None:
            self._writer.close()
        if self._process is not None:
            # A child that only closed its socket is of no use either.
            self.kill()
            await self._process.wait()
        self._on_end()


async def _message(reader: asyncio.StreamReader) -> object | None:
    """The next message; None when the child is gone."""
    try:
        header = await reader.readexactly(m.HEADER_BYTES)
        found: object = m.unpacked(await reader.readexactly(m.body_length(header)))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    return found


def _environment() -> dict[str, str]:
    return {
        **os.environ,
        # The child finds the same modules, however this process was started.
        "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path),
        # One thread a worker: the number of workers says how many cores recognition may take.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
    }
