"""The one way a channel talks: a turn in, replies in the channel's own shape out."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Protocol

from redis import RedisError

from channels.core_client import CoreError
from channels.metrics import Metrics
from channels.paging import Paging, asks_for_next_page, ends_pages
from channels.rendering import Page, Rendered, SmsStyle, render_all
from channels.turn_counts import TurnCounts, Went, went
from channels.words import words
from contract.reply import Reply, ReplyKind
from contract.tried import Tried
from contract.turn import Channel, Turn, TurnResult, Understanding
from contract.wishes import Refusal
from language.languages import default_language
from runtime import logs
from runtime.settings import Settings

PAGED_CHANNELS = frozenset({Channel.SMS, Channel.PHONE})
"""Channels where a long answer comes in pages; a screen shows all of it."""

_log = logs.get(__name__)


class Core(Protocol):
    """What answers turns: over HTTP, or in the same process."""

    def converse(self, turn: Turn) -> TurnResult:
        """The answer to one turn; raises :class:`CoreError` when there is none."""
        ...

    def tried(self, conversation: str) -> Tried:
        """What was tried in a conversation; raises :class:`CoreError` when there is no answer."""
        ...


@dataclass(frozen=True, slots=True)
class ConverseAnswer:
    """What a channel delivers for one turn."""

    replies: tuple[Rendered, ...]
    understanding: Understanding
    last: Reply | None = None
    """What the core said last in this turn, before it got a shape; None for a further page."""
    refused: Refusal | None = None
    """Why the turn's wish could not be done."""


class Conversing:
    """Turns of all conversations; safe to share between threads."""

    def __init__(
        self,
        core: Core,
        paging: Paging,
        settings: Settings,
        metrics: Metrics | None = None,
        counts: TurnCounts | None = None,
    ) -> None:
        self._counts = counts
        self._core = core
        self._paging = paging
        self._settings = settings
        self._metrics = metrics or Metrics()

    def turn(self, turn: Turn, style: SmsStyle | None = None) -> ConverseAnswer:
        """Answer one turn: with the next page of the last answer when that is asked for, else from the core.

        Args:
            turn: what the citizen did.
            style: how this citizen's text messages are written; as the operator has set when left out.

        Raises:
            CoreError: the core gave no answer; :func:`trouble` has the words for the citizen.
        """
        started = time.perf_counter()
        page = self._next_page(turn)
        if page is not None:
            answer = ConverseAnswer((Rendered(page.text, page.speech),), Understanding(intent=None))
            self._answered(turn, "next_page", started)
            return answer
        result = self.result(turn)
        last = result.replies[-1] if result.replies else None
        return ConverseAnswer(self._rendered(turn, result, style), result.understanding, last, result.refused)

    def result(self, turn: Turn) -> TurnResult:
        """The core's own answer, for a channel that gives replies their shape itself.

        Raises:
            CoreError: the core gave no answer.
        """
        started = time.perf_counter()
        try:
            result = self._core.converse(turn)
        except CoreError as error:
            self._metrics.turn_failed(turn.channel, type(error).__name__)
            if self._counts is not None:
                self._counts.note(turn.channel, turn.conversation, Went.FAILED)
            _log.error("no answer from the core", conversation=turn.conversation, cause=str(error))
            raise
        self._answered(turn, result.understanding.intent or "none", started)
        # What only happened to a conversation (begun, ended, read on) was no turn of anybody.
        if self._counts is not None and turn.event is None:
            self._counts.note(turn.channel, turn.conversation, went(result), result.understanding.procedure)
        return result

    def tried(self, conversation: str) -> Tried:
        """What was tried in a conversation, for an officer; nothing while the core is away: the ticket counts more."""
        try:
            return self._core.tried(conversation)
        except CoreError as error:
            _log.warning("what was tried is not handed on", conversation=conversation, cause=str(error))
            return ()

    def _answered(self, turn: Turn, intent: str, started: float) -> None:
        seconds = time.perf_counter() - started
        self._metrics.turn_answered(turn.channel, intent, seconds)
        _log.info(
            "turn answered",
            channel=turn.channel.value,
            conversation=turn.conversation,
            intent=intent,
            milliseconds=round(seconds * 1000, 1),
        )

    def _next_page(self, turn: Turn) -> Page | None:
        if turn.channel not in PAGED_CHANNELS:
            return None
        try:
            if asks_for_next_page(turn):
                return self._paging.next(turn.conversation, turn.id)
            if ends_pages(turn):
                self._paging.drop(turn.conversation)
        except RedisError as error:
            _log.warning("pages cannot be read", conversation=turn.conversation, cause=type(error).__name__)
        return None

    def _rendered(self, turn: Turn, result: TurnResult, style: SmsStyle | None) -> tuple[Rendered, ...]:
        rendered = render_all(result.replies, turn.channel, self._settings, style=style)
        if not rendered or not rendered[-1].more:
            return rendered
        try:
            self._paging.keep(turn.conversation, rendered[-1].more)
        except RedisError as error:
            # "1" would bring nothing: send all pages now, without asking for it.
            _log.warning("pages cannot be kept", conversation=turn.conversation, cause=type(error).__name__)
            return render_all(result.replies, turn.channel, self._settings, paging=False, style=style)
        return rendered


def trouble(channel: Channel, settings: Settings) -> ConverseAnswer:
    """What a citizen gets when there is no answer: that it is our fault, and what to do now."""
    reply = Reply(
        kind=ReplyKind.TROUBLE,
        short=words().text(default_language(), "trouble"),
        next_step=words().text(default_language(), "trouble_next", channel),
    )
    return ConverseAnswer(render_all([reply], channel, settings), Understanding(intent=None))
