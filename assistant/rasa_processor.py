"""Rasa's way from a prediction to its action, without what it does for things this assistant has none of.

Around each of a turn's two or three predictions Rasa weighs policies against each other, copies the conversation for
an action that only listens, asks every event whether it is a reminder, and asks plugins. Events are abstract there, so
that each such question is a search through classes; here they are told by their very kind. Where there is more than one
policy, a reminder, an action that was rejected, or an action server apart, it is all Rasa's own as before.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from rasa.core.actions import action as rasas_actions
from rasa.core.actions.action import Action, ActionExecutionRejection, ActionListen, RemoteAction
from rasa.core.channels.channel import OutputChannel
from rasa.core.policies.ensemble import DefaultPolicyPredictionEnsemble
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    BotUttered,
    Event,
    SlotSet,
    deserialise_events,
)
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError

from assistant.in_process_actions import InProcessActions
from assistant.rasa_actions import unheard_slots

_SAID_OR_NOTED = frozenset({BotUttered, SlotSet})
"""Events that remind nobody of anything."""

_rasas_run_action = MessageProcessor._run_action
_rasas_log_action = MessageProcessor._log_action_on_tracker
_rasas_side_effects = MessageProcessor.execute_side_effects
_rasas_best_prediction = DefaultPolicyPredictionEnsemble._best_policy_prediction
_rasas_remote_run = RemoteAction.run


def _best_prediction(
    predictions: list[PolicyPrediction], tracker: DialogueStateTracker, domain: Domain
) -> PolicyPrediction:
    """The prediction that wins: the only one, unless what it may predict was rejected just before."""
    if len(predictions) == 1 and not predictions[0].optional_events and not _was_rejected(tracker):
        return predictions[0]
    return _rasas_best_prediction(predictions, tracker, domain)


def _was_rejected(tracker: DialogueStateTracker) -> bool:
    for event in reversed(tracker.events):
        if type(event) is ActionExecuted:
            return False
        if type(event) is ActionExecutionRejected:
            return True
    return False


async def _run_action(
    self: MessageProcessor,
    action: Action,
    tracker: DialogueStateTracker,
    output_channel: OutputChannel,
    nlg: Any,
    prediction: PolicyPrediction,
) -> bool:
    """Run an action and note what came of it; whether another one is to be predicted."""
    if type(action) is not ActionListen:
        goes_on: bool = await _rasas_run_action(self, action, tracker, output_channel, nlg, prediction)
        return goes_on
    # It does nothing, and needs no copy of the conversation to do it with.
    self._log_action_on_tracker(tracker, action, [], prediction)
    return False


def _log_action(
    self: MessageProcessor,
    tracker: DialogueStateTracker,
    action: Action,
    events: list[Event] | None,
    prediction: PolicyPrediction,
) -> None:
    """Note that an action ran, and what it noted that is news."""
    _rasas_log_action(self, tracker, action, _news(events or [], tracker, self.domain), prediction)


def _news(events: list[Event], tracker: DialogueStateTracker, domain: Domain) -> list[Event]:
    """The events without those that put into a slot what stands there: half of what an answer notes is so already."""
    if not all(type(event) in _SAID_OR_NOTED for event in events):
        # One that empties slots, perhaps, or begins anew.
        return events
    unheard = unheard_slots(domain)
    now: dict[str, Any] = {}
    told = []
    for event in events:
        if type(event) is SlotSet and event.key in unheard:
            if now.get(event.key, tracker.get_slot(event.key)) == event.value:
                continue
            now[event.key] = event.value
        told.append(event)
    return told


async def _side_effects(
    self: MessageProcessor, events: Sequence[Event], tracker: DialogueStateTracker, output_channel: OutputChannel
) -> None:
    """Hand over what was said; remind where that was asked for."""
    if not _SAID_OR_NOTED.issuperset(map(type, events)):
        await _rasas_side_effects(self, events, tracker, output_channel)
        return
    for event in events:
        if type(event) is BotUttered:
            await output_channel.send_response(tracker.sender_id, event.message())


async def _run_here(
    self: RemoteAction,
    output_channel: OutputChannel,
    nlg: Any,
    tracker: DialogueStateTracker,
    domain: Domain,
) -> list[Event]:
    """What an action of this process says and notes.

    Raises:
        ActionExecutionRejection: when it leaves the turn to another one.
    """
    if not isinstance(self.action_endpoint, InProcessActions):
        elsewhere: list[Event] = await _rasas_remote_run(self, output_channel, nlg, tracker, domain)
        return elsewhere
    try:
        answer = await self.action_endpoint.request(json=self._action_call_format(tracker, domain))
    except ClientResponseError as refused:
        told = json.loads(refused.text)
        rejection = ActionExecutionRejection(told["action_name"], told["error"])
        rasas_actions.logger.error(rejection.message)
        raise rejection from refused
    said = await self._utter_responses(answer["responses"], output_channel, nlg, tracker)
    return [*said, *deserialise_events(answer["events"])]


def install() -> None:
    """Have Rasa do it this way; harmless when repeated."""
    DefaultPolicyPredictionEnsemble._best_policy_prediction = staticmethod(_best_prediction)
    MessageProcessor._run_action = _run_action
    MessageProcessor._log_action_on_tracker = _log_action
    MessageProcessor.execute_side_effects = _side_effects
    RemoteAction.run = _run_here
