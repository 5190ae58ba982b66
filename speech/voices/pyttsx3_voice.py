"""The synthetic voice: pyttsx3 on espeak-ng, in worker processes that are replaced when they crash or hang."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from collections.abc import Callable
from types import TracebackType
from typing import Self

from speech.errors import VoiceFailed
from speech.voices.espeak_library import Library
from speech.voices.pyttsx3_worker import Answer, Job
from speech.voices.voice import LONGEST_TEXT, Accent, NoSuchVoice, Style, UnspeakableText
from speech.voices.worker_process import WorkerDied, WorkerProcess

VOICES = {
    ("vi", Accent.NORTH): "aav/vi",
    ("vi", Accent.CENTRAL): "aav/vi-vn-x-central",
    ("vi", Accent.SOUTH): "aav/vi-vn-x-south",
}
"""espeak-ng's identifiers; English has one voice whatever the accent."""
ENGLISH = "gmw/en-us"
WORDS_A_MINUTE = {"vi": 130, "en": 150}
"""espeak-ng's rate at speed 1: about 14 characters a second, which phone pages count on. Its own 175 is too fast on a
telephone for somebody who cannot ask the machine to repeat one word."""
_LONG_FIGURES = re.compile(r"\d{13}")
_SOUNDING = re.compile(r"[^\W_]")
_SAMPLE_RATE = 22050
"""pyttsx3's; espeak-ng has no other."""


class Pyttsx3Voice:
    """A :class:`speech.voices.voice.Voice`. Use with ``async with``, or call :meth:`start` and :meth:`close`.

    Args:
        workers: processes; each speaks one passage in 10 to 20 ms.
        new_worker: makes a worker; tests hand in others.
    """

    languages = frozenset({"vi", "en"})
    sample_rate = _SAMPLE_RATE

    def __init__(self, workers: int = 1, new_worker: Callable[[], WorkerProcess] = WorkerProcess) -> None:
        self._workers = [new_worker() for _ in range(workers)]
        self._idle: asyncio.Queue[WorkerProcess] = asyncio.Queue()
        self._running: set[asyncio.Task[tuple[Answer, bytes]]] = set()
        self.name = ""

    @classmethod
    def with_library(cls, library: Library, workers: int = 1) -> Self:
        """A voice on a chosen espeak-ng."""
        return cls(workers, lambda: WorkerProcess(library))

    async def start(self) -> None:
        """Start the workers, so that the first caller need not wait for them.

        Raises:
            EngineMissing: espeak-ng or pyttsx3 is not installed.
            WorkerDied: a worker ended while it was starting.
        """
        for worker in self._workers:
            self.name = (await worker.start()).engine
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
        if answer.is_unknown_voice:
            raise NoSuchVoice(answer.error)
        if answer.error or not pcm:
            raise VoiceFailed(answer.error or "espeak-ng gave no sound")
        if answer.rate != self.sample_rate:
            raise VoiceFailed(f"pyttsx3 wrote {answer.rate} Hz instead of {self.sample_rate}")
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
    """Raises NoSuchVoice and UnspeakableText."""
    voice = ENGLISH if style.language == "en" else VOICES.get((style.language, style.accent))
    if voice is None:
        raise NoSuchVoice(f"no synthetic voice speaks {style.language}")
    # In decomposed form espeak-ng loses tones.
    text = unicodedata.normalize("NFC", text)
    if len(text) > LONGEST_TEXT:
        raise UnspeakableText(f"{len(text)} characters in one go; at most {LONGEST_TEXT}")
    if _LONG_FIGURES.search(text):
        raise UnspeakableText("figures of 13 digits and more have to be written out")
    # A null character would end the text, a line end the request.
    text = re.sub(r"[\x00-\x1f\x7f\ud800-\udfff]", " ", text)
    return Job(voice, round(WORDS_A_MINUTE[style.language] * style.speed), text)
