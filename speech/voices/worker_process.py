"""The other end of :mod:`speech.voices.worker`: starts it, asks it, ends it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from runtime.messages import Message
from speech.errors import EngineMissing, VoiceFailed
from speech.voices.worker import Answer, Hello, Job

PROJECT_ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 30.0


class WorkerDied(VoiceFailed):
    """The process crashed or hung and was ended; another one may do better."""


class WorkerProcess:
    """One worker. Not for two texts at once; whoever holds it waits for the answer before the next text.

    Args:
        name: of the voice in ``MOTCUA_VOICE``.
        folder: with the voice's files, for a voice that needs files.
        answer_seconds: time after which it counts as hung.
        command: what is run instead of the worker, for tests.
    """

    def __init__(
        self,
        name: str = "pyttsx3",
        answer_seconds: float = 10.0,
        command: Sequence[str] | None = None,
        folder: Path = PROJECT_ROOT,
    ) -> None:
        self._command = tuple(command or (sys.executable, "-m", "speech.voices.worker", name, str(folder)))
        self._answer_seconds = answer_seconds
        self._process: Process | None = None

    @property
    def pid(self) -> int | None:
        """Its process id while it runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> Hello:
        """Start it anew and wait until it is ready.

        Raises:
            EngineMissing: the voice cannot be loaded; the message is its own.
            WorkerDied: it ended or said nothing.
        """
        await self.stop()
        self._process = await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE, cwd=PROJECT_ROOT, env=_environment(), start_new_session=True
        )
        try:
            line = await asyncio.wait_for(self._stdout.readline(), START_SECONDS)
            fields = json.loads(line)
            hello = Hello(fields["engine"], fields["rate"], fields["error"])
        except (TimeoutError, ValueError, KeyError, OSError) as error:
            await self.stop()
            raise WorkerDied(Message("the process that speaks did not start")) from error
        if hello.error:
            await self.stop()
            raise EngineMissing(hello.error)
        return hello

    async def ask(self, job: Job) -> tuple[Answer, bytes]:
        """Have one text spoken; on any failure the process is ended and has to be started again.

        Raises:
            WorkerDied: it crashed, hung, or its answer makes no sense.
        """
        if self._process is None or self._process.stdin is None:
            raise WorkerDied(Message("the process that speaks is not running"))
        try:
            async with asyncio.timeout(self._answer_seconds):
                self._process.stdin.write(json.dumps(asdict(job)).encode() + b"\n")
                await self._process.stdin.drain()
                answer = Answer(**json.loads(await self._stdout.readline()))
                return answer, await self._stdout.readexactly(answer.size)
        except (TimeoutError, ValueError, TypeError, OSError, EOFError) as error:
            await self.stop()
            raise WorkerDied(Message("the process that speaks failed ({kind})", kind=type(error).__name__)) from error
        except asyncio.CancelledError:
            # Its answer would be taken for that to the next text.
            await self.stop()
            raise

    async def stop(self) -> None:
        """End it at once; it holds nothing that could be lost."""
        process, self._process = self._process, None
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        if process.stdin is not None:
            process.stdin.close()

    @property
    def _stdout(self) -> asyncio.StreamReader:
        if self._process is None or self._process.stdout is None:
            raise WorkerDied(Message("the process that speaks is not running"))
        return self._process.stdout


def _environment() -> dict[str, str]:
    # The child finds the same modules, however this process was started.
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)}
