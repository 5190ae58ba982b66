"""Work that Rasa repeats in every turn although its result never changes, done once.

Of a turn in the running core, 42 % went into checking the JSON schema of action answers against the schema of
schemas, 7 % into ordering the same graph again, 6 % into listing the event classes. What is checked and
computed stays the same; a turn takes 12 ms of processor time instead of 29.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import lru_cache
from graphlib import TopologicalSorter
from typing import Any

import structlog
from jsonschema.exceptions import best_match  # type: ignore[import-untyped]
from jsonschema.validators import validator_for  # type: ignore[import-untyped]
from rasa.core import processor
from rasa.core.actions import action, forms
from rasa.core.actions.action import RemoteAction
from rasa.core.processor import MessageProcessor
from rasa.engine.exceptions import GraphComponentException, GraphRunError
from rasa.engine.graph import GraphNode, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.runner.interface import GraphRunner
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from rasa.utils.endpoints import EndpointConfig

from assistant import rasa_actions, rasa_processor, trackers
from assistant.in_process_actions import InProcessActions

_DEFAULTS = "_motcua_default_actions"
"""Attribute of an action endpoint: Rasa's own actions. Endpoints compare by what they hold and can be no keys."""

_rasas_log_slots = MessageProcessor._log_slots


class OrderedGraphRunner(GraphRunner):  # type: ignore[misc]
    """Runs the nodes of a loaded graph one after the other, in an order found once for each set of targets; those that
    need nothing run once.

    Rasa's runner hands them to a task scheduler, which sorts them anew at each run and then also runs them
    one after the other.

    Args:
        runner: what Rasa loaded; its nodes are taken over.
    """

    def __init__(self, runner: DaskGraphRunner) -> None:
        self._schema: GraphSchema = runner._graph_schema
        self._nodes: dict[str, GraphNode] = runner._instantiated_nodes
        self._orders: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._constants: dict[str, Any] = {}

    @classmethod
    def create(cls, *arguments: Any, **named: Any) -> OrderedGraphRunner:
        """As Rasa makes its runners."""
        return cls(DaskGraphRunner.create(*arguments, **named))

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """The output of each target node.

        Args:
            inputs: values of the graph's placeholders.
            targets: names of nodes; all targets of the graph when left out.

        Raises:
            GraphRunError: when a node fails for want of an input.
        """
        wanted = tuple(targets or self._schema.target_names)
        results: dict[str, Any] = {name: (name, value) for name, value in (inputs or {}).items()} | self._constants
        for name in self._order(wanted):
            if name in self._constants:
                continue
            node = self._nodes[name]
            try:
                results[name] = (name, self.output(node, results))
            except RuntimeError as error:
                raise GraphRunError("Error running runner.") from error
            if not self._schema.nodes[name].needs:
                # The domain, and what else a loaded model brings: nothing that is said changes it.
                self._constants[name] = results[name]
        return dict(results[name] for name in wanted)

    @staticmethod
    def output(node: GraphNode, results: Mapping[str, Any]) -> Any:
        """What a node makes of the output of those before it.

        Rasa's nodes sort what they are given by its name, call hooks there are none of, and write a debug line, at
        eleven nodes in every turn; they do so here only where something is the matter.
        """
        inputs = node._inputs
        try:
            given = {name: results[need][1] for name, need in inputs.items()}
        except KeyError:
            given = None
        if given is None or node._hooks or not node._eager:
            # A node whose input nobody gave gets the input's name, and reports it missing.
            return node(*[results.get(need, need) for need in inputs.values()])[1]
        try:
            return node._fn(node._component, **given)
        except RasaException:
            raise
        except Exception as error:
            raise GraphComponentException(f"Error running graph component for node {node._node_name}.") from error

    def _order(self, targets: tuple[str, ...]) -> tuple[str, ...]:
        if targets not in self._orders:
            nodes = self._schema.minimal_graph_schema(list(targets)).nodes
            before = {name: set(node.needs.values()) & nodes.keys() for name, node in nodes.items()}
            self._orders[targets] = tuple(TopologicalSorter(before).static_order())
        return self._orders[targets]


class DebugLines:
    """Rasa's logger of structured lines in two modules that write nothing but debug lines with it.

    Made for each line anew and given copies of what it tells, structlog's took a tenth of a turn, to write nothing.

    Args:
        name: of the module.
    """

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def debug(self, event: str, **fields: Any) -> None:
        """One line, where somebody asked for such lines."""
        if self._logger.isEnabledFor(logging.DEBUG):
            structlog.get_logger(self._logger.name).debug(event, **fields)


class NoCopies:
    """Stands for :mod:`copy` in these modules, which copy only what they write in debug lines."""

    @staticmethod
    def deepcopy(value: Any) -> Any:
        """The value itself: it is written before anybody can change it."""
        return value


def install() -> None:
    """Let Rasa find event classes and check action answers from what it knows, copy and read conversations without
    replaying them, and be brief about debug lines nobody reads; harmless when repeated.
    """
    trackers.install()
    rasa_actions.install()
    rasa_processor.install()
    for module in (processor, forms):
        module.structlogger = DebugLines(module.__name__)
        module.copy = NoCopies
    # Writes out all slots before it asks whether anybody reads them.
    MessageProcessor._log_slots = staticmethod(_log_slots)
    if not hasattr(Event.resolve_by_type, "cache_clear"):
        Event.resolve_by_type = staticmethod(lru_cache(maxsize=256)(Event.resolve_by_type))
    if action.default_actions.__module__ != __name__:
        # None of them keeps anything between two runs.
        action.default_actions = _kept(action.default_actions)
    RemoteAction._validate_action_result = _check_answer
    Domain.is_empty = _is_empty


def _log_slots(tracker: DialogueStateTracker) -> None:
    if logging.getLogger(processor.__name__).isEnabledFor(logging.DEBUG):
        _rasas_log_slots(tracker)


def _check_answer(self: RemoteAction, answer: dict[str, Any]) -> bool:
    """What ``jsonschema.validate`` does, with the validator kept.

    Answers made in this process by rasa-sdk have that shape; looking was a seventh of a turn.

    Raises:
        ValidationError: when the answer of an action server has not the shape Rasa asks for.
    """
    if isinstance(self.action_endpoint, InProcessActions):
        return True
    error = best_match(_validator().iter_errors(answer))
    if error is not None:
        raise error
    return True


def _kept(make: Callable[[EndpointConfig | None], list[Any]]) -> Callable[[EndpointConfig | None], list[Any]]:
    """Rasa's default actions, made once for each endpoint."""

    def default_actions(endpoint: EndpointConfig | None = None) -> list[Any]:
        if endpoint is None:
            return make(None)
        known: list[Any] | None = vars(endpoint).get(_DEFAULTS)
        if known is None:
            known = vars(endpoint)[_DEFAULTS] = make(endpoint)
        return known

    return default_actions


def _is_empty(self: Domain) -> bool:
    return bool(self.as_dict() == _empty_domain())


@lru_cache(maxsize=1)
def _empty_domain() -> dict[str, Any]:
    empty: dict[str, Any] = Domain.empty().as_dict()
    return empty


@lru_cache(maxsize=1)
def _validator() -> Any:
    schema = RemoteAction.action_response_format_spec()
    kind = validator_for(schema)
    kind.check_schema(schema)
    return kind(schema)
