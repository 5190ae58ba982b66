"""Recognition for an event loop: a few worker processes, many utterances, and no call that ever waits for a model.

A worker that dies takes only its own utterances with it: each ends with a :class:`Failure`, the call goes on with keys,
and a new worker takes its place.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType

from runtime.backoff import Backoff
from runtime.messages import Message
from speech.audio import BYTES_PER_SAMPLE
from speech.errors import EngineMissing
from speech.recognition import messages as m
from speech.recognition.closest_phrase import decided
from speech.recognition.recogniser import OPEN, Heard, Hints, Partial, Recogniser
from speech.recognition.worker_process import WorkerProcess

STEADY_SECONDS = 30.0
"""A worker that ran this long was healthy: it is replaced at once."""
COST_HALVES_SECONDS = 8.0
"""Sound after which what a second of it cost before counts half."""
BACKOFF = Backoff(first=1.0, longest=30.0, at_once=1)
"""Between two starts of a worker that keeps dying."""


@dataclass(frozen=True)
class Limits:
    """What bounds memory and patience."""

    batch_seconds: float = 0.1
    """Sound collected before it is sent to the worker; saves a message for each 20 ms frame."""
    most_waiting_seconds: float = 6.0
    """Sound of one utterance no worker has taken yet; more means overload, and the utterance fails."""
    most_wait_seconds: float = 0.8
    """Work that may lie before a new utterance: with more in every worker, whoever speaks now would wait long after the
    last syllable, and is asked for keys instead."""
    most_load: float = 1.0
    """Share of a worker's time that may go to those who speak: with more it falls further behind each second."""
    finish_seconds: float = 8.0
    """Patience after the last sound. A worker that answers nobody for so long is replaced."""


@dataclass(frozen=True)
class Failure:
    """An utterance that could not be recognised; ask again or go on with keys."""

    reason: str
    """For the operator."""


class Stream:
    """One utterance on its way to a worker. Made by :meth:`RecogniserPool.open`; used by one task."""

    def __init__(self, number: int, rate: int, hints: Hints, worker: _Slot | None, limits: Limits) -> None:
        self._number = number
        self._rate = rate
        self._hints = hints
        self._fed = 0
        self.is_finishing = False
        self._worker = worker
        self._limits = limits
        self._batch = bytearray()
        self._waiting = 0
        self._partial: Partial | None = None
        self._is_new = False
        self._result: asyncio.Future[Heard | Failure] = asyncio.get_running_loop().create_future()

    @property
    def failure(self) -> Failure | None:
        """Why nothing more will be heard, once that is known."""
        result = self._result.result() if self._result.done() else None
        return result if isinstance(result, Failure) else None

    @property
    def behind(self) -> float:
        """Seconds of its sound that no worker has taken yet."""
        return self._waiting / self._bytes(1.0)

    @property
    def tells_words(self) -> bool:
        """Whether its words come while it is spoken."""
        process = self._worker.process if self._worker is not None else None
        return process is not None and process.tells_words

    def settled(self, quiet: float) -> Heard | None:
        """What :meth:`finish` would give, where that is known without waiting for it; None where it is not.

        Args:
            quiet: seconds of silence at the end of what was fed.
        """
        process = self._worker.process if self._worker is not None else None
        after = process.settles_after if process is not None else None
        if after is None or self._partial is None or self._result.done():
            return None
        taken = quiet - self.behind - len(self._batch) / self._bytes(1.0)
        if taken < after - 1e-6:
            return None
        return decided(Heard(self._partial.text, None, self._fed / self._bytes(1.0)), self._hints)

    def feed(self, pcm: bytes) -> Partial | None:
        """Hand over PCM; return the text so far when it is news. Returns at once, and never raises.

        After a failure sound is ignored; :attr:`failure` tells.
        """
        if self._result.done():
            return None
        self._batch += pcm
        self._fed += len(pcm)
        if len(self._batch) >= self._bytes(self._limits.batch_seconds):
            self._flush()
        news, self._is_new = self._is_new, False
        return self._partial if news else None

    async def finish(self) -> Heard | Failure:
        """End the utterance and wait for what was said. Cancelling abandons it."""
        if not self._result.done() and self._worker is not None:
            self._flush()
            self.is_finishing = True
            self._worker.send(m.Finish(self._number))
            began = time.monotonic()
            try:
                await asyncio.wait({self._result}, timeout=self._limits.finish_seconds)
            except asyncio.CancelledError:
                self.abandon()
                raise
            if not self._result.done():
                self._worker.give_up_when_silent_since(began)
                self._fail("the recogniser took too long")
                self._worker.forget(self._number)
        return self._result.result()

    def abandon(self) -> None:
        """Drop the utterance: the caller hung up, or pressed a key instead."""
        if not self._result.done():
            self._fail("abandoned")
            if self._worker is not None:
                self._worker.forget(self._number)

    async def __aenter__(self) -> Stream:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abandon()

    def _flush(self) -> None:
        if not self._batch or self._worker is None:
            return
        if self._waiting + len(self._batch) > self._bytes(self._limits.most_waiting_seconds):
            self._fail("the recognisers are overloaded")
            self._worker.forget(self._number)
            return
        self._waiting += len(self._batch)
        self._worker.send(m.Audio(self._number, bytes(self._batch)))
        self._batch.clear()

    def _bytes(self, seconds: float) -> int:
        return int(seconds * self._rate) * BYTES_PER_SAMPLE

    def _fail(self, reason: str) -> None:
        if not self._result.done():
            self._result.set_result(Failure(reason))
        self._batch.clear()

    def _take(self, message: object) -> None:
        match message:
            case m.Taken(size=size, partial=partial):
                self._waiting -= size
                if partial is not None:
                    self._partial, self._is_new = partial, True
            case m.Done(heard=heard) if not self._result.done():
                self._result.set_result(heard)
            case m.Broken(_, reason):
                self._fail(reason)


@dataclass
class _Slot:
    """A place in the pool and the worker that fills it now."""

    process: WorkerProcess | None = None
    streams: dict[int, Stream] = field(default_factory=dict)
    started: float = 0.0
    deaths: int = 0
    _work: float = 0.0
    _sound: float = 0.0
    """Seconds of work, and of sound it was for, of late."""

    @property
    def is_ready(self) -> bool:
        return self.process is not None and self.process.is_ready

    @property
    def behind(self) -> float:
        return sum(stream.behind for stream in self.streams.values())

    @property
    def cost(self) -> float:
        """Seconds of work for a second of sound, of late and with what other processes leave of the machine."""
        return self._work / self._sound if self._sound > 0 else 0.0

    def worked(self, took: float, sound: float) -> None:
        """So much sound, in seconds, has taken so long."""
        kept = 0.5 ** (sound / COST_HALVES_SECONDS)
        self._work, self._sound = self._work * kept + took, self._sound * kept + sound

    def takes(self, hints: Hints, limits: Limits) -> bool:
        """Whether an utterance begun now would be heard in time.

        Answers to a question of few words are over in a second, so they are taken as long as nobody waits.
        """
        waiting = self.behind
        # What has taken nothing yet, or nothing for long, tells no cost.
        if not self.is_ready or waiting > limits.most_waiting_seconds or waiting * self.cost > limits.most_wait_seconds:
            return False
        speaking = sum(not stream.is_finishing for stream in self.streams.values())
        return hints.closed or speaking == 0 or (speaking + 1) * self.cost <= limits.most_load

    def send(self, message: object) -> None:
        if self.process is not None:
            self.process.send(message)

    def forget(self, stream: int) -> None:
        if self.streams.pop(stream, None) is not None:
            self.send(m.Abandon(stream))

    def give_up_when_silent_since(self, moment: float) -> None:
        if self.process is not None and self.process.last_reply < moment:
            self.process.kill()


class RecogniserPool:
    """Workers that recognise speech. All methods belong to one event loop.

    Args:
        load: makes the recogniser inside a worker; can be pickled, as ``functools.partial(engines.load, spec)``.
        workers: how many processes, each with a model of its own; 0 for a pool that hears nothing.
        report: takes one line for the operator when a worker dies or cannot be replaced.
        limits: bounds.
    """

    def __init__(
        self,
        load: Callable[[], Recogniser],
        workers: int,
        report: Callable[[str], None],
        limits: Limits | None = None,
    ) -> None:
        self._load = load
        self._report = report
        self._limits = limits or Limits()
        self._slots = [_Slot() for _ in range(workers)]
        self._restarts: set[asyncio.Task[None]] = set()
        self._questions: dict[int, asyncio.Future[tuple[str, ...]]] = {}
        self._last = 0

    async def start(self) -> None:
        """Start all workers and wait for their models.

        Raises:
            EngineMissing: when one cannot load its model; the others are stopped.
        """
        try:
            await asyncio.gather(*(self._start(slot) for slot in self._slots))
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """End all workers; open utterances fail."""
        for task in self._restarts:
            task.cancel()
        await asyncio.gather(*self._restarts, return_exceptions=True)
        for slot in self._slots:
            self._fail_all(slot, "the recognisers were stopped")
        await asyncio.gather(*(slot.process.stop() for slot in self._slots if slot.process is not None))

    @property
    def can_hear(self) -> bool:
        """Whether an utterance opened now would find a worker, and one that is not far behind."""
        return any(slot.takes(OPEN, self._limits) for slot in self._slots)

    @property
    def open_streams(self) -> int:
        """Utterances that are not over."""
        return sum(len(slot.streams) for slot in self._slots)

    @property
    def pids(self) -> tuple[int, ...]:
        """Process ids of the workers, for measuring their memory."""
        return tuple(slot.process.pid for slot in self._slots if slot.process and slot.process.pid)

    def open(self, rate: int, hints: Hints = OPEN) -> Stream:
        """Begin an utterance of PCM at a rate in Hz; without a worker that can take it it has failed from the start."""
        self._last += 1
        ready = [slot for slot in self._slots if slot.takes(hints, self._limits)]
        slot = min(ready, key=lambda one: (one.behind, len(one.streams))) if ready else None
        stream = Stream(self._last, rate, hints, slot, self._limits)
        if slot is None:
            is_there = any(slot.is_ready for slot in self._slots)
            stream._fail("the recognisers are overloaded" if is_there else "no recogniser is running")
        else:
            slot.streams[self._last] = stream
            slot.send(m.Open(self._last, rate, hints))
        return stream

    async def unknown_words(self, phrases: tuple[str, ...]) -> tuple[str, ...]:
        """Words of phrases the model lacks, to be told to the operator at start.

        Raises:
            EngineMissing: when no worker is there or it dies meanwhile.
        """
        slot = next((slot for slot in self._slots if slot.is_ready), None)
        if slot is None:
            raise EngineMissing(Message("no recogniser is running"))
        self._last += 1
        question = self._last
        self._questions[question] = asyncio.get_running_loop().create_future()
        slot.send(m.Check(question, phrases))
        try:
            return await asyncio.wait_for(self._questions[question], self._limits.finish_seconds)
        except TimeoutError:
            raise EngineMissing(Message("the recogniser does not answer")) from None
        finally:
            del self._questions[question]

    async def _start(self, slot: _Slot) -> None:
        slot.started = time.monotonic()
        slot.process = WorkerProcess(
            self._load,
            on_message=lambda message: self._take(slot, message),
            on_end=lambda: self._replace(slot),
        )
        await slot.process.start()

    def _take(self, slot: _Slot, message: object) -> None:
        match message:
            case m.Checked(question, missing):
                asked = self._questions.get(question)
                if asked is not None and not asked.done():
                    asked.set_result(missing)
            case m.Taken(number) | m.Done(number) | m.Broken(number) if number in slot.streams:
                stream = slot.streams[number]
                if isinstance(message, m.Taken):
                    slot.worked(message.took, message.size / stream._bytes(1.0))
                else:
                    slot.worked(message.took if isinstance(message, m.Done) else 0.0, 0.0)
                    del slot.streams[number]
                stream._take(message)

    def _fail_all(self, slot: _Slot, reason: str) -> None:
        for stream in slot.streams.values():
            stream._fail(reason)
        slot.streams.clear()

    def _replace(self, slot: _Slot) -> None:
        self._fail_all(slot, "the recogniser died")
        slot.deaths = 1 if time.monotonic() - slot.started >= STEADY_SECONDS else slot.deaths + 1
        task = asyncio.get_running_loop().create_task(self._start_again(slot))
        self._restarts.add(task)
        task.add_done_callback(self._restarts.discard)

    async def _start_again(self, slot: _Slot) -> None:
        while True:
            pause = BACKOFF.pause(slot.deaths)
            self._report(f"a recogniser ended; another one starts in {pause:.0f} s")
            await asyncio.sleep(pause)
            try:
                await self._start(slot)
            except (EngineMissing, OSError) as error:
                self._report(f"the recogniser does not start: {error}")
                slot.deaths += 1
            else:
                return
