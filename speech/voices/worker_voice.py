"""The synthetic voice: whichever is set, in worker processes that are replaced when they crash or hang."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from runtime.messages import Message
from speech.errors import VoiceFailed
from speech.voices.voice import LONGEST_TEXT, NoSuchVoice, Style, UnspeakableText
from speech.voices.worker import Answer, Failure, Job
from speech.voices.worker_process import PROJECT_ROOT, WorkerDied, WorkerProcess

_SOUNDING = re.compile(r"[^\W_]")


class WorkerVoice:
    """A :class:`speech.voices.voice.Voice`. Use with ``async with``, or call :meth:`start` and :meth:`close`.

    Args:
        new_worker: makes a worker that has not started.
        workers: processes; one of espeak-ng speaks a passage in 10 to 20 ms.
    """

    def __init__(self, new_worker: Callable[[], WorkerProcess], workers: int = 1) -> None:
        self._workers = [new_worker() for _ in range(workers)]
        self._idle: asyncio.Queue[WorkerProcess] = asyncio.Queue()
        self._running: set[asyncio.Task[tuple[Answer, bytes]]] = set()
        self.name = ""
        self.sample_rate = 0

    @classmethod
    def named(cls, name: str, workers: int = 1, folder: Path = PROJECT_ROOT) -> Self:
        """A voice by its name in ``MOTCUA_VOICE``; ``folder`` holds the files of one that needs files."""
        return cls(lambda: WorkerProcess(name, folder=folder), workers)

    async def start(self) -> None:
        """Start the workers, so that the first caller need not wait for them.

        Raises:
            EngineMissing: the voice is not registered, or what it needs is not installed.
            WorkerDied: a worker ended while it was starting.
        """
        for worker in self._workers:
            hello = await worker.start()
            self.name, self.sample_rate = hello.engine, hello.rate
            self._idle.put_nowait(worker)

    async def close(self) -> None:
        """End the workers."""
        for task in tuple(self._running):
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        for worker in self._workers:
            await worker.stop()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def speak(self, text: str, style: Style) -> bytes:
        """See :meth:`speech.voices.voice.Voice.speak`. A caller who goes away disturbs nobody."""
        job = _job(text, style)
        if not _SOUNDING.search(job.text):
            return b""
        worker = await self._idle.get()
        # A task of its own: when the caller hangs up, the worker still gives its answer and is free again.
        task = asyncio.create_task(self._asked(worker, job))
        self._running.add(task)
        task.add_done_callback(self._finished)
        answer, pcm = await asyncio.shield(task)
        if answer.failure == Failure.NO_SUCH_VOICE:
            raise NoSuchVoice(answer.error)
        if answer.failure == Failure.UNSPEAKABLE:
            raise UnspeakableText(answer.error)
        if answer.failure:
            raise VoiceFailed(answer.error)
        return pcm

    async def _asked(self, worker: WorkerProcess, job: Job) -> tuple[Answer, bytes]:
        """Ask a worker; one that died is replaced and asked once more, since the text need not be at fault."""
        try:
            try:
                return await worker.ask(job)
            except WorkerDied:
                await worker.start()
                return await worker.ask(job)
        finally:
            self._idle.put_nowait(worker)

    def _finished(self, task: asyncio.Task[tuple[Answer, bytes]]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # Seen here, or asyncio would complain when the caller has gone.


def _job(text: str, style: Style) -> Job:
    """Raises UnspeakableText."""
    # In decomposed form espeak-ng loses tones.
    text = unicodedata.normalize("NFC", text)
    if len(text) > LONGEST_TEXT:
        raise UnspeakableText(
            Message("{count} characters in one go; at most {longest}", count=len(text), longest=LONGEST_TEXT)
        )
    # A null character would end the text, a line end the request.
    return Job.of(re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", " ", text), style)
