"""Rasa's actions, looked up, called and given what they ask for without building it all anew in every turn.

Rasa makes a table of all its default actions to find one by name, looks through every slot of the domain for one that
could be filled from a message, writes out all events of a conversation for an action that may read none of them, and
copies all events to look at the last few. What comes of it is the same.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

from rasa.core.actions import action
from rasa.core.actions.action import Action, ActionExtractSlots, RemoteAction
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import (
    ACTION_LISTEN_NAME,
    ACTION_SESSION_START_NAME,
    ACTION_VALIDATE_SLOT_MAPPINGS,
    DEFAULT_SLOT_NAMES,
    MAPPING_TYPE,
)
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet
from rasa.shared.core.slot_mappings import SlotMappingType
from rasa.shared.core.slots import ListSlot, Slot
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity
from rasa.shared.nlu.constants import (
    ENTITY_ATTRIBUTE_GROUP,
    ENTITY_ATTRIBUTE_ROLE,
    ENTITY_ATTRIBUTE_TYPE,
    ENTITY_ATTRIBUTE_VALUE,
)
from rasa.utils.endpoints import EndpointConfig

from assistant.in_process_actions import InProcessActions

_FOUND = "_motcua_actions"
"""Attribute of a domain: its actions by name, and the endpoint they were made for."""
_UNHEARD = "_motcua_unheard"
"""Attribute of a domain: see :func:`unheard_slots`."""
_FILLED = "_motcua_filled"
"""Attribute of a domain: its :class:`_Filled`."""

_rasas_look_up = action.action_for_name_or_text
_rasas_extraction = ActionExtractSlots.run
_rasas_call = RemoteAction._action_call_format


@dataclass(frozen=True)
class _Filled:
    """What of a domain a message may fill by itself."""

    domain: Domain
    """The same with such slots alone."""
    plain: tuple[tuple[str, str], ...] | None
    """Each such slot and the entity whose value it takes, whatever else is said; None where one is filled otherwise."""


class EventsAsAsked(Sequence[dict[str, Any]]):
    """Events of a conversation as actions read them, each written out when it is looked at.

    Args:
        events: all of them.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events

    @overload
    def __getitem__(self, place: int) -> dict[str, Any]: ...
    @overload
    def __getitem__(self, place: slice) -> list[dict[str, Any]]: ...
    def __getitem__(self, place: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        if isinstance(place, slice):
            return [event.as_dict() for event in list(self._events)[place]]
        return dict(self._events[place].as_dict())

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (event.as_dict() for event in self._events)

    def __reversed__(self) -> Iterator[dict[str, Any]]:
        return (event.as_dict() for event in reversed(self._events))

    def __len__(self) -> int:
        return len(self._events)


def action_for(name: str, domain: Domain, endpoint: EndpointConfig | None) -> Action:
    """The action of a name or an answer; made once, since none of them keeps anything between two runs.

    Raises:
        ActionNotFoundException: for one the domain does not know.
    """
    known = vars(domain).setdefault(_FOUND, (endpoint, {}))
    if known[0] is not endpoint:
        return _rasas_look_up(name, domain, endpoint)
    if name not in known[1]:
        known[1][name] = _rasas_look_up(name, domain, endpoint)
    return known[1][name]


async def _extract(self: ActionExtractSlots, output: Any, nlg: Any, tracker: Any, domain: Domain) -> list[Event]:
    filled: _Filled | None = vars(domain).get(_FILLED)
    if filled is None:
        filled = vars(domain)[_FILLED] = _filled_in(domain)
    latest = tracker.latest_message
    if filled.plain is not None and latest is not None and not tracker.active_loop_name:
        return list(_filled_from(latest.entities, filled.plain, tracker))
    found: list[Event] = await _rasas_extraction(self, output, nlg, tracker, filled.domain)
    return found


def _filled_in(domain: Domain) -> _Filled:
    """The slots that are filled from entities, intents, words, or by an action run for it."""
    if ACTION_VALIDATE_SLOT_MAPPINGS in domain.user_actions:
        # It gets the conversation with all of them.
        return _Filled(domain, None)
    filled = copy.copy(domain)
    filled.slots = [slot for slot in domain.slots if slot.name not in DEFAULT_SLOT_NAMES and _is_filled(slot)]
    plain = [(slot.name, entity) for slot in filled.slots if (entity := _entity_of(slot, domain)) is not None]
    return _Filled(filled, tuple(plain) if len(plain) == len(filled.slots) else None)


def _entity_of(slot: Slot, domain: Domain) -> str | None:
    """The entity whose value a slot takes; None where it takes more than that, or somebody listens to its filling."""
    if len(slot.mappings) != 1 or isinstance(slot, ListSlot) or slot.name not in unheard_slots(domain):
        return None
    (mapping,) = slot.mappings
    entity: str | None = mapping.get(ENTITY_ATTRIBUTE_TYPE)
    is_plain = mapping == {MAPPING_TYPE: str(SlotMappingType.FROM_ENTITY), ENTITY_ATTRIBUTE_TYPE: entity}
    return entity if is_plain and entity in domain.entities else None


def _filled_from(
    entities: Iterable[Mapping[str, Any]], plain: Iterable[tuple[str, str]], tracker: DialogueStateTracker
) -> Iterator[Event]:
    """The slots that entities fill with something else than what stands there."""
    for name, wanted in plain:
        values = [
            entity[ENTITY_ATTRIBUTE_VALUE]
            for entity in entities
            if entity.get(ENTITY_ATTRIBUTE_TYPE) == wanted
            and entity.get(ENTITY_ATTRIBUTE_ROLE) is None
            and entity.get(ENTITY_ATTRIBUTE_GROUP) is None
        ]
        if values and values[-1] != tracker.get_slot(name):
            yield SlotSet(name, values[-1])


def unheard_slots(domain: Domain) -> frozenset[str]:
    """Slots whose filling nobody listens to: no rule compares them, and no form takes what was said for them."""
    known: frozenset[str] | None = vars(domain).get(_UNHEARD)
    if known is None:
        asked = {name for form in domain.forms for name in domain.required_slots_for_form(form)}
        known = vars(domain)[_UNHEARD] = frozenset(
            slot.name
            for slot in domain.slots
            if not slot.influence_conversation and slot.name not in asked | DEFAULT_SLOT_NAMES
        )
    return known


def _is_filled(slot: Slot) -> bool:
    return any(
        SlotMappingType(mapping.get(MAPPING_TYPE)) != SlotMappingType.CUSTOM or mapping.get("action")
        for mapping in slot.mappings
    )


def _call(self: RemoteAction, tracker: DialogueStateTracker, domain: Domain) -> dict[str, Any]:
    """What an action is told; one that lives in this process gets the events it asks for."""
    if not isinstance(self.action_endpoint, InProcessActions):
        over_http: dict[str, Any] = _rasas_call(self, tracker, domain)
        return over_http
    state = tracker.current_state(EventVerbosity.NONE)
    state["events"] = EventsAsAsked(tracker.events)
    call = {"next_action": self.name(), "sender_id": tracker.sender_id, "tracker": state}
    if domain.does_custom_action_explicitly_need_domain(self.name()):
        call["domain"] = domain.as_dict()
    return call


def _is_action_limit_reached(self: MessageProcessor, tracker: DialogueStateTracker, goes_on: bool) -> bool:
    if not goes_on:
        return False
    predicted = 0
    for event in reversed(tracker.events):
        if type(event) is ActionExecuted:
            if event.action_name in (ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME):
                break
            predicted += 1
    return bool(predicted >= self.max_number_of_predictions)


def install() -> None:
    """Have Rasa do it this way; harmless when repeated."""
    action.action_for_name_or_text = action_for
    ActionExtractSlots.run = _extract
    RemoteAction._action_call_format = _call
    MessageProcessor.is_action_limit_reached = _is_action_limit_reached
