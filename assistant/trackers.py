"""Rasa's conversations, copied and read without going through all their events again.

Rasa makes a copy before each action by replaying every event, and looks through all events whenever it asks which of
them count; both grow with the conversation. Here a copy takes over what the replay would lead to, and of the events
only those are looked at that came since. Copies share their slots until one of them fills a slot.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from rasa.shared.constants import ASSISTANT_ID_KEY
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionReverted,
    ActiveLoop,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.shared.nlu.constants import METADATA_MODEL_ID

_COUNTED = "_motcua_counted"
"""Attribute of a tracker: its :class:`_Counted`."""

PAST = "_motcua_past"
"""Attribute of a tracker: its last states, see :class:`assistant.rule_table.Past`."""

_KEPT_AS_THEY_ARE = frozenset(
    {UserUttered, DefinePrevUserUtteredFeaturization, BotUttered, SlotSet, ActionExecuted, ActiveLoop}
)
"""Events that change nothing which was before them, and tell of no other event."""

_CHANGES_THE_PAST = (ActionReverted, UserUtteranceReverted, Restarted, SessionStarted)

T = TypeVar("T")

_rasas_applied_events = DialogueStateTracker.applied_events
_rasas_last_event = DialogueStateTracker.get_last_event_for
_rasas_set_slot = DialogueStateTracker._set_slot


@dataclass(frozen=True)
class _Counted:
    """Which events count, as of the last one read."""

    read: int
    last: Event | None
    loops: frozenset[str]
    events: tuple[Event, ...]


def shallow(thing: T) -> T:
    """``copy.copy`` of a plain object, without asking how it may be pickled; some thirty are made in a turn."""
    fresh = object.__new__(type(thing))
    vars(fresh).update(vars(thing))
    return fresh


def copy_of(tracker: DialogueStateTracker) -> DialogueStateTracker:
    """A conversation that goes on apart from the one it was copied from; they share the events so far."""
    fresh = shallow(tracker)
    fresh.events = tracker.events.copy()
    slots = type(tracker.slots)()
    slots.update(tracker.slots)
    fresh.slots = slots
    if tracker.active_loop is not None:
        fresh.active_loop = shallow(tracker.active_loop)
    if (past := vars(fresh).get(PAST)) is not None:
        setattr(fresh, PAST, past.copy())
    return fresh


def as_kept(tracker: DialogueStateTracker, last: Sequence[Event]) -> DialogueStateTracker | None:
    """A copy whose last events are these, as they are kept; None where only a replay tells what follows from them.

    Args:
        tracker: a conversation that went on.
        last: what stands for its last events, one for one.
    """
    if not all(type(event) in _KEPT_AS_THEY_ARE for event in last):
        return None
    fresh = copy_of(tracker)
    replaced: dict[int, Event] = {}
    for event in reversed(last):
        before = fresh.events.pop()
        if before is not event:
            replaced[id(before)] = event
            if type(before) is UserUttered:
                event.use_text_for_featurization = before.use_text_for_featurization
    fresh.events.extend(last)
    for name in ("latest_message", "latest_bot_utterance"):
        setattr(fresh, name, replaced.get(id(getattr(fresh, name)), getattr(fresh, name)))
    # What was added stands at the end, as far as it counts.
    counted = _applied(tracker)
    counted = (*counted[: -len(last)], *(replaced.get(id(event), event) for event in counted[-len(last) :]))
    known: _Counted = getattr(tracker, _COUNTED)
    setattr(fresh, _COUNTED, replace(known, last=last[-1], events=counted))
    if (past := vars(fresh).get(PAST)) is not None:
        setattr(fresh, PAST, past.replacing(replaced))
    return fresh


def _set_slot(tracker: DialogueStateTracker, name: str, value: Any) -> None:
    if name not in tracker.slots:
        _rasas_set_slot(tracker, name, value)
        return
    # A slot of its own: the old one may be a copy's, too.
    tracker.slots[name] = fresh = shallow(tracker.slots[name])
    fresh.value = value


def _reset_slots(tracker: DialogueStateTracker) -> None:
    for name, slot in tracker.slots.items():
        tracker.slots[name] = fresh = shallow(slot)
        fresh.reset()


def update(tracker: DialogueStateTracker, event: Event, domain: Domain | None = None) -> None:
    """Take note of an event, as Rasa does.

    Raises:
        ValueError: it is none.
    """
    if not _is_of(type(event), Event):
        raise ValueError("event to log must be an instance of a subclass of Event.")
    marks = {METADATA_MODEL_ID: tracker.model_id, ASSISTANT_ID_KEY: tracker.assistant_id}
    missing = {name: value for name, value in marks.items() if value and name not in event.metadata}
    if missing:
        event.metadata = {**event.metadata, **missing}
    tracker.events.append(event)
    event.apply_to(tracker)


def applied_events(tracker: DialogueStateTracker) -> list[Event]:
    """The events that count, without those that were reverted or belong to an earlier session."""
    return list(_applied(tracker))


def get_last_event_for(
    tracker: DialogueStateTracker,
    event_type: type[Event] | tuple[type[Event], ...],
    action_names_to_exclude: list[str] | None = None,
    skip: int = 0,
    event_verbosity: EventVerbosity = EventVerbosity.APPLIED,
) -> Event | None:
    """The last event of a kind that counts, as Rasa finds it."""
    if event_verbosity is not EventVerbosity.APPLIED or action_names_to_exclude or skip:
        found: Event | None = _rasas_last_event(tracker, event_type, action_names_to_exclude, skip, event_verbosity)
        return found
    events = reversed(_applied(tracker))
    return next((event for event in events if _is_of(type(event), event_type)), None)


def _is_kind_of(kind: type[Event], wanted: type[Event] | tuple[type[Event], ...]) -> bool:
    """Whether events of a kind are what is wanted; events are abstract, so that asking each of them is slow."""
    return issubclass(kind, wanted)


_is_of: Callable[[type[Event], type[Event] | tuple[type[Event], ...]], bool] = cache(_is_kind_of)  # type: ignore[assignment]


def _applied(tracker: DialogueStateTracker) -> tuple[Event, ...]:
    counted: _Counted | None = getattr(tracker, _COUNTED, None)
    read = len(tracker.events)
    if counted is not None and not _goes_on(tracker, counted):
        counted = None
    added = added_since(tracker, counted.read) if counted is not None else []
    if counted is None or any(rewrites(event, counted.loops) for event in added):
        loops = frozenset(event.name for event in tracker.events if isinstance(event, ActiveLoop) and event.name)
        events = tuple(_rasas_applied_events(tracker))
    else:
        loops, events = counted.loops, (*counted.events, *added)
    if counted is None or added:
        setattr(tracker, _COUNTED, _Counted(read, tracker.events[-1] if read else None, loops, events))
    return events


def _goes_on(tracker: DialogueStateTracker, counted: _Counted) -> bool:
    read = counted.read
    return len(tracker.events) >= read and (not read or tracker.events[read - 1] is counted.last)


def added_since(tracker: DialogueStateTracker, read: int) -> list[Event]:
    """The events after the first ``read`` ones."""
    added = list(islice(reversed(tracker.events), len(tracker.events) - read))
    added.reverse()
    return added


def rewrites(event: Event, loops: frozenset[str] | set[str]) -> bool:
    """Whether an event may change which of the events before it count.

    Args:
        event: the one that was added.
        loops: names of the forms that ran so far: of a form asked again and again only the first run counts.
    """
    kind = type(event)
    if kind is BotUttered or kind is SlotSet or kind is UserUttered:
        return False
    if kind is ActionExecuted:
        return event.action_name in loops
    if _is_of(kind, ActiveLoop):
        return event.name is not None and event.name not in loops
    return _is_of(kind, _CHANGES_THE_PAST)


def install() -> None:
    """Have Rasa copy and read conversations this way; harmless when repeated."""
    DialogueStateTracker.copy = copy_of
    DialogueStateTracker.update = update
    DialogueStateTracker.applied_events = applied_events
    DialogueStateTracker.get_last_event_for = get_last_event_for
    DialogueStateTracker._set_slot = _set_slot
    DialogueStateTracker._reset_slots = _reset_slots
