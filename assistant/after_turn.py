"""After a turn: hands what was not understood to the recorder, and finds the answer just denied."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence

from rasa.shared.core.events import BotUttered, Event, Restarted, SessionStarted, UserUttered

from contract.carried import read_carried
from contract.meaning import Meaning
from contract.reply import Reply
from contract.turn import Turn
from language.normalise import fold, normalise
from language.phrasings import phrasing
from learning.recorder import Recorder
from learning.rule import Exchange, asked_again, worth_keeping
from runtime import logs
from understanding.corrections import matter_of

_log = logs.get(__name__)

DENY = "deny"
_WORD = re.compile(r"\w+")


class Keeping:
    """What is done after a turn, without anybody waiting for it.

    Args:
        recorder: keeps what can teach something.
        understand: the pipeline.
    """

    def __init__(self, recorder: Recorder, understand: Callable[[str], Awaitable[Meaning]]) -> None:
        self._recorder = recorder
        self._understand = understand
        self._tasks: set[asyncio.Task[None]] = set()

    def after(self, turn: Turn, exchange: Exchange, talk: Iterable[Event]) -> None:
        """Take note of a turn that has just been answered; only words count, no keys and no events.

        Args:
            turn: what was said.
            exchange: how it was understood and answered.
            talk: the conversation with this turn at its end; the words before it as they are kept, redacted.
        """
        if turn.text is None:
            return
        # A cry for help is not kept, whatever else it may mean.
        if worth_keeping(exchange) is not None and exchange.meaning.danger is None:
            self._recorder.turn(exchange, turn.channel)
        denied = denies(exchange)
        if not denied and not exchange.meaning.follow_up:
            return
        before = words_and_replies_before(list(talk))
        if before is not None and (denied or asked_again(normalise(before[0]), normalise(exchange.text))):
            task = asyncio.get_running_loop().create_task(self._keep_denied(turn, *before))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def rated(self, turn: Turn, about: str, *, helped: bool) -> None:
        """Take note that somebody said whether it helped.

        Args:
            turn: in which they did.
            about: code of the procedure, or id of the entry, talked of; empty where neither was.
            helped: what they said.
        """
        self._recorder.rated(turn.channel, about, helped=helped)

    async def close(self) -> None:
        """Let what waits be written."""
        await asyncio.gather(*self._tasks)
        await asyncio.to_thread(self._recorder.close)

    async def _keep_denied(self, turn: Turn, text: str, replies: tuple[Reply, ...]) -> None:
        """Keep the turn before this one: it was denied, or asked again in other words."""
        try:
            meaning = await self._understand(text)
            if meaning.danger is not None:
                return
            self._recorder.turn(Exchange(text, meaning, replies), turn.channel, denied=True)
        except Exception as error:
            # The citizen has an answer already; the words of the one denied stay out of the log.
            _log.warning("a denied answer was not kept", cause=type(error).__name__)


def denies(exchange: Exchange) -> bool:
    """Whether a citizen says that something else was meant: "không phải", "không phải, ý em là tạm trú"."""
    if exchange.meaning.intent == DENY:
        return True
    # Nearly every message holds none of these words, and need not be normalised once more.
    return phrasing("may_correct").search(" ".join(_WORD.findall(fold(exchange.text)))) is not None and (
        matter_of(normalise(exchange.text)) is not None
    )


def words_and_replies_before(events: Sequence[Event]) -> tuple[str, tuple[Reply, ...]] | None:
    """What was said and answered before the latest words of a session; None when nothing was."""
    latest: int | None = None
    # From the end: a talk may be long, and only its last words count.
    for place in range(len(events) - 1, -1, -1):
        event = events[place]
        # By their very kinds: events are abstract, and asking what they derive from is slow.
        if type(event) is UserUttered:
            if latest is not None:
                return event.text or "", tuple(_replies(events[place + 1 : latest]))
            latest = place
        elif type(event) in (SessionStarted, Restarted):
            break
    return None


def words_before(events: Sequence[Event]) -> Iterator[tuple[str, str | None]]:
    """The words of a session with their intents, the latest first; of events of a channel the words are empty."""
    for place in range(len(events) - 1, -1, -1):
        event = events[place]
        if type(event) is UserUttered:
            yield event.text or "", event.intent_name
        elif type(event) in (SessionStarted, Restarted):
            return


def _replies(events: Iterable[Event]) -> Iterable[Reply]:
    for event in events:
        custom = (event.data or {}).get("custom") if isinstance(event, BotUttered) else None
        if custom:
            yield read_carried(custom, Reply)
