"""The trained rules by what they begin to compare with, and the last few states of a conversation.

Rasa compares a conversation with every rule, and derives all its states anew for each comparison. A rule looks at
two to four states; which rules can apply at all follows from the last one. So rules are found by the last action and
intent, and a conversation carries its last states with it.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from rasa.shared.core.constants import (
    ACTIVE_LOOP,
    LOOP_NAME,
    PREVIOUS_ACTION,
    SHOULD_NOT_BE_SET,
    SLOTS,
    USER,
)
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    Event,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.slots import Slot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ACTION_NAME, INTENT

from assistant.trackers import PAST, added_since, rewrites, shallow

_READ = {USER: {INTENT}, PREVIOUS_ACTION: {ACTION_NAME}, ACTIVE_LOOP: {LOOP_NAME}}
"""What of a state rules may name here, besides slots."""

Features = Mapping[str, Any]


class CannotBeTabled(ValueError):
    """A rule names something this table does not compare; the message says what."""


class State(NamedTuple):
    """What a conversation looked like before an action, as far as rules name it."""

    action: str | None = None
    """The action before; None at the start of a conversation."""
    user: UserUttered | None = None
    loop: str | None = None
    slots: Features = {}
    """Features of the slots that rules name, by name; slots without a value are left out."""


@dataclass(frozen=True)
class Wanted:
    """One state of a rule; what it does not name is not compared."""

    action: str | None
    intent: str | None
    loop: str | None
    slots: Features

    @classmethod
    def of(cls, state: Mapping[str, Mapping[str, Any]]) -> Wanted:
        """Read a state as Rasa stores it.

        Raises:
            CannotBeTabled: when it names words, entities, or an answer written out in a story.
        """
        for part, named in state.items():
            if part != SLOTS and (unread := named.keys() - _READ.get(part, set())):
                raise CannotBeTabled(f"a rule compares {part}: {', '.join(sorted(unread))}")
        # Rasa's JSON turns the tuples it compares into lists.
        slots = {
            name: tuple(value) if isinstance(value, list) else value for name, value in state.get(SLOTS, {}).items()
        }
        return cls(
            state.get(PREVIOUS_ACTION, {}).get(ACTION_NAME),
            state.get(USER, {}).get(INTENT),
            state.get(ACTIVE_LOOP, {}).get(LOOP_NAME),
            slots,
        )

    def fits(self, state: State, intent: str | None) -> bool:
        """Whether a state has everything named.

        Args:
            state: of the conversation.
            intent: the user's intent there, as far as it counts.
        """
        if self.action is None or state.action is None:
            # The start of a conversation has no action before it, and nothing else of it is compared.
            return self.action is state.action
        return (
            self.action == state.action
            and _fits(self.intent, intent)
            and _fits(self.loop, state.loop)
            and all(_fits(value, state.slots.get(name)) for name, value in self.slots.items())
        )


def _fits(wanted: Any, found: Any) -> bool:
    if wanted == SHOULD_NOT_BE_SET:
        return not found or found == SHOULD_NOT_BE_SET
    return not wanted or found == wanted


@dataclass(frozen=True)
class Rule:
    """One decision of a rule: what the last states must be, the last one first, and what follows."""

    key: str
    """As Rasa stores it."""
    wanted: tuple[Wanted, ...]
    outcome: str

    @classmethod
    def of(cls, key: str, outcome: str) -> Rule:
        """Read an entry of Rasa's table."""
        return cls(key, tuple(Wanted.of(state) for state in reversed(json.loads(key))), outcome)

    def fits(self, states: Sequence[State], intent: str | None) -> bool:
        """Whether it applies.

        Args:
            states: of the conversation, the last one first. A conversation shorter than the rule is compared as far
                as it goes.
            intent: of the last state.
        """
        places = zip(self.wanted, states, strict=False)
        return all(
            wanted.fits(state, intent if place == 0 else intent_of(state))
            for place, (wanted, state) in enumerate(places)
        )


class RuleTable:
    """Rules by the action before and the intent of the last state they compare.

    Args:
        entries: Rasa's table: the states as JSON, and what follows from them.

    Raises:
        CannotBeTabled: when a rule names what is not compared here.
    """

    def __init__(self, entries: Mapping[str, str]) -> None:
        self.depth = 0
        """States of the longest rule."""
        self.slots: set[str] = set()
        """Slots that rules name."""
        self._rules: dict[tuple[str | None, str | None], list[Rule]] = {}
        for rule in (Rule.of(key, outcome) for key, outcome in entries.items()):
            last = rule.wanted[0]
            # At the start of a conversation nothing but the start is compared.
            self._rules.setdefault((last.action, last.intent if last.action else None), []).append(rule)
            self.depth = max(self.depth, len(rule.wanted))
            self.slots.update(name for wanted in rule.wanted for name in wanted.slots)

    def find(self, states: Sequence[State], intent: str | None) -> Iterator[Rule]:
        """The rules that apply.

        Args:
            states: of the conversation, the last one first.
            intent: of the last state, None when its words are read instead.
        """
        action = states[0].action
        for named in dict.fromkeys((intent, None, SHOULD_NOT_BE_SET)) if action is not None else (None,):
            for rule in self._rules.get((action, named), ()):
                if rule.fits(states, intent):
                    yield rule


def intent_of(state: State) -> str | None:
    """The intent rules see in a state."""
    user = state.user
    return user.intent_name if user is not None and not user.use_text_for_featurization else None


def last_states(tracker: DialogueStateTracker, depth: int, slots: Iterable[str]) -> list[State]:
    """The last states of a conversation, the last one first, as Rasa derives them from its whole history.

    They are kept with the tracker, so that only what was added since is looked at.

    Args:
        tracker: the conversation.
        depth: how many states.
        slots: names of slots to be part of them.
    """
    past: Past | None = getattr(tracker, PAST, None)
    if past is None or not past.follow(tracker):
        past = Past(tracker, depth, slots)
        setattr(tracker, PAST, past)
    return [past.now, *reversed(past.before)][:depth]


class Past:
    """The states of one conversation, event by event."""

    def __init__(self, tracker: DialogueStateTracker, depth: int, slots: Iterable[str]) -> None:
        self.before: deque[State] = deque(maxlen=depth)
        self._slots = {name: _unset(tracker.slots[name]) for name in slots if name in tracker.slots}
        self._unset = {name: value for name, slot in self._slots.items() if (value := _feature(slot, slot.value))}
        self.now = State(slots=self._unset)
        self._loops = {event.name for event in tracker.events if isinstance(event, ActiveLoop) and event.name}
        # Rasa's reading of what counts: a form asked again and again has run once.
        for event in tracker.applied_events():
            self._take(event)
        self._read = len(tracker.events)
        self._last: Event | None = tracker.events[-1] if tracker.events else None

    def copy(self) -> Past:
        """The same for a copy of the conversation, which goes on apart."""
        fresh = shallow(self)
        fresh.before = self.before.copy()
        return fresh

    def replacing(self, replaced: Mapping[int, Event]) -> Past:
        """The same where some events stand for others that said as much.

        Args:
            replaced: by the identity of what they stand for.
        """
        fresh = shallow(self)
        fresh.before = deque((_replacing(state, replaced) for state in self.before), self.before.maxlen)
        fresh.now = _replacing(self.now, replaced)
        fresh._last = replaced.get(id(self._last), self._last)
        return fresh

    def follow(self, tracker: DialogueStateTracker) -> bool:
        """Take what was added; False when that changes what was before, so that all must be read again."""
        read = len(tracker.events)
        if read < self._read or (self._read and tracker.events[self._read - 1] is not self._last):
            return False
        added = added_since(tracker, self._read)
        if any(rewrites(event, self._loops) for event in added):
            return False
        for event in added:
            self._take(event)
        self._read, self._last = read, tracker.events[-1] if read else None
        return True

    def _take(self, event: Event) -> None:
        kind = type(event)
        if kind is BotUttered:
            return
        if kind is ActionExecuted:
            self.before.append(self.now)
            self.now = self.now._replace(action=event.action_name or "")
        elif kind is UserUttered:
            self.now = self.now._replace(user=None if event.is_empty() else event)
        elif kind is SlotSet:
            if event.key in self._slots:
                others = {name: value for name, value in self.now.slots.items() if name != event.key}
                feature = _feature(self._slots[event.key], event.value)
                self.now = self.now._replace(slots={**others, event.key: feature} if feature else others)
        elif isinstance(event, ActiveLoop):
            self.now = self.now._replace(loop=event.name)
        elif kind is AllSlotsReset:
            self.now = self.now._replace(slots=self._unset)


def _replacing(state: State, replaced: Mapping[int, Event]) -> State:
    user = replaced.get(id(state.user))
    return state if user is None else state._replace(user=user)


def _unset(slot: Slot) -> Slot:
    fresh = shallow(slot)
    fresh.reset()
    return fresh


def _feature(slot: Slot, value: Any) -> Any:
    """What rules compare of a slot's value; None when there is nothing to compare."""
    probe = shallow(slot)
    probe.value = value
    feature = probe.as_feature()
    if feature and value == SHOULD_NOT_BE_SET:
        return SHOULD_NOT_BE_SET
    return tuple(feature) if any(feature) else None
