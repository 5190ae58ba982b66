"""Takes what waits in the inbox and has it answered, several persons at once, each in their own order."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy.exc import SQLAlchemyError

from channels.sms.answering.load_shedding import Rush
from channels.sms.answering.replying import Replying
from channels.sms.queue.inbox import Inbox, Question
from channels.sms.queue.leases import LEASE_SECONDS, Lease
from runtime import logs

POLL_SECONDS = 1.0
"""How often the inbox is looked into when nobody calls."""

AHEAD = 2
"""Messages claimed for each thread: one it answers, one so that it need not wait for the next claim. Claimed one by
one, threads stood idle a third of the time while messages waited."""

DATABASE_PAUSE = 1.0

_log = logs.get(__name__)


class AnsweringQueue:
    """Lives in the event loop of the worker; the answering itself blocks, and runs in threads.

    Args:
        inbox: where messages wait.
        replying: answers one.
        owner: whose leases they are claimed with.
        threads: messages answered at once.
        on_text: called in the event loop when there is something to send.
        clock: seconds since 1970.
        rush: tells when to hold back.
    """

    def __init__(
        self,
        inbox: Inbox,
        replying: Replying,
        owner: str,
        threads: int,
        on_text: Callable[[], None],
        clock: Callable[[], float] = time.time,
        rush: Rush | None = None,
    ) -> None:
        self._inbox = inbox
        self._replying = replying
        self._owner = owner
        self._threads = threads
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="answering")
        self._on_text = on_text
        self._clock = clock
        self._rush = rush or Rush()
        self._tasks: set[asyncio.Task[None]] = set()
        self._unwritten: set[int] = set()
        """Messages of which could not be written down what came of them."""
        self._called = asyncio.Event()
        self._stopping = False

    def call(self) -> None:
        """There is something to answer; call it in the event loop."""
        self._called.set()

    def arrived(self) -> None:
        """A message came in; call it in the event loop, once for each."""
        self._rush.arrived()
        self.call()

    async def run(self) -> None:
        """Answer until :meth:`stop` is called."""
        while not self._stopping:
            self._called.clear()
            if not await self._claim():
                try:
                    await asyncio.wait_for(self._called.wait(), POLL_SECONDS)
                except TimeoutError:
                    continue

    async def stop(self, wait_seconds: float) -> None:
        """Claim nothing more and let what is being answered end."""
        self._stopping = True
        self._called.set()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=wait_seconds)
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _claim(self) -> bool:
        """Start answering what fits; False when nothing waits or enough is claimed: a call is worth waiting for."""
        most = self._rush.at_once(AHEAD * self._threads)
        free = most - len(self._tasks)
        if free <= 0 or (free < self._threads < len(self._tasks)):
            # Several at once cost hardly more than one.
            return False
        lease = Lease(self._owner, self._clock() + LEASE_SECONDS)
        try:
            if unwritten := tuple(self._unwritten):
                await asyncio.to_thread(self._inbox.let_go, self._owner, unwritten)
                self._unwritten.difference_update(unwritten)
            questions = await asyncio.to_thread(self._inbox.claim, lease, free)
        except SQLAlchemyError as error:
            _log.error("the inbox cannot be read or written", cause=type(error).__name__)
            await asyncio.sleep(DATABASE_PAUSE)
            return False
        for question in questions:
            task = asyncio.create_task(self._answer(question))
            self._tasks.add(task)
            task.add_done_callback(self._done)
        return bool(questions)

    async def _answer(self, question: Question) -> None:
        try:
            if await asyncio.get_running_loop().run_in_executor(self._pool, self._replying.reply, question):
                self._on_text()
        except SQLAlchemyError as error:
            # Its lease is kept up as long as this process lives. So it is let go as soon as the database takes that,
            # and answered again: the core remembers the turn.
            self._unwritten.add(question.id)
            _log.error("an answer cannot be written down", message=question.id, cause=type(error).__name__)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._called.set()
