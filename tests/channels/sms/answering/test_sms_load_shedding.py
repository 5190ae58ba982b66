"""More text messages come in than can be answered: storing them goes first."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sms_engine_doubles import CannedAnswers, Clock, Queues, Said
from sms_queues import quick_queues  # noqa: F401 - a fixture
from sqlalchemy.exc import OperationalError

from channels.sms.answering.answering_queue import AnsweringQueue
from channels.sms.answering.load_shedding import Rush
from channels.sms.answering.replying import Replying
from channels.sms.citizens.sender import Sender
from channels.sms.queue.inbox import Question
from channels.sms.queue.states import OPEN_INCOMING, IncomingState
from channels.sms.routes.messages import IncomingMessage
from runtime.settings import Settings

# ruff: noqa: F811 - pytest's fixtures are imported, and named again as arguments

THREADS = 4


class TestTheMeasure:
    @pytest.mark.parametrize("rate", [1, 30, 100])
    def test_a_steady_rate_is_found(self, rate: int) -> None:
        clock = Clock()
        rush = Rush(2, clock)
        for _ in range(rate * 20):
            rush.arrived()
            clock.later(1 / rate)
        assert rush.per_second == pytest.approx(rate, rel=0.35, abs=1)

    def test_it_is_forgotten(self) -> None:
        clock = Clock()
        rush = Rush(2, clock)
        rushing(rush, clock)
        clock.later(15)
        assert rush.per_second < 1
        assert rush.at_once(8) == 8

    def test_a_village_that_writes_at_once_is_no_rush(self) -> None:
        rush = Rush(2, Clock())
        for _ in range(100):
            rush.arrived()
        assert rush.at_once(8) == 8

    @pytest.mark.parametrize(("cores", "at_once"), [(1, 1), (2, 1), (4, 2)])
    def test_half_of_the_cores_are_left_to_storing(self, cores: int, at_once: int) -> None:
        clock = Clock()
        rush = Rush(cores, clock)
        rushing(rush, clock)
        assert rush.at_once(8) == at_once
        assert rush.at_once(1) == 1

    def test_the_same_rate_is_none_on_a_larger_machine(self) -> None:
        clock = Clock()
        rush = Rush(16, clock)
        rushing(rush, clock)
        assert rush.at_once(8) == 8


class TestTheQueue:
    async def test_in_a_rush_one_message_is_answered_at_a_time(self, quick_queues: Queues) -> None:
        answers = AtOnce()
        with queue_of(quick_queues, answers) as queue:
            await finish(queue, quick_queues, 200)
        assert answers.most == 1
        assert len(answers.asked) == 200

    async def test_without_one_several_are(self, quick_queues: Queues) -> None:
        answers = AtOnce(meet=2)
        with queue_of(quick_queues, answers) as queue:
            await finish(queue, quick_queues, 10)
        assert 2 <= answers.most <= THREADS
        assert len(answers.asked) == 10


class AtOnce(CannedAnswers):
    """Notes how many messages are answered at the same time.

    Args:
        meet: the first ones wait for each other until they are so many.
    """

    def __init__(self, meet: int = 1) -> None:
        super().__init__()
        self.most = 0
        self._now = 0
        self._guard = threading.Lock()
        self._meeting = threading.Barrier(meet)

    def answer(self, message: IncomingMessage, turn_id: str, sender: Sender) -> Said:
        with self._guard:
            self._now += 1
            self.most = max(self.most, self._now)
            first = len(self.asked) < self._meeting.parties
            said = super().answer(message, turn_id, sender)
        if first:
            self._meeting.wait(10)
        with self._guard:
            self._now -= 1
        return said


@contextmanager
def queue_of(queues: Queues, answers: CannedAnswers) -> Iterator[AnsweringQueue]:
    replying = Replying(queues.inbox, answers, Settings(), queues.figures, "me", queues.clock)
    # The clock stands still: what came in stays as fresh as it was.
    yield AnsweringQueue(queues.inbox, replying, "me", THREADS, lambda: None, queues.clock, Rush(2, queues.clock))


async def finish(queue: AnsweringQueue, queues: Queues, messages: int) -> None:
    """Have so many persons' messages answered."""
    for number in range(messages):
        queues.inbox.take(queues.incoming(f"SM{number}", sender=f"+84900{number:06d}"))
        queue.arrived()
    running = asyncio.create_task(queue.run())
    async with asyncio.timeout(60):
        while any(queues.inbox.state(id) in OPEN_INCOMING for id in range(1, messages + 1)):
            await asyncio.sleep(0.05)
    assert queues.inbox.state(messages) is IncomingState.ANSWERED
    await queue.stop(5)
    await running


def rushing(rush: Rush, clock: Clock) -> None:
    """Two hundred messages a second, for a while."""
    for _ in range(2000):
        rush.arrived()
        clock.later(0.005)


class FullDisk(Replying):
    """Two answers cannot be written down, as when the disk is full or the database away for a moment."""

    failures = 2

    def reply(self, question: Question) -> bool:
        if self.failures:
            self.failures -= 1
            raise OperationalError("INSERT", {}, Exception("database or disk is full"))
        return super().reply(question)


def test_what_could_not_be_written_down_is_answered_again_although_its_process_lives(quick_queues: Queues) -> None:
    replying = FullDisk(quick_queues.inbox, CannedAnswers(), Settings(), quick_queues.figures, "me", quick_queues.clock)
    queue = AnsweringQueue(
        quick_queues.inbox, replying, "me", THREADS, lambda: None, quick_queues.clock, Rush(2, quick_queues.clock)
    )
    # The clock stands still, so no lease ever runs out.
    asyncio.run(finish(queue, quick_queues, 4))
    assert [quick_queues.inbox.state(id) for id in range(1, 5)] == [IncomingState.ANSWERED] * 4
