"""Answers inside the response to a provider's webhook, when the answer is ready in time.

The message is stored first, leased to this process, and answered in a thread. When the answer is there before the
webhook's patience ends, its rows stay leased to this process and go out in the response; else they go into the outbox
and the response is empty. A process killed in between leaves leases that others take over: the worker sends by
another way, or the provider's repeated webhook gets the same texts again.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field, replace

from sqlalchemy.exc import SQLAlchemyError

from channels.sms.answering.replying import Replying, Trouble
from channels.sms.arrivals import StoredArrivals
from channels.sms.figures import SmsFigures
from channels.sms.queue.inbox import Inbox, Question, Taken
from channels.sms.queue.inline_texts import InlineTexts
from channels.sms.queue.lease_owners import Owner
from channels.sms.queue.leases import LEASE_SECONDS, Lease
from channels.sms.queue.states import OPEN_INCOMING, IncomingState
from channels.sms.queue.wake import Wake
from channels.sms.routes.messages import IncomingMessage
from runtime import logs
from runtime.settings import Settings

MARGIN_SECONDS = 2.0
"""What writing an answer down may take beyond the longest wait for the core."""

PROVIDER_SECONDS = 12.0
"""How long a response may take where nothing else can carry the answer. Providers give up after 15 s; source: Twilio,
https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides.
"""

LOOK_SECONDS = 0.1
"""How often a repeated webhook looks whether the first one's answer is there."""

_log = logs.get(__name__)


class NotAnswered(Exception):
    """The message is stored, cannot be answered at this moment, and has no other way out: the provider shall come
    again.
    """


@dataclass(frozen=True, slots=True)
class InlineReply:
    """What goes into the response."""

    texts: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    """Of the texts, in the same order, for providers that report on replies."""
    is_repeat: bool = False
    """Whether the message had come before."""
    handed: Callable[[], None] = field(default=lambda: None)
    """Call it when the response has been written: the provider has the texts."""
    broken: Callable[[], None] = field(default=lambda: None)
    """Call it when the response could not be written: the provider has given up, and may come again."""


class InlineAnswers:
    """Takes messages of webhooks; blocking, and safe to share between threads.

    Args:
        inbox: where messages are stored.
        arrivals: keep what the database cannot take.
        texts: what goes into responses.
        replying: answers one message, under the same owner.
        wake: calls the worker.
        figures: counts.
        settings: how long to wait.
        owner: of this process' leases.
        other_way: whether answers can go out by themselves later; without that the response is the only way.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        inbox: Inbox,
        arrivals: StoredArrivals,
        texts: InlineTexts,
        replying: Replying,
        wake: Wake,
        figures: SmsFigures,
        settings: Settings,
        owner: Owner,
        *,
        other_way: bool,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._inbox = inbox
        self._arrivals = arrivals
        self._texts = texts
        self._replying = replying
        self._wake = wake
        self._figures = figures
        self._owner = owner
        self._other_way = other_way
        self._clock = clock
        self._patience = (
            settings.sms_reply_in_webhook_seconds if other_way else max(PROVIDER_SECONDS, settings.turn_timeout)
        )
        self._lease_seconds = max(LEASE_SECONDS, settings.turn_timeout + 2 * MARGIN_SECONDS)
        # A gateway thread that waits for the core takes no messages: half of them stay free for that.
        most = max(1, settings.web_threads // 2) if other_way else settings.web_threads
        self._free = threading.Semaphore(most)
        self._pool = ThreadPoolExecutor(most, thread_name_prefix="inline")

    def receive(self, message: IncomingMessage) -> InlineReply:
        """Store a message and, when that is quick enough, answer it.

        Raises:
            SQLAlchemyError: it could not be stored; the provider must send it again.
            NotAnswered: it is stored; the provider must come again for the answer.
        """
        if not self._other_way:
            # What waits on the disk is answered by the worker, and here nobody would carry its answer.
            return self._receive(message)
        self._arrivals.drain()
        try:
            return self._receive(message)
        except SQLAlchemyError as error:
            self._arrivals.keep(message, error)
            return InlineReply()

    def _receive(self, message: IncomingMessage) -> InlineReply:
        # Listening to a recording takes longer than a provider waits.
        is_for_later = self._patience <= 0 or (bool(message.voice) and self._other_way)
        if is_for_later or not self._free.acquire(blocking=not self._other_way):
            return self._store(message)
        # From here on the permit is given back by the thread that answers, or by whoever ends before it begins.
        try:
            taken = self._inbox.take(message, self._lease())
            self._figures.taken(message.route, taken.is_new)
            if taken.is_new and taken.state is IncomingState.ANSWERING:
                question: Question | None = self._inbox.question(taken, message)
            else:
                question = None if self._other_way else self._wait_for_turn(taken)
        except BaseException:
            self._free.release()
            raise
        if question is not None:
            return replace(self._answer(question), is_repeat=not taken.is_new)
        self._free.release()
        if not self._other_way:
            return replace(self._written_before(taken.id), is_repeat=not taken.is_new)
        if taken.is_new:
            # The same person's message before this one is still being answered; the worker keeps the order.
            self._wake.incoming()
        return InlineReply(is_repeat=not taken.is_new)

    def close(self) -> None:
        """Let answers in the making end."""
        self._pool.shutdown(wait=True)

    def _lease(self) -> Lease:
        return Lease(self._owner.name, self._clock() + self._lease_seconds)

    def _store(self, message: IncomingMessage) -> InlineReply:
        taken = self._inbox.take(message)
        self._figures.taken(message.route, taken.is_new)
        if taken.is_new:
            self._wake.incoming()
        return InlineReply(is_repeat=not taken.is_new)

    def _wait_for_turn(self, taken: Taken) -> Question | None:
        """Wait until a message may be answered here, or has been; None when it has been.

        Without another way out there may be no worker: what another process left behind is taken over here.
        """
        deadline = time.monotonic() + self._patience
        while True:
            self._inbox.release(self._owner.gone())
            question = self._inbox.take_over(taken.id, self._lease())
            if question is not None or self._inbox.state(taken.id) not in OPEN_INCOMING:
                return question
            if time.monotonic() > deadline:
                raise NotAnswered
            time.sleep(LOOK_SECONDS)

    def _answer(self, question: Question) -> InlineReply:
        race = _Race()
        # The thread's log lines carry the request's number, too.
        self._pool.submit(copy_context().run, self._find_and_write, question, race)
        if race.written.wait(self._patience):
            return race.reply
        if race.is_first("patience") and self._other_way:
            return InlineReply()
        # The answer is being written down at this moment, or nothing but the response can carry it.
        if not race.written.wait(MARGIN_SECONDS):
            raise NotAnswered
        return race.reply

    def _find_and_write(self, question: Question, race: _Race) -> None:
        try:
            found = self._replying.find(question)
            in_response = race.is_first("answer") or not self._other_way
            lease = self._lease() if in_response else None
            if isinstance(found, Trouble) and self._other_way:
                if self._replying.write_trouble(question, found):
                    self._wake.outgoing()
            elif isinstance(found, Trouble):
                race.reply = self._reply(*self._replying.give_up(question, found, lease))
            else:
                references = self._replying.write(question, found, lease)
                if in_response:
                    race.reply = self._reply(found.texts, references)
                elif references:
                    self._wake.outgoing()
        except SQLAlchemyError as error:
            # The lease runs out, and the message is answered once more: the core remembers the turn.
            _log.error("an answer cannot be written down", message=question.id, cause=type(error).__name__)
        finally:
            self._free.release()
            race.written.set()

    def _written_before(self, id: int) -> InlineReply:
        """The texts of an answer again, as long as nobody knows that the provider has them.

        Another response may be carrying them at this moment; should it break off, this one is the next way.
        """
        deadline = time.monotonic() + self._patience
        while (texts := self._texts.take(id, self._lease(), self._owner.gone())) is None:
            if time.monotonic() > deadline:
                raise NotAnswered
            time.sleep(LOOK_SECONDS)
        return self._reply(tuple(one.text for one in texts), tuple(one.reference for one in texts))

    def _reply(self, texts: tuple[str, ...], references: tuple[str, ...]) -> InlineReply:
        if not references:
            # Another process has answered meanwhile, or nobody is to be answered.
            return InlineReply()
        return InlineReply(
            texts,
            references,
            handed=lambda: self._handed(references),
            broken=lambda: self._broken(references),
        )

    def _handed(self, references: tuple[str, ...]) -> None:
        try:
            self._texts.handed(references, self._owner.name)
        except SQLAlchemyError as error:
            # Nobody knows then that the provider has them; when the lease has run out they go once more.
            _log.error("a reply cannot be marked as handed over", cause=type(error).__name__)

    def _broken(self, references: tuple[str, ...]) -> None:
        try:
            self._texts.give_back(references, self._owner.name)
        except SQLAlchemyError as error:
            _log.error("a reply that broke off cannot be given back", cause=type(error).__name__)
            return
        if self._other_way:
            self._wake.outgoing()


class _Race:
    """Who is first: the answer, or the end of the webhook's patience. Decided once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._first: str | None = None
        self.written = threading.Event()
        self.reply = InlineReply()

    def is_first(self, who: str) -> bool:
        """Whether ``who`` came before the other one."""
        with self._lock:
            self._first = self._first or who
            return self._first == who
