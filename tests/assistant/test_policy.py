"""The policy decides as Rasa's own does, and refuses the rules that one refuses."""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import pytest
from rasa.core.policies.rule_policy import InvalidRule, RulePolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActionReverted,
    ActiveLoop,
    AllSlotsReset,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.generator import TrackerWithCachedStates, TrainingDataGenerator
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryGraph

from assistant import trackers
from assistant.model import DOMAIN, training_files
from assistant.policy import TablePolicy
from assistant.trackers import applied_events, copy_of

RASAS = trackers._rasas_applied_events
CONVERSATIONS = 40
STEPS = 60

OWN_DOMAIN = """
version: "3.1"
intents: [ask, tell, stop, walk, call]
entities: [place]
slots:
  member: {type: bool, influence_conversation: true, mappings: [{type: custom}]}
  town: {type: categorical, values: [north, south], influence_conversation: true, mappings: [{type: custom}]}
  mood: {type: text, initial_value: fine, influence_conversation: true, mappings: [{type: custom}]}
forms: {visit_form: {required_slots: [town]}}
actions: [action_member, action_stranger, action_north, action_south, action_tell, action_after, action_begin,
          action_walk, action_called, utter_unknown]
"""
OWN_RULES = """
version: "3.1"
rules:
  - rule: The first word of all
    conversation_start: true
    steps: [{intent: stop}, {action: action_begin}]
  - rule: Members
    condition: [{slot_was_set: [{member: true}]}]
    steps: [{intent: ask}, {action: action_member}]
  - rule: Members of the north
    condition: [{slot_was_set: [{member: true}, {town: north}]}]
    steps: [{intent: ask}, {action: action_north}]
  - rule: Strangers
    condition: [{slot_was_set: [{member: null}]}]
    steps: [{intent: ask}, {action: action_stranger}, {action: action_after}]
  - rule: Telling visits
    steps: [{intent: tell}, {action: action_tell}, {action: visit_form}, {active_loop: visit_form}]
  - rule: After a visit
    condition: [{active_loop: visit_form}]
    steps: [{action: visit_form}, {active_loop: null}, {slot_was_set: [{requested_slot: null}]}, {action: action_after}]
  - rule: A walk from the north, known by where it began
    condition: [{slot_was_set: [{town: north}]}]
    steps: [{intent: walk}, {action: action_walk}, {slot_was_set: [{town: null}]}, {action: action_begin},
            {action: action_north}]
  - rule: A walk from the south
    condition: [{slot_was_set: [{town: south}]}]
    steps: [{intent: walk}, {action: action_walk}, {slot_was_set: [{town: null}]}, {action: action_begin},
            {action: action_south}]
  - rule: A visit after a call, known by the words before its form
    steps: [{intent: call}, {action: visit_form}, {active_loop: null}, {action: action_called}]
  - rule: Asking during a visit
    condition: [{active_loop: visit_form}]
    steps: [{intent: stop}, {action: action_tell}, {action: visit_form}, {active_loop: visit_form}]
"""


@dataclass(frozen=True)
class Both:
    """Rasa's policy and ours, trained on the same rules."""

    domain: Domain
    rasas: RulePolicy
    ours: TablePolicy


def trackers_of(rules: Path, domain: Domain) -> list[TrackerWithCachedStates]:
    graph = StoryGraph(YAMLStoryReader(domain).read_from_file(rules))
    return TrainingDataGenerator(graph, domain, augmentation_factor=0).generate()


def trained(kind: type[RulePolicy], domain: Domain, rules: Path, folder: Path) -> RulePolicy:
    """Trained, stored and loaded again, as for a model."""
    storage, resource = LocalModelStorage.create(folder), Resource("policy")
    context = ExecutionContext(GraphSchema({}))
    config = {
        **kind.get_default_config(),
        "core_fallback_threshold": 0.3,
        "core_fallback_action_name": "utter_unknown",
    }
    kind.create(dict(config), storage, resource, context).train(trackers_of(rules, domain), domain)
    return kind.load(dict(config), storage, resource, context)


def both(domain: Domain, rules: Path, folder: Path) -> Both:
    for name in ("rasas", "ours"):
        (folder / name).mkdir()
    return Both(
        domain,
        trained(RulePolicy, domain, rules, folder / "rasas"),
        trained(TablePolicy, domain, rules, folder / "ours"),
    )


@pytest.fixture(scope="module", params=["the project's rules", "rules with slots and a beginning"])
def policies(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Both:
    folder = tmp_path_factory.mktemp("policies")
    if request.param == "the project's rules":
        return both(Domain.load(str(DOMAIN)), training_files()[1], folder)
    rules = folder / "rules.yml"
    rules.write_text(OWN_RULES)
    return both(Domain.from_yaml(OWN_DOMAIN), rules, folder)


class Made:
    """A conversation made up from a seed: what the policy says mostly happens, and now and then anything else."""

    def __init__(self, policies: Both, seed: int) -> None:
        self._policies = policies
        self._chance = random.Random(seed)
        self.tracker = DialogueStateTracker("made up", policies.domain.slots)

    def step(self) -> None:
        self._is_read_as_rasa_reads_it()
        domain, rasas, ours = self._policies.domain, self._policies.rasas, self._policies.ours
        wanted = rasas.predict_action_probabilities(self.tracker, domain)
        got = ours.predict_action_probabilities(self.tracker, domain)
        assert got.probabilities == wanted.probabilities, self.story()
        assert got.events == wanted.events, self.story()
        assert got.is_no_user_prediction == wanted.is_no_user_prediction, self.story()
        assert got.is_end_to_end_prediction == wanted.is_end_to_end_prediction, self.story()
        for event in self._next(domain.action_names_or_texts[wanted.max_confidence_index], wanted.events):
            self.tracker.update(event)
        if self._chance.random() < 0.1:
            # As the store gives it in the next turn.
            events = list(self.tracker.events)
            self.tracker = DialogueStateTracker.from_events("made up", events, domain.slots, domain=domain)

    def _is_read_as_rasa_reads_it(self) -> None:
        replayed = self.tracker.travel_back_in_time(float("inf"))
        copied = copy_of(self.tracker)
        # What is to follow is known to the one that was not replayed alone.
        state = {**copied.current_state(), "followup_action": replayed.followup_action}
        assert state == replayed.current_state(), self.story()
        assert list(map(id, applied_events(self.tracker))) == list(map(id, RASAS(self.tracker))), self.story()

    def story(self) -> str:
        return "\n".join(str(event) for event in self.tracker.events)

    def _next(self, action: str, events: list[Event]) -> list[Event]:
        chance, domain = self._chance, self._policies.domain
        if chance.random() < 0.08:
            return [self._anything()]
        if chance.random() < 0.05:
            action = chance.choice(domain.action_names_or_texts)
        if action in domain.form_names and chance.random() < 0.4 and self.tracker.active_loop_name:
            return [ActionExecutionRejected(action)]
        return [*events, ActionExecuted(action), *self._effects(action)]

    def _effects(self, action: str) -> list[Event]:
        chance, domain = self._chance, self._policies.domain
        if action == ACTION_LISTEN_NAME:
            return [self._said(), *([DefinePrevUserUtteredFeaturization(False)] if chance.random() < 0.7 else [])]
        if action in domain.form_names:
            begun = [ActiveLoop(action)] if self.tracker.active_loop_name != action else []
            if chance.random() < 0.3:
                return [*begun, ActiveLoop(None), SlotSet("requested_slot", None)]
            return [*begun, SlotSet("requested_slot", chance.choice(["one", "two"])), BotUttered("?")]
        if action == "action_deactivate_loop":
            return [ActiveLoop(None), SlotSet("requested_slot", None)]
        if action == "action_walk":
            return [SlotSet("town", None)]
        return chance.choice([[], [BotUttered("!")], [self._slot()]])

    def _said(self) -> UserUttered:
        intent = self._chance.choice([*self._policies.domain.intents, None])
        entities = [{"entity": name} for name in self._policies.domain.entities if self._chance.random() < 0.2]
        return UserUttered(self._chance.choice(["some words", ""]), {"name": intent}, entities)

    def _slot(self) -> SlotSet:
        slot = self._chance.choice(self._policies.domain.slots)
        return SlotSet(slot.name, self._chance.choice([None, True, False, "north", "south", "other"]))

    def _anything(self) -> Event:
        loops = [*self._policies.domain.form_names, None]
        return self._chance.choice(
            [
                self._said(),
                self._slot(),
                ActiveLoop(self._chance.choice(loops)),
                AllSlotsReset(),
                ActionReverted(),
                UserUtteranceReverted(),
                Restarted(),
                SessionStarted(),
                DefinePrevUserUtteredFeaturization(True),
            ]
        )


def test_made_up_conversations_are_decided_as_rasa_decides_them(policies: Both) -> None:
    for seed in range(CONVERSATIONS):
        made = Made(policies, seed)
        for _ in range(STEPS):
            made.step()


def test_contradicting_rules_are_refused(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yml"
    rules.write_text(OWN_RULES + "  - rule: Something else\n    steps: [{intent: tell}, {action: action_after}]\n")
    with pytest.raises(InvalidRule, match=r"(?s)Contradicting rules.*Telling visits"):
        trained(TablePolicy, Domain.from_yaml(OWN_DOMAIN), rules, tmp_path)


def test_rules_that_compare_entities_are_refused_by_name(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yml"
    rules.write_text(
        'version: "3.1"\nrules:\n  - rule: A place\n    steps:\n      - {intent: ask, entities: [place]}\n'
        "      - action: action_tell\n"
    )
    with pytest.raises(InvalidRule, match="entities"):
        trained(TablePolicy, Domain.from_yaml(OWN_DOMAIN), rules, tmp_path)
