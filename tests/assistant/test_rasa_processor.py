"""From a prediction to its action as Rasa goes, with less on the way."""

from __future__ import annotations

import assistant.lean_rasa  # isort: skip  # noqa: F401  (before rasa)

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from rasa.core.actions.action import ActionExecutionRejection, ActionListen, RemoteAction
from rasa.core.channels.channel import CollectingOutputChannel
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.core.policies.ensemble import DefaultPolicyPredictionEnsemble
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    AllSlotsReset,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    ReminderScheduled,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa_sdk import Action
from rasa_sdk.interfaces import ActionExecutionRejection as Rejected

from assistant import rasa_processor
from assistant.in_process_actions import InProcessActions
from contract.reply import Reply, ReplyKind

DOMAIN = Domain.from_yaml(
    """
version: "3.1"
intents: [ask]
slots:
  town: {type: text, influence_conversation: false, mappings: [{type: custom}]}
  way: {type: text, influence_conversation: true, mappings: [{type: custom}]}
  code: {type: text, influence_conversation: false, mappings: [{type: custom}]}
forms:
  dossier_form: {required_slots: [code]}
actions: [action_tell, action_leave_it]
"""
)


class Tell(Action):
    def name(self) -> str:
        return "action_tell"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        dispatcher.utter_message(text="Hà Giang", json_message={"kind": "notice"})
        return [{"event": "slot", "name": "town", "value": "Hà Giang", "timestamp": None}]


class LeaveIt(Tell):
    def name(self) -> str:
        return "action_leave_it"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        raise Rejected(self.name(), "not now")


HERE = InProcessActions([Tell(), LeaveIt()], Reply(kind=ReplyKind.TROUBLE, short="Xin lỗi."))
NLG = TemplatedNaturalLanguageGenerator({})


def conversation(*events: Event) -> DialogueStateTracker:
    before = [ActionExecuted("action_listen"), UserUttered("ở đâu", {"name": "ask", "confidence": 1.0})]
    return DialogueStateTracker.from_events("a", [*before, *events], slots=DOMAIN.slots)


def prediction(action: str, **more: Any) -> PolicyPrediction:
    scores = PolicyPrediction.for_action_name(DOMAIN, action).probabilities
    return PolicyPrediction(scores, "TablePolicy", 6, **more)


def told(events: list[Event]) -> list[dict[str, Any]]:
    return [{**event.as_dict(), "timestamp": None} for event in events]


@pytest.mark.parametrize(
    "events",
    [(), (ActionExecuted("action_tell"),), (ActionExecutionRejected("action_tell"),)],
    ids=["nothing yet", "done", "rejected"],
)
@pytest.mark.parametrize("optional", [[], [SlotSet("town", "Hà Giang")]], ids=["sure events", "optional events"])
def test_the_prediction_that_wins_is_the_one_rasa_takes(events: tuple[Event, ...], optional: list[Event]) -> None:
    def best(decide: Any) -> PolicyPrediction:
        only = prediction("action_tell", optional_events=list(optional), hide_rule_turn=True)
        won: PolicyPrediction = decide([only], conversation(*events), DOMAIN)
        return won

    ours, its = best(rasa_processor._best_prediction), best(rasa_processor._rasas_best_prediction)
    assert ours == its
    # What was rejected is not predicted again.
    assert (ours.max_confidence == 0.0) == (events != () and isinstance(events[-1], ActionExecutionRejected))


def test_of_two_policies_the_surer_one_wins_as_before() -> None:
    two = [prediction("action_leave_it"), prediction("action_tell", is_no_user_prediction=True)]
    won = rasa_processor._best_prediction(two, conversation(), DOMAIN)
    assert won == rasa_processor._rasas_best_prediction(two, conversation(), DOMAIN)
    assert won.max_confidence_index == DOMAIN.index_for_action("action_tell")


async def test_listening_leaves_the_same_events_and_ends_the_turn() -> None:
    processor = object.__new__(MessageProcessor)
    processor.domain = DOMAIN
    left = []
    for run in (rasa_processor._run_action, rasa_processor._rasas_run_action):
        tracker = conversation()
        listening = prediction("action_listen", events=[DefinePrevUserUtteredFeaturization(False)])
        assert not await run(processor, ActionListen(), tracker, CollectingOutputChannel(), NLG, listening)
        left.append(told(list(tracker.events)))
    assert left[0] == left[1]
    assert [event["event"] for event in left[0][-2:]] == ["user_featurization", "action"]


def test_what_a_slot_holds_already_is_not_noted_again() -> None:
    tracker = conversation(SlotSet("town", "Hà Giang"))
    noted = [SlotSet("town", "Hà Giang"), BotUttered("vâng"), SlotSet("town", "Lào Cai"), SlotSet("town", "Hà Giang")]
    assert rasa_processor._news(noted, tracker, DOMAIN) == noted[1:]
    for event in noted[1:]:
        tracker.update(event)
    assert tracker.get_slot("town") == "Hà Giang"


@pytest.mark.parametrize(
    "events",
    [
        [SlotSet("way", "by post")],
        [SlotSet("code", "H15")],
        [SlotSet("requested_slot", "code")],
        [AllSlotsReset(), SlotSet("town", "Hà Giang")],
    ],
    ids=["a rule may compare it", "a form asks for it", "a form asks", "slots are emptied first"],
)
def test_what_somebody_may_listen_to_is_noted_again(events: list[Event]) -> None:
    known = {"town": "Hà Giang", "way": "by post", "code": "H15", "requested_slot": "code"}
    tracker = conversation(*(SlotSet(name, value) for name, value in known.items()))
    assert rasa_processor._news(events, tracker, DOMAIN) == events


async def test_what_was_said_is_handed_over_once_and_in_its_order() -> None:
    events = [BotUttered("một"), SlotSet("town", "Hà Giang"), BotUttered("hai")]
    output = CollectingOutputChannel()
    await rasa_processor._side_effects(SimpleNamespace(), events, conversation(), output)
    assert [message["text"] for message in output.messages] == ["một", "hai"]


async def test_reminders_are_left_to_rasa(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[Any] = []

    async def rasas(_: object, events: list[Event], *__: object) -> None:
        left.extend(events)

    monkeypatch.setattr(rasa_processor, "_rasas_side_effects", rasas)
    events = [BotUttered("một"), ReminderScheduled("later", datetime.now() + timedelta(days=1))]
    output = CollectingOutputChannel()
    await rasa_processor._side_effects(SimpleNamespace(), events, conversation(), output)
    assert left == events
    assert output.messages == []


async def test_an_action_of_this_process_says_and_notes_what_it_does_by_rasas_way() -> None:
    results = [
        await run(RemoteAction("action_tell", HERE), CollectingOutputChannel(), NLG, conversation(), DOMAIN)
        for run in (rasa_processor._run_here, rasa_processor._rasas_remote_run)
    ]
    assert told(results[0]) == told(results[1])
    assert [event["event"] for event in told(results[0])] == ["bot", "slot"]


async def test_an_action_that_leaves_the_turn_to_another_is_rejected_as_by_rasa() -> None:
    for run in (rasa_processor._run_here, rasa_processor._rasas_remote_run):
        with pytest.raises(ActionExecutionRejection) as rejected:
            await run(RemoteAction("action_leave_it", HERE), CollectingOutputChannel(), NLG, conversation(), DOMAIN)
        assert (rejected.value.action_name, rejected.value.message) == ("action_leave_it", "not now")


def test_rasa_does_it_this_way_once_installed() -> None:
    rasa_processor.install()
    assert DefaultPolicyPredictionEnsemble._best_policy_prediction is rasa_processor._best_prediction
    assert MessageProcessor._run_action is rasa_processor._run_action
    assert RemoteAction.run is rasa_processor._run_here
