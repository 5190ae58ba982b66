"""Text messages in and out: how fast they are stored, answered and handed over, and what memory does meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Select, func, select

from benchmarks.figures import Figure, percentile
from benchmarks.load import WrongAnswer
from benchmarks.plan import REPLIES_RATE, STORED_RATE, Plan
from benchmarks.processes import HOST, memory, processor_seconds
from benchmarks.sms_arrivals import OURS, Arrival, Arriving, phone
from benchmarks.sms_provider import SmsProvider
from benchmarks.system import System
from channels.sms.queue.outbox import Outbox
from channels.sms.queue.queued import NewMessage
from channels.sms.queue.states import OPEN_INCOMING, OPEN_OUTGOING, IncomingState, OutgoingState
from channels.sms.queue.tables import incoming, outgoing
from channels.sms.routes.messages import Kind
from channels.sms.routes.number_table import NumberTable
from cli.processes import MODULES
from stores.database import Database
from stores.sealing import Seal

STORED = f"text message to stored row, {STORED_RATE} a second, p95"
IN_TIME = f"replies handed over within 2 s, {REPLIES_RATE} a second"
HANDED = "text messages handed over from the outbox"
GROWTH = "growth of memory over 10,000 text messages"

IN_TIME_SECONDS = 2.0
SETTLED_SECONDS = 600.0
MOST_WAITING = 200
"""Messages that wait for an answer while memory is watched: more would show the queue, not the processes."""

MEMORY_CITIZENS = 2000
SAMPLES = 40
WATCHED = {"gateway": MODULES["web"], "worker": MODULES["worker"], "core": MODULES["core"], "store": "valkey"}
PROCESSES = ("gateway", "worker", "core")
"""Whose memory must stay flat; the store's grows with what it is told to keep."""


@dataclass(frozen=True)
class MemorySample:
    """Memory after so many messages."""

    messages: int
    megabytes: dict[str, float]


class SmsBench:
    """One run; a system of its own, whose answers all go through outbox and provider.

    Args:
        plan: how much.
        port: of the gateway; the core takes the next one.
        folder: for everything that is written; made.
        progress: takes what is done now, and how many messages were.
    """

    def __init__(self, plan: Plan, port: int, folder: Path, progress: Callable[[str, int], None]) -> None:
        folder.mkdir()
        self._plan = plan
        self._progress = progress
        self._url = f"http://{HOST}:{port}"
        self._folder = folder
        self._port = port
        self._phones = 0

    def run(self) -> list[Figure]:
        """Measure everything; all processes are stopped whatever happens.

        Raises:
            WrongAnswer: a message was lost, or answered in another way than it must be.
        """
        system = SmsSystem(self._port, self._folder)
        try:
            system.wait_for_first_answer()
            arriving = Arriving(self._url, system.token, lambda: self._progress("", 1))
            figures = self._stored(system, arriving)
            figures += self._in_time(system, arriving)
            figures.append(self._handed(system))
            figures += self._memory(system, arriving)
            return figures
        finally:
            system.stop()

    def _stored(self, system: SmsSystem, arriving: Arriving) -> list[Figure]:
        self._progress(f"{STORED_RATE} text messages a second", 0)
        before = system.rows()
        arrivals = self._arrive(arriving, STORED_RATE, self._plan.stored_seconds)
        if system.rows() - before != len(arrivals):
            raise WrongAnswer(f"{system.rows() - before} of {len(arrivals)} text messages were stored")
        system.settle()
        times = [arrival.seconds * 1000 for arrival in arrivals]
        return [
            Figure(STORED.replace("p95", label), "ms", (percentile(times, share),))
            for label, share in (("median", 0.5), ("p95", 0.95), ("p99", 0.99))
        ]

    def _in_time(self, system: SmsSystem, arriving: Arriving) -> list[Figure]:
        self._progress(f"{REPLIES_RATE} text messages a second, answered", 0)
        list(system.provider.taken())
        before = system.processor_seconds()
        arrivals = self._arrive(arriving, REPLIES_RATE, self._plan.replies_seconds)
        system.settle()
        handed = {text.phone: text.at for text in system.provider.taken()}
        if missing := [arrival for arrival in arrivals if arrival.phone not in handed]:
            raise WrongAnswer(f"{len(missing)} of {len(arrivals)} text messages were not answered")
        times = [handed[arrival.phone] - arrival.at for arrival in arrivals]
        share = 100 * sum(seconds <= IN_TIME_SECONDS for seconds in times) / len(times)
        return [
            Figure(IN_TIME, "%", (share,), more_is_better=True),
            Figure(f"reply handed over, {REPLIES_RATE} a second, median", "ms", (percentile(times, 0.5) * 1000,)),
            Figure(f"reply handed over, {REPLIES_RATE} a second, p95", "ms", (percentile(times, 0.95) * 1000,)),
            *(
                Figure(f"processor time of a text message, {name}", "ms", (seconds * 1000 / len(times),))
                for name, seconds in system.processor_seconds_since(before).items()
            ),
        ]

    def _handed(self, system: SmsSystem) -> Figure:
        """From the first of many waiting texts the provider takes to the last."""
        rates = []
        for number in range(self._plan.repetitions):
            self._progress("text messages that wait", 0)
            list(system.provider.taken())
            system.add(self._plan.waiting_texts, f"{number}", self._phones)
            system.settle()
            moments = sorted(text.at for text in system.provider.taken())
            if len(moments) != self._plan.waiting_texts:
                raise WrongAnswer(f"{len(moments)} of {self._plan.waiting_texts} waiting texts were handed over")
            rates.append((len(moments) - 1) / (moments[-1] - moments[0]))
            self._progress("", self._plan.waiting_texts)
        return Figure(HANDED, "messages/s", tuple(rates), more_is_better=True)

    def _memory(self, system: SmsSystem, arriving: Arriving) -> list[Figure]:
        messages = self._plan.memory_texts
        self._progress(f"memory over {messages} text messages", 0)
        samples: list[MemorySample] = []
        before = system.rows()

        def is_behind() -> bool:
            done = system.rows() - before
            if done >= len(samples) * messages // SAMPLES:
                samples.append(MemorySample(done, system.memory()))
            return system.open_rows() > MOST_WAITING

        citizens = min(MEMORY_CITIZENS, messages // 10)
        asyncio.run(arriving.as_answered(messages, citizens, self._phones, is_behind))
        self._phones += citizens
        system.settle()
        samples.append(MemorySample(messages, system.memory()))
        figures = [
            Figure(f"memory of the {name} after {messages} text messages (PSS)", "MB", (samples[-1].megabytes[name],))
            for name in WATCHED
        ]
        # The first half warms up: caches fill, arenas grow to what the load needs.
        late = [sample for sample in samples if sample.messages >= messages // 2]
        growth = {
            name: slope([(sample.messages, sample.megabytes[name]) for sample in late]) * 10_000 for name in PROCESSES
        }
        # Least squares are linear: the growth of all is the sum of each one's.
        figures += [Figure(f"{GROWTH}, {name}", "MB", (megabytes,)) for name, megabytes in growth.items()]
        return [*figures, Figure(GROWTH, "MB", (sum(growth.values()),))]

    def _arrive(self, arriving: Arriving, rate: int, seconds: int) -> list[Arrival]:
        arrivals = asyncio.run(arriving.at_rate(rate, seconds, self._phones))
        self._phones += len(arrivals)
        return arrivals


class SmsSystem(System):
    """The system with a provider beside it, and a look into its database.

    Args:
        port: of the gateway; the core takes the next one.
        folder: an empty folder.
        texts_a_second: the provider's limit, as the system is told of it.
    """

    def __init__(self, port: int, folder: Path, texts_a_second: float = 10_000.0) -> None:
        token = "a token of the benchmark"
        self.provider = SmsProvider(folder, token)
        settings = {
            "TWILIO_AUTH_TOKEN": token,
            "TWILIO_ACCOUNT_SID": self.provider.account,
            "TWILIO_API_URL": self.provider.url,
            "TWILIO_PER_SECOND": f"{texts_a_second:g}",
            "PUBLIC_URL": f"http://{HOST}:{port}",
            "SMS_REPLY_IN_WEBHOOK_SECONDS": "0",
        }
        try:
            super().__init__(port, folder, settings)
        except BaseException:
            self.provider.stop()
            raise
        self.token = token
        self._database = Database(f"sqlite:///{folder / 'data' / 'motcua.db'}")

    def rows(self) -> int:
        """Messages stored."""
        return self._count(select(func.count()).select_from(incoming))

    def open_rows(self) -> int:
        """Messages to be answered or sent."""
        return self._count(
            select(func.count()).select_from(incoming).where(incoming.c.state.in_(OPEN_INCOMING))
        ) + self._count(select(func.count()).select_from(outgoing).where(outgoing.c.state.in_(OPEN_OUTGOING)))

    def settle(self) -> None:
        """Wait until nothing is to be answered or sent; everything must have ended well.

        Raises:
            WrongAnswer: something failed, or does not end.
        """
        deadline = time.monotonic() + SETTLED_SECONDS
        while left := self.open_rows():
            if time.monotonic() > deadline:
                raise WrongAnswer(f"{left} text messages are still on their way")
            time.sleep(0.2)
        failed = self._count(
            select(func.count()).select_from(incoming).where(incoming.c.state != IncomingState.ANSWERED)
        ) + self._count(select(func.count()).select_from(outgoing).where(outgoing.c.state != OutgoingState.HANDED))
        if failed:
            raise WrongAnswer(f"{failed} text messages came to a bad end")

    def _count(self, query: Select[int]) -> int:
        with self._database.reading() as session:
            return session.scalar(query) or 0

    def add(self, number: int, name: str, phones: int) -> None:
        """Put texts into the outbox, all at once."""
        outbox = Outbox(self._database, Seal(self.secret.encode()), NumberTable({"": ["twilio"]}))
        outbox.add(
            [
                NewMessage(
                    key=f"{name}:{index}",
                    recipient=phone(phones + index),
                    text=f"Cau tra loi {index}.",
                    kind=Kind.ANSWER,
                    person="bench",
                    sender=OURS,
                )
                for index in range(number)
            ]
        )

    def memory(self) -> dict[str, float]:
        """PSS in MB of each watched part."""
        return {name: memory(self.pids(word))[0] for name, word in WATCHED.items()}

    def processor_seconds(self) -> dict[str, float]:
        """Processor time each part has used: what a busy machine does not change."""
        return {name: processor_seconds(self.pids(WATCHED[name])) for name in PROCESSES}

    def processor_seconds_since(self, before: Mapping[str, float]) -> dict[str, float]:
        """The same since it was looked at before."""
        return {name: seconds - before[name] for name, seconds in self.processor_seconds().items()}

    def stop(self) -> None:
        """Stop all."""
        self._database.close()
        super().stop()
        self.provider.stop()


def slope(points: Sequence[tuple[float, float]]) -> float:
    """Growth of the second value with the first, by least squares."""
    x_mean = sum(x for x, _ in points) / len(points)
    y_mean = sum(y for _, y in points) / len(points)
    spread = sum((x - x_mean) ** 2 for x, _ in points)
    return sum((x - x_mean) * (y - y_mean) for x, y in points) / spread if spread else 0.0
