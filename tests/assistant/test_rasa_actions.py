"""Actions are found, called and given their events as by Rasa itself."""

from __future__ import annotations

import assistant.lean_rasa  # isort: skip  # noqa: F401  (before rasa)

from types import SimpleNamespace

import pytest
from rasa.core.actions.action import ActionExtractSlots, RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.processor import MessageProcessor
from rasa.shared.core.domain import ActionNotFoundException, Domain
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

from assistant import rasa_actions, trackers
from assistant.in_process_actions import InProcessActions
from assistant.model import DOMAIN
from contract.reply import Reply, ReplyKind

FILLED = """
version: "3.1"
intents: [ask]
entities: [place]
slots:
  town: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: place}]}
actions: [action_tell]
responses: {utter_hello: [{text: hello}]}
"""
HERE = InProcessActions([], Reply(kind=ReplyKind.TROUBLE, short="Xin lỗi."))


def conversation(domain: Domain) -> DialogueStateTracker:
    place = [{"entity": "place", "value": "Hà Giang", "start": 0, "end": 8}]
    events: list[Event] = [
        ActionExecuted("action_session_start"),
        SessionStarted(),
        ActionExecuted("action_listen"),
        UserUttered("làm giấy", {"name": "ask", "confidence": 1.0}, place),
        BotUttered("vâng"),
        ActionExecuted("action_tell"),
    ]
    return DialogueStateTracker.from_events("a", events, slots=domain.slots)


@pytest.fixture(params=["the project's domain", "a domain whose slots fill themselves"])
def domain(request) -> Domain:
    return Domain.load(str(DOMAIN)) if request.param.startswith("the") else Domain.from_yaml(FILLED)


async def test_slots_are_filled_as_by_rasa(domain: Domain) -> None:
    given = CollectingOutputChannel(), TemplatedNaturalLanguageGenerator({}), conversation(domain), domain
    ours = await rasa_actions._extract(ActionExtractSlots(None), *given)
    assert ours == await rasa_actions._rasas_extraction(ActionExtractSlots(None), *given)
    assert bool(ours) == any(slot.name == "town" for slot in domain.slots)


@pytest.mark.parametrize("before", ["Hà Giang", "Lào Cai"])
async def test_a_slot_that_holds_what_was_said_is_not_filled_again(before: str) -> None:
    domain = Domain.from_yaml(FILLED)
    tracker = conversation(domain)
    tracker.update(SlotSet("town", before))
    filled = await rasa_actions._extract(ActionExtractSlots(None), CollectingOutputChannel(), None, tracker, domain)
    assert filled == ([] if before == "Hà Giang" else [SlotSet("town", "Hà Giang")])


FILLED_OTHERWISE = {
    "by a role": FILLED.replace("entity: place}", "entity: place, role: to}"),
    "with an intent": FILLED.replace("entity: place}", "entity: place, intent: ask}"),
    "by words": FILLED.replace("from_entity, entity: place", "from_text"),
    "as a list": FILLED.replace("type: text, influence", "type: list, influence"),
    "for a rule": FILLED.replace("influence_conversation: false", "influence_conversation: true"),
    "in a form": FILLED + "forms: {town_form: {required_slots: [town]}}",
}


@pytest.mark.parametrize("kind", FILLED_OTHERWISE)
@pytest.mark.parametrize("active", [None, "town_form"])
async def test_slots_filled_otherwise_are_left_to_rasa(kind: str, active: str | None) -> None:
    domain = Domain.from_yaml(FILLED_OTHERWISE[kind])
    tracker = conversation(domain)
    tracker.update(ActiveLoop(active))
    given = CollectingOutputChannel(), TemplatedNaturalLanguageGenerator({}), tracker, domain
    ours = await rasa_actions._extract(ActionExtractSlots(None), *given)
    assert ours == await rasa_actions._rasas_extraction(ActionExtractSlots(None), *given)


def test_every_action_of_the_domain_is_found(domain: Domain) -> None:
    for name in domain.action_names_or_texts:
        ours, its = rasa_actions.action_for(name, domain, HERE), rasa_actions._rasas_look_up(name, domain, HERE)
        assert (type(ours), ours.name()) == (type(its), its.name())
        assert rasa_actions.action_for(name, domain, HERE) is ours
    with pytest.raises(ActionNotFoundException):
        rasa_actions.action_for("action_nobody_wrote", domain, HERE)


def test_another_endpoint_gets_actions_of_its_own(domain: Domain) -> None:
    elsewhere = InProcessActions([], Reply(kind=ReplyKind.TROUBLE, short="Xin lỗi."))
    name = domain.user_actions[-1]
    first, second = rasa_actions.action_for(name, domain, HERE), rasa_actions.action_for(name, domain, elsewhere)
    assert first is not second
    assert getattr(second, "action_endpoint", elsewhere) is elsewhere


def test_an_action_is_told_what_rasa_tells_it(domain: Domain) -> None:
    tracker = conversation(domain)
    action = RemoteAction("action_tell", HERE)
    ours, its = rasa_actions._call(action, tracker, domain), rasa_actions._rasas_call(action, tracker, domain)
    events = ours["tracker"].pop("events")
    expected = its["tracker"].pop("events")
    assert ours == {name: value for name, value in its.items() if name != "version"}
    assert [*events] == expected
    assert [*reversed(events)] == expected[::-1]
    assert (events[-1], events[1:3], len(events)) == (expected[-1], expected[1:3], len(expected))


@pytest.mark.parametrize("actions", [0, 3, 10, 11])
@pytest.mark.parametrize("goes_on", [True, False])
def test_a_circle_of_actions_is_stopped_where_rasa_stops_it(actions: int, goes_on: bool) -> None:
    limit = SimpleNamespace(max_number_of_predictions=10)
    tracker = DialogueStateTracker("a", [])
    for event in (ActionExecuted("action_listen"), UserUttered("a"), *[ActionExecuted("action_tell")] * actions):
        tracker.update(event)
    assert rasa_actions._is_action_limit_reached(limit, tracker, goes_on) == (goes_on and actions >= 10)


@pytest.mark.parametrize("kind", [UserUttered, BotUttered, SlotSet, ActionExecuted, (UserUttered, SlotSet)])
def test_the_last_event_of_a_kind_is_the_one_rasa_finds(domain: Domain, kind) -> None:
    tracker = conversation(domain)
    rasas = trackers._rasas_last_event
    assert trackers.get_last_event_for(tracker, kind) is rasas(tracker, kind)
    assert trackers.get_last_event_for(tracker, kind, skip=1) is rasas(tracker, kind, skip=1)
    every = EventVerbosity.ALL
    assert trackers.get_last_event_for(tracker, kind, event_verbosity=every) is rasas(
        tracker, kind, event_verbosity=every
    )


def test_rasa_does_it_this_way_once_installed() -> None:
    rasa_actions.install()
    assert RemoteAction._action_call_format is rasa_actions._call
    assert MessageProcessor.is_action_limit_reached is rasa_actions._is_action_limit_reached
