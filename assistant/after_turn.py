"""After a turn: hands what was not understood to the recorder, and finds the answer just denied."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterable

from rasa.shared.core.events import BotUttered, Event, UserUttered

from assistant.tracker_store import RedisListTrackerStore
from contract.carried import read_carried
from contract.meaning import Meaning
from contract.reply import Reply
from contract.turn import Turn
from language.normalise import normalise
from learning.recorder import Recorder
from learning.rule import Exchange, asked_again, worth_keeping
from understanding.corrections import matter_of

logger = logging.getLogger(__name__)

DENY = "deny"
_MAY_CORRECT = re.compile(r"kh[oôõ]ng|nh[aầ]m|sai|\b(?:ko|k|hok|hong|hông|lộn|lon|ý|y)\b", re.IGNORECASE)
"""Nearly every message holds none of these and need not be normalised once more."""


class Keeping:
    """What is done after a turn, without anybody waiting for it.

    Args:
        recorder: keeps what can teach something.
        store: the conversations, where the words before a denial stand (redacted).
        understand: the pipeline.
    """

    def __init__(
        self,
        recorder: Recorder,
        store: RedisListTrackerStore,
        understand: Callable[[str], Awaitable[Meaning]],
    ) -> None:
        self._recorder = recorder
        self._store = store
        self._understand = understand
        self._tasks: set[asyncio.Task[None]] = set()

    def after(self, turn: Turn, exchange: Exchange) -> None:
        """Take note of a turn that has just been answered; only words count, no keys and no events."""
        if turn.text is None:
            return
        # A cry for help is not kept, whatever else it may mean.
        if worth_keeping(exchange) is not None and exchange.meaning.danger is None:
            self._recorder.turn(exchange, turn.channel)
        denied = denies(exchange)
        if denied or exchange.meaning.follow_up:
            again = None if denied else normalise(exchange.text)
            task = asyncio.get_running_loop().create_task(self._keep_denied(turn, again))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Let what waits be written."""
        await asyncio.gather(*self._tasks)
        await asyncio.to_thread(self._recorder.close)

    async def _keep_denied(self, turn: Turn, again: str | None) -> None:
        """Keep the turn before this one: it was denied, or is asked again in these words."""
        try:
            tracker = await self._store.retrieve(turn.conversation)
            before = words_and_replies_before(list(tracker.events)) if tracker is not None else None
            if before is None:
                return
            text, replies = before
            if again is not None and not asked_again(normalise(text), again):
                return
            meaning = await self._understand(text)
            if meaning.danger is not None:
                return
            self._recorder.turn(Exchange(text, meaning, replies), turn.channel, denied=True)
        except Exception as error:
            # The citizen has an answer already; the words of the one denied stay out of the log.
            logger.warning("a denied answer was not kept (%s)", type(error).__name__)


def denies(exchange: Exchange) -> bool:
    """Whether a citizen says that something else was meant: "không phải", "không phải, ý em là tạm trú"."""
    if exchange.meaning.intent == DENY:
        return True
    return _MAY_CORRECT.search(exchange.text) is not None and matter_of(normalise(exchange.text)) is not None


def words_and_replies_before(events: list[Event]) -> tuple[str, tuple[Reply, ...]] | None:
    """What was said and answered before the latest words of a conversation; None when nothing was."""
    spoken = [place for place, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(spoken) < 2:
        return None
    words = events[spoken[-2]]
    return words.text or "", tuple(_replies(events[spoken[-2] + 1 : spoken[-1]]))


def _replies(events: Iterable[Event]) -> Iterable[Reply]:
    for event in events:
        custom = (event.data or {}).get("custom") if isinstance(event, BotUttered) else None
        if custom:
            yield read_carried(custom, Reply)
