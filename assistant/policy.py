"""Decides what comes next: by the rules, from a table."""

from __future__ import annotations

from typing import Any

from rasa.core.policies.rule_policy import (
    DO_NOT_PREDICT_LOOP_ACTION,
    LOOP_WAS_INTERRUPTED,
    RULES,
    RULES_FOR_LOOP_UNHAPPY_PATH,
    RULES_NOT_IN_STORIES,
    InvalidRule,
    RulePolicy,
)
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.shared.core.constants import ACTION_LISTEN_NAME, SHOULD_NOT_BE_SET
from rasa.shared.core.domain import Domain
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from assistant.rule_table import CannotBeTabled, Rule, RuleTable, intent_of, last_states


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class TablePolicy(RulePolicy):  # type: ignore[misc]
    """Rasa's rule policy, trained and checked by Rasa, that looks its rules up instead of comparing with all of them.

    Only the search for rules is ours, so forms, interruptions, default actions and the fallback are Rasa's own. A
    test has both decide thousands of made-up conversations and finds no difference.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._rules: RuleTable | None = None
        self._interruptions: RuleTable | None = None
        if self.lookup:
            self._open_tables()

    def train(self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **named: Any) -> Resource:
        """Learn the rules as Rasa does, which refuses rules that contradict each other.

        Raises:
            InvalidRule: for contradicting or incomplete rules, and for rules that compare words or entities.
        """
        resource = super().train(training_trackers, domain, **named)
        try:
            self._open_tables()
        except CannotBeTabled as reason:
            raise InvalidRule(f"{reason}; rules here go by intent, action, form and slots.") from reason
        return resource

    def _open_tables(self) -> None:
        self._rules = RuleTable(self.lookup[RULES])
        self._interruptions = RuleTable(self.lookup[RULES_FOR_LOOP_UNHAPPY_PATH])
        self._depth = max(self._rules.depth, self._interruptions.depth, 1)
        self._slots = self._rules.slots | self._interruptions.slots
        self.lookup[RULES_NOT_IN_STORIES] = frozenset(self.lookup.get(RULES_NOT_IN_STORIES, ()))

    def _find_action_from_rules(
        self, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        """The action, the rule it comes from, and whether a form goes on after it was interrupted.

        The same as Rasa's, whose comments give the reasons; while rules are being learnt and checked, Rasa's own.
        """
        if self._rules is None or self._interruptions is None:
            found: tuple[str | None, str | None, bool] = super()._find_action_from_rules(
                tracker, domain, use_text_for_last_user_input
            )
            return found
        listening = tracker.latest_action_name == ACTION_LISTEN_NAME
        if use_text_for_last_user_input and not listening:
            return None, None, False
        states = last_states(tracker, self._depth, self._slots)
        intent = None if use_text_for_last_user_input else intent_of(states[0])
        # Of several rules that apply, one holds the others within it: the longest.
        rule: Rule | None = max(self._rules.find(states, intent), key=lambda rule: len(rule.key), default=None)
        source = rule.key if rule is not None else None
        action = rule.outcome if rule is not None else None
        loop = tracker.active_loop_name
        if not loop:
            return action, source, False
        interruptions = {found.outcome for found in self._interruptions.find(states, intent)}
        if rule is not None and action == ACTION_LISTEN_NAME and rule.wanted[0].loop in (None, SHOULD_NOT_BE_SET):
            if DO_NOT_PREDICT_LOOP_ACTION not in interruptions:
                return loop, source, False
            action = None
        return action, source, LOOP_WAS_INTERRUPTED in interruptions
