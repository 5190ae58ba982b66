"""Conversations in Redis: events are appended, citizens' words and personal data sealed.

Stock Rasa rewrites the whole conversation each turn, so a turn gets slower as people talk. Here a turn appends its
own events to a Redis list, only the current session is loaded, of it only what was added since this process read it
last, and a long session is folded into the state it led to. Everything expires.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.trackers import DialogueStateTracker
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline

from assistant import dry_run
from assistant.tracker_cache import Known, RecentlyRead
from assistant.trackers import as_kept, copy_of
from contract.reply import ReplyKind
from language.redaction.personal_data import redact
from stores.sealing import Seal, SealBroken

SEALED_SLOTS = frozenset(
    {"dossier_code", "last4", "shown_dossier", "report_words", "report_place", "dropped_report"}
    | {"registry_key", "registry_proof"}
)
"""Slots whose values are personal: kept between turns, but only encrypted."""

FOLD_AFTER = 80
"""Events of one session before it is folded; about ten turns, where a stock turn has doubled its time."""

LONGEST_KEPT = 2_000
"""Characters of a message whose words are kept, sealed; no question is longer."""

KEY_PREFIX = "motcua:conversation:"
_as_line = json.JSONEncoder(ensure_ascii=False).encode
_SEALED = "_motcua_sealed"
"""Field of an event with its sealed words."""
_STORED = "_motcua_events_stored"
"""Attribute of a tracker: how many of its events are in Redis."""

_also: ContextVar[Callable[[Pipeline], None] | None] = ContextVar("also", default=None)
"""What the running turn wants written together with its conversation."""


@dataclass
class _Turn:
    """What the running turn has read and not yet gone on with, by conversation."""

    looked_at: dict[str, DialogueStateTracker | None] = field(default_factory=dict)
    lines: dict[str, tuple[int, list[str]]] = field(default_factory=dict)
    """What was read with its lock, and from which line on; see :meth:`RedisListTrackerStore.ask`."""


_turn: ContextVar[_Turn | None] = ContextVar("turn", default=None)


class Connect(Protocol):
    """Makes the Redis client inside the running event loop; asyncio clients must not cross loops."""

    def __call__(self) -> Redis:
        """A client with ``decode_responses=True``."""


class RedisListTrackerStore(TrackerStore):  # type: ignore[misc]
    """Append-only conversations with privacy and expiry.

    Args:
        domain: the assistant's domain.
        connect: makes the Redis client on first use.
        seal: encrypts the values of :data:`SEALED_SLOTS`.
        expire_seconds: life of a conversation after its last turn.
    """

    def __init__(self, domain: Domain | None, connect: Connect, seal: Seal, expire_seconds: int) -> None:
        super().__init__(domain)
        self._connect = connect
        self._redis: Redis | None = None
        self._seal = seal
        self._expire_seconds = expire_seconds
        self._read = RecentlyRead()

    @property
    def redis(self) -> Redis:
        """The client, made in the event loop that first needs it."""
        if self._redis is None:
            self._redis = self._connect()
        return self._redis

    async def disconnect(self) -> None:
        """Give back the connections."""
        if self._redis is not None:
            await self._redis.aclose()

    async def look(self, sender_id: str) -> DialogueStateTracker | None:
        """The current session, to be read and not changed: the turn then goes on with it without another round trip."""
        found = await self._retrieved(sender_id)
        if (turn := _turn.get()) is not None:
            turn.looked_at[sender_id] = found
        return found

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The current session of a conversation, or None when nothing is kept."""
        turn = _turn.get()
        if turn is not None and sender_id in turn.looked_at:
            # Nobody else may write while a turn holds its lock. Given once: whoever comes next reads what is kept.
            return turn.looked_at.pop(sender_id)
        return await self._retrieved(sender_id)

    async def _retrieved(self, sender_id: str) -> DialogueStateTracker | None:
        known = self._read.find(sender_id, self.domain)
        lines = await self._lines(sender_id, _first(known))
        if known is not None and (not lines or lines[0] != known.last):
            # Folded, begun anew or forgotten since, perhaps by another process.
            known, lines = None, await self._lines(sender_id, 0)
        if not lines:
            self._read.forget(sender_id)
            return None
        added = lines[1:] if known else lines
        events = deserialise_events([self._opened(json.loads(line)) for line in added])
        found = copy_of(self._kept(sender_id, known, events, added or lines).tracker)
        _remember_stored(found)
        return found

    def _kept(self, sender_id: str, known: Known | None, events: Sequence[Event], lines: Sequence[str]) -> Known:
        """A conversation that went on, remembered for the next turn.

        Args:
            sender_id: its id.
            known: what was remembered of it; None where it begins with these events.
            events: what was added.
            lines: the same as it is written; where nothing was added the last line of before.
        """
        tracker = known.tracker if known else DialogueStateTracker(sender_id, self.domain.slots)
        for event in events:
            tracker.update(event, self.domain)
        # Once here, not in every copy.
        tracker.applied_events()
        now = Known(tracker, self.domain, (known.lines if known else 0) + len(events), lines[-1])
        self._read.keep(now)
        return now

    async def _lines(self, sender_id: str, first: int) -> list[str]:
        turn = _turn.get()
        read = turn.lines.pop(sender_id, None) if turn is not None else None
        if read is not None and read[0] == first:
            return read[1]
        return cast(list[str], await self.redis.lrange(KEY_PREFIX + sender_id, first, -1))

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Append what this turn added; fold or start afresh where that is due. A dry run adds nothing."""
        if dry_run.under_way() is not None:
            return
        events = list(tracker.events)
        new = events[getattr(tracker, _STORED, 0) :]
        if not new:
            return
        start = _last_index(new, SessionStarted, Restarted)
        fresh = start is not None
        if start is not None:
            # A new session or a citizen's wish to be forgotten: nothing older is kept.
            new = [] if isinstance(new[start], Restarted) else new[start:]
        elif len(events) > FOLD_AFTER:
            fresh, new = True, _folded(tracker)
        key = KEY_PREFIX + tracker.sender_id
        written = [self._closed(event.as_dict()) for event in new]
        lines = [_as_line(event) for event in written]
        pipeline = self.redis.pipeline(transaction=True)
        if fresh:
            pipeline.delete(key)
        if new:
            pipeline.rpush(key, *lines)
            pipeline.expire(key, self._expire_seconds)
        if (also := _also.get()) is not None:
            also(pipeline)
        await pipeline.execute()
        known = None if fresh else self._read.find(tracker.sender_id, self.domain)
        if new and (fresh or (known is not None and known.lines == getattr(tracker, _STORED, 0))):
            events = [_as_read(event, line) for event, line in zip(new, written, strict=True)]
            went_on = as_kept(tracker, events) if known is not None else None
            if known is not None and went_on is not None:
                self._read.keep(Known(went_on, self.domain, known.lines + len(events), lines[-1]))
            else:
                self._kept(tracker.sender_id, known, events, lines)
        else:
            self._read.forget(tracker.sender_id)
        _remember_stored(tracker)

    def ask(self, pipeline: Pipeline, sender_id: str) -> int:
        """Have a conversation's new lines read by a pipeline that takes its lock first; for :meth:`turn`.

        Returns:
            The number of the first line that is read.
        """
        first = _first(self._read.find(sender_id, self.domain))
        pipeline.lrange(KEY_PREFIX + sender_id, first, -1)
        return first

    @contextmanager
    def turn(self, sender_id: str, first: int, lines: list[str]) -> Iterator[None]:
        """One turn of one conversation, under its lock: what was read with the lock, or looked at, is not read again.

        Args:
            sender_id: the conversation.
            first: what :meth:`ask` returned.
            lines: what it had read.
        """
        token = _turn.set(_Turn(lines={sender_id: (first, lines)}))
        try:
            yield
        finally:
            _turn.reset(token)

    @contextmanager
    def writing_also(self, also: Callable[[Pipeline], None]) -> Iterator[None]:
        """Have something written in the transaction that saves a conversation, as long as this lasts."""
        token = _also.set(also)
        try:
            yield
        finally:
            _also.reset(token)

    async def delete(self, sender_id: str) -> None:
        """Forget a conversation."""
        self._read.forget(sender_id)
        if (turn := _turn.get()) is not None:
            turn.looked_at.pop(sender_id, None)
            turn.lines.pop(sender_id, None)
        await self.redis.delete(KEY_PREFIX + sender_id)

    async def keys(self) -> Iterable[str]:
        """Ids of the conversations kept."""
        return [key.removeprefix(KEY_PREFIX) async for key in self.redis.scan_iter(match=KEY_PREFIX + "*")]

    def _closed(self, event: dict[str, Any]) -> dict[str, Any]:
        """The event as it may be written."""
        kind = event["event"]
        if kind == "slot" and event["name"] in SEALED_SLOTS and event["value"] is not None:
            return {**event, "value": {"sealed": self._seal.close(json.dumps(event["value"]))}}
        if kind == "user":
            # Words are sealed, not redacted: no rule finds every name in them. They are asked for once more, when the
            # citizen says that something else was meant, or goes on telling of a danger.
            words, parsed = event.get("text") or "", event.get("parse_data") or {}
            meant = {**event, "text": "", "parse_data": {"intent": parsed.get("intent"), "entities": []}}
            return {**meant, _SEALED: self._seal.close(words)} if 0 < len(words) <= LONGEST_KEPT else meant
        if kind == "bot":
            # Kept to be heard again. Answers quote public facts; what asks for a detail may read words back.
            data = event.get("data") or {}
            said = data.get("custom") or {}
            if said.get("kind") == ReplyKind.ASK_DETAIL:
                data = {**data, "custom": {"sealed": self._seal.close(json.dumps(said))}}
            text = event.get("text")
            return {**event, "text": redact(text) if text else text, "data": data}
        return event

    def _opened(self, event: dict[str, Any]) -> dict[str, Any]:
        if _SEALED in event:
            sealed = event.pop(_SEALED)
            try:
                return {**event, "text": self._seal.open(sealed)}
            except SealBroken:
                return event
        value = event.get("value")
        if event["event"] == "slot" and isinstance(value, dict) and "sealed" in value:
            try:
                return {**event, "value": json.loads(self._seal.open(value["sealed"]))}
            except SealBroken:
                # The key was changed: the citizen is asked again, which is better than a conversation that fails.
                return {**event, "value": None}
        data = event.get("data") or {}
        if event["event"] == "bot" and "sealed" in (data.get("custom") or {}):
            try:
                return {**event, "data": {**data, "custom": json.loads(self._seal.open(data["custom"]["sealed"]))}}
            except SealBroken:
                return {**event, "data": {**data, "custom": None}}
        return event


def _as_read(event: Event, written: dict[str, Any]) -> Event:
    """An event as the next turn reads it, without opening what was just sealed.

    Args:
        event: of the running turn.
        written: what was written of it.
    """
    if type(event) is UserUttered:
        words = event.text if _SEALED in written else ""
        return cast(Event, Event.from_parameters({**written, "text": words}))
    if type(event) is BotUttered and event.text:
        return cast(Event, Event.from_parameters({**written, "data": event.data}))
    return event


def _first(known: Known | None) -> int:
    """The first line to read: the last one known, to see that nobody else has written anew since, or all."""
    return known.lines - 1 if known else 0


def _remember_stored(tracker: DialogueStateTracker) -> None:
    # Kept on the tracker itself: it compares by content and can be no key of a dictionary.
    setattr(tracker, _STORED, len(tracker.events))


def _last_index(events: list[Event], *kinds: type[Event]) -> int | None:
    for index in range(len(events) - 1, -1, -1):
        # By their very kind: events are abstract, and asking what they derive from is slow.
        if type(events[index]) in kinds:
            return index
    return None


def _folded(tracker: DialogueStateTracker) -> list[Event]:
    """A short list of events that leads to the state the tracker is in."""
    state: list[Event] = [SessionStarted(), ActionExecuted(ACTION_LISTEN_NAME)]
    state += [SlotSet(slot.name, slot.value) for slot in tracker.slots.values() if slot.value != slot.initial_value]
    if tracker.active_loop_name:
        state += [ActionExecuted(tracker.active_loop_name), ActiveLoop(tracker.active_loop_name)]
        state.append(SlotSet("requested_slot", tracker.get_slot("requested_slot")))
    last_user = _last_index(list(tracker.events), type(tracker.latest_message)) if tracker.latest_message else None
    state.append(ActionExecuted(ACTION_LISTEN_NAME))
    if last_user is not None:
        # Session expiry is counted from the last words of the citizen.
        state += list(tracker.events)[last_user : last_user + 1]
        state.append(ActionExecuted(ACTION_LISTEN_NAME))
    return state
