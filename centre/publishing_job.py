"""A bundle is made in the background while the desk shows how far it is: packing and signing take half a minute."""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from centre.publishing import Published
from runtime import durable, logs

_log = logs.get(__name__)

Progress = Callable[[int], object]
"""Told how many files are packed."""


class JobState(StrEnum):
    """How far it is."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    """The disk is full, or what goes along is wrong; kiosks keep what they have."""
    BROKEN_OFF = "broken_off"
    """The process that made it ended; nothing was offered."""


@dataclass(frozen=True, slots=True)
class Job:
    """The newest wish."""

    state: JobState
    at: datetime
    officer: str
    files: int = 0
    """Packed so far."""
    number: int = 0
    """Of the bundle that is offered now."""


_JOB: Final = TypeAdapter(Job)


class PublishingJob:
    """One at a time, whatever process was asked: a lock on the folder is held by the process that works.

    Args:
        folder: of the bundles.
        clock: the time, with zone.
        publish: makes the bundle in an officer's name; raises ``OSError`` or ``ValueError``.
    """

    def __init__(
        self, folder: Path, clock: Callable[[], datetime], publish: Callable[[str, Progress], Published]
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._publish = publish

    def start(self, officer: str) -> bool:
        """Begin in the background; False where one is being made already.

        Raises:
            OSError: the folder cannot be written.
        """
        lock = self._lock()
        if lock is None:
            return False
        try:
            job = Job(JobState.RUNNING, self._clock(), officer)
            self._note(job)
        except OSError:
            os.close(lock)
            raise
        threading.Thread(target=self._work, args=(job, lock), name="publishing", daemon=True).start()
        return True

    def last(self) -> Job | None:
        """How the newest one is; None while there was none."""
        try:
            job = _JOB.validate_json(self._noted.read_bytes())
        except (FileNotFoundError, ValueError):
            return None
        if job.state is JobState.RUNNING and (lock := self._lock()) is not None:
            os.close(lock)
            # Read again: it may have ended between the two looks.
            job = _JOB.validate_json(self._noted.read_bytes())
            return replace(job, state=JobState.BROKEN_OFF) if job.state is JobState.RUNNING else job
        return job

    def _work(self, job: Job, lock: int) -> None:
        def packed(files: int) -> None:
            if files % 50 == 0:
                self._note(replace(job, files=files))

        try:
            done = self._publish(job.officer, packed)
            self._note(replace(job, state=JobState.DONE, files=done.files, number=done.number, at=self._clock()))
        except (OSError, ValueError) as error:
            _log.error("no bundle could be published", cause=str(error))
            self._note(replace(job, state=JobState.FAILED))
        finally:
            os.close(lock)

    @property
    def _noted(self) -> Path:
        return self._folder / "publishing.json"

    def _note(self, job: Job) -> None:
        durable.write(self._noted, _JOB.dump_json(job))

    def _lock(self) -> int | None:
        """The lock, held until it is closed; None where another process or thread holds it."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(self._folder / "publishing.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return descriptor
