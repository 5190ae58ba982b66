"""Keeps utterances after their turn, in a thread of its own.

A turn only hands over what happened. When the queue is full the utterance is lost and counted, and a
database that is away costs a warning in the log: nobody waits for the sake of learning.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass
from datetime import date, timedelta

from contract.meaning import Candidate
from contract.reply import ReplyKind
from contract.turn import Channel
from language.normalise import normalise
from language.redaction.personal_data import redact
from learning.kept import Kept, Reason
from learning.ratings import Rating, RatingStore
from learning.rule import Exchange, keepable, told_of, without_tags, worth_keeping
from learning.store import LearningStore
from runtime import logs

CAPACITY = 500
"""Exchanges that may wait; some minutes of a busy day, and less than a megabyte."""

ANSWERED_LENGTH = 300
"""Characters kept of what was answered; enough to recognise the answer."""

_log = logs.get(__name__)


@dataclass(frozen=True)
class _Waiting:
    exchange: Exchange
    reason: Reason
    channel: Channel


class Recorder:
    """Takes exchanges and keeps those worth keeping.

    Args:
        store: where they go.
        today: the clock.
        keep_days: days after which an utterance that did not come again is deleted.
        capacity: exchanges that may wait.
        ratings: where it is counted whether answers helped; None: nowhere.
    """

    def __init__(
        self,
        store: LearningStore,
        today: Callable[[], date],
        keep_days: int,
        capacity: int = CAPACITY,
        ratings: RatingStore | None = None,
    ) -> None:
        self._store = store
        self._ratings = ratings
        self._today = today
        self._keep = timedelta(days=keep_days)
        self._queue: queue.Queue[_Waiting | Rating | None] = queue.Queue(capacity)
        self._thread: threading.Thread | None = None
        self._cleared_on: date | None = None
        self.lost = 0
        """Exchanges worth keeping that were not kept, because of a full queue or a failing database."""

    def turn(self, exchange: Exchange, channel: Channel, denied: bool = False) -> None:
        """Take one exchange; returns at once and never raises for want of space or database.

        Args:
            exchange: what happened.
            channel: where the citizen is.
            denied: the citizen's next words were that something else was meant.
        """
        reason = worth_keeping(exchange, denied)
        if reason is not None:
            self._take(_Waiting(exchange, reason, channel))

    def rated(self, channel: Channel, about: str, *, helped: bool) -> None:
        """Take whether answers helped; returns at once and never raises, as :meth:`turn`.

        Args:
            channel: where the citizen is.
            about: code of the procedure, or id of the entry, told last; empty where neither was.
            helped: what they said.
        """
        if self._ratings is not None:
            self._take(Rating(self._today(), channel, about, helped))

    def _take(self, waiting: _Waiting | Rating) -> None:
        if self._thread is None:
            # Not before it is needed: a thread does not survive the fork of a server's workers.
            self._thread = threading.Thread(target=copy_context().run, args=(self._run,), name="learning", daemon=True)
            self._thread.start()
        try:
            self._queue.put_nowait(waiting)
        except queue.Full:
            self.lost += 1

    def close(self, wait_seconds: float = 5.0) -> None:
        """Let what waits be written, for a limited time; more may be handed over afterwards."""
        thread, self._thread = self._thread, None
        if thread is None:
            return
        try:
            self._queue.put(None, timeout=wait_seconds)
        except queue.Full:
            return
        thread.join(wait_seconds)

    def _run(self) -> None:
        while (waiting := self._queue.get()) is not None:
            try:
                self._write(waiting)
            except Exception as error:
                # Whatever it is, the next utterance gets its chance; the text itself stays out of the log.
                self.lost += 1
                kind = type(error).__name__
                _log.warning("an utterance was not kept", cause=kind, lost=self.lost)

    def _write(self, waiting: _Waiting | Rating) -> None:
        if isinstance(waiting, Rating):
            if self._ratings is not None:
                self._ratings.add(waiting)
            return
        today = self._today()
        kept = kept_of(waiting.exchange, waiting.reason, waiting.channel, today)
        if kept is not None:
            self._store.add(kept)
        if self._cleared_on != today:
            self._store.forget_before(today - self._keep)
            self._cleared_on = today


def kept_of(exchange: Exchange, reason: Reason, channel: Channel, day: date) -> Kept | None:
    """What is kept of an exchange; None when its text may not be kept."""
    text = keepable(exchange.text)
    if text is None:
        return None
    normalised = normalise(without_tags(text))
    if not normalised:
        return None
    said = [reply for reply in exchange.replies if reply.kind is not ReplyKind.NOTICE] or exchange.replies
    candidates, code = exchange.meaning.considered, told_of(exchange)
    if reason is Reason.FOLLOW_UP and code is not None:
        # The same words about another matter are another question.
        candidates, normalised = (Candidate(code=code, chance=1.0),), f"{code} {normalised}"
    return Kept(
        text=text,
        normalised=normalised,
        channel=channel,
        reason=reason,
        intent=exchange.meaning.intent or "",
        candidates=candidates,
        answered=redact(said[-1].short)[:ANSWERED_LENGTH] if said else "",
        day=day,
    )
