"""``python -m benchmarks.core_before``: the core's process, deciding as Rasa does by itself.

The other side of :mod:`benchmarks.core_turn`: the same model and actions, but Rasa's own search for rules, its replays
of a conversation, its debug lines, its own actions made anew for each, its look through all slots and events, and every
conversation read whole in every turn, neither together with its lock nor given free by what writes it; commands to
Redis and nodes of the graph are redis-py's and Rasa's own, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from assistant.lean_rasa import leave_out_for_serving

if TYPE_CHECKING:
    from rasa.engine.graph import GraphNode
    from redis.asyncio.client import Pipeline


def main() -> None:
    """Put back what is Rasa's, then serve."""
    leave_out_for_serving()
    put_back()
    from cli import core_process

    core_process.main()


def put_back() -> None:
    """Have this process do what is Rasa's as Rasa does it; once what serving leaves out is left out."""
    # Late: what is imported from here on imports Rasa.
    import copy

    import structlog
    from rasa.core import processor
    from rasa.core.actions import action, forms
    from rasa.core.policies.rule_policy import RulePolicy
    from rasa.shared.core.domain import Domain
    from redis.asyncio import Redis

    from assistant import lock_store, rasa_actions, rasa_caching, rasa_processor, tracker_store, trackers
    from assistant.policy import TablePolicy
    from assistant.tracker_cache import RecentlyRead
    from stores import redis_addresses

    trackers.install = rasa_actions.install = rasa_processor.install = lambda: None
    ours, its_slots = rasa_caching.install, processor.MessageProcessor._log_slots
    its_actions, its_look = action.default_actions, Domain.is_empty

    def install() -> None:
        ours()
        for module in (processor, forms):
            module.structlogger, module.copy = structlog.get_logger(), copy
        action.default_actions, Domain.is_empty = its_actions, its_look
        processor.MessageProcessor._log_slots = staticmethod(its_slots)

    rasa_caching.install = install
    TablePolicy._find_action_from_rules = RulePolicy._find_action_from_rules  # type: ignore[method-assign]
    RecentlyRead.find = lambda *_: None  # type: ignore[method-assign]
    # Read whole for each turn, a conversation needs no copy.
    tracker_store.copy_of = lambda tracker: tracker  # type: ignore[attr-defined]
    tracker_store.RedisListTrackerStore.ask = _ask_nothing  # type: ignore[assignment,method-assign]
    lock_store.Held.release_by = lambda *_: None  # type: ignore[method-assign]
    redis_addresses.BriefRedis = Redis  # type: ignore[assignment,attr-defined]
    rasa_caching.OrderedGraphRunner.output = staticmethod(_rasas_output)  # type: ignore[method-assign]


def _rasas_output(node: GraphNode, results: Mapping[str, Any]) -> Any:
    return node(*[results.get(need, need) for need in node._inputs.values()])[1]


def _ask_nothing(_store: object, pipeline: Pipeline, _conversation: str) -> int:
    pipeline.echo("")
    return -1


if __name__ == "__main__":
    main()
