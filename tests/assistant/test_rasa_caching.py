from __future__ import annotations

from typing import Any

import assistant.lean_rasa  # isort: skip  # noqa: F401  (before rasa)

import pytest
from jsonschema import ValidationError, validate
from rasa.core.actions.action import RemoteAction
from rasa.engine.exceptions import GraphComponentException, GraphRunError
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.core.events import Event, SlotSet, UserUttered

from assistant import rasa_caching
from assistant.in_process_actions import InProcessActions
from contract.reply import Reply, ReplyKind

ANSWERS: list[dict[str, Any]] = [
    {"events": [], "responses": []},
    {"events": [{"event": "slot", "name": "last4", "value": None}], "responses": [{"text": "a"}]},
    {"events": [{"event": "followup", "name": "dossier_form"}]},
    {"events": [{"event": "no such event"}]},
    {"events": [{"event": "slot"}]},
    {"events": "none"},
    {"responses": ["a"]},
    {"responses": {"text": "a"}},
]


def complaint(check: Any, answer: dict[str, Any]) -> str | None:
    try:
        check(answer)
    except ValidationError as error:
        return str(error.message)
    return None


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_of_an_action_is_judged_as_by_the_whole_schema(answer: dict[str, Any]) -> None:
    rasa_caching.install()
    action = RemoteAction("action_answer", None)
    expected = complaint(lambda a: validate(a, RemoteAction.action_response_format_spec()), answer)
    assert complaint(action._validate_action_result, answer) == expected


def test_some_of_the_answers_are_refused_and_some_are_not() -> None:
    rasa_caching.install()
    action = RemoteAction("action_answer", None)
    assert [complaint(action._validate_action_result, answer) is None for answer in ANSWERS] == [True] * 3 + [False] * 5


def test_what_the_sdk_answers_in_this_process_is_taken_as_it_is() -> None:
    rasa_caching.install()
    action = RemoteAction("action_answer", InProcessActions([], Reply(kind=ReplyKind.TROUBLE, short="Xin lỗi.")))
    assert all(complaint(action._validate_action_result, answer) is None for answer in ANSWERS)


def test_events_are_found_by_name_and_unknown_ones_refused_every_time() -> None:
    rasa_caching.install()
    rasa_caching.install()
    for _ in range(2):
        assert Event.resolve_by_type("slot") is SlotSet
        assert Event.resolve_by_type("user") is UserUttered
        assert Event.resolve_by_type("unheard of", SlotSet) is SlotSet
        with pytest.raises(ValueError, match="unheard of"):
            Event.resolve_by_type("unheard of")


class Number(GraphComponent):
    @classmethod
    def create(cls, config: dict[str, Any], **_: object) -> Number:
        made = cls()
        made.value = config["value"]
        return made

    def add(self, given: int) -> int:
        if given < 0:
            raise RuntimeError("negative")
        return given + self.value

    def join(self, left: int, right: int) -> list[int]:
        return [left, right, self.value]

    def say(self) -> int:
        self.said = getattr(self, "said", 0) + 1
        return self.value + self.said


def node(function: str, value: int, **needs: str) -> SchemaNode:
    return SchemaNode(
        needs=needs, uses=Number, constructor_name="create", fn=function, config={"value": value}, eager=True
    )


@pytest.fixture
def runners(tmp_path: Any) -> list[Any]:
    # The joining node stands first, so that the order of the file is not the order of running.
    schema = GraphSchema(
        {
            "joined": node("join", 9, left="plus two", right="plus one"),
            "plus two": node("add", 2, given="plus one"),
            "plus one": node("add", 1, given="__number__"),
            "beside": node("add", 50, given="__number__"),
        }
    )
    dask = DaskGraphRunner(schema, LocalModelStorage(tmp_path), ExecutionContext(schema))
    return [dask, rasa_caching.OrderedGraphRunner(dask)]


@pytest.mark.parametrize("targets", [["joined"], ["plus two", "beside"], ["beside", "joined", "plus one"]])
def test_a_graph_gives_what_rasas_own_runner_gives(runners: list[Any], targets: list[str]) -> None:
    for number in (3, 4):
        results = [runner.run(inputs={"__number__": number}, targets=targets) for runner in runners]
        assert results[0] == results[1]
        assert set(results[1]) == set(targets)


def test_a_node_that_needs_nothing_runs_once(tmp_path: Any) -> None:
    schema = GraphSchema({"known": node("say", 7), "sum": node("add", 1, given="known")})
    runner = rasa_caching.OrderedGraphRunner(
        DaskGraphRunner(schema, LocalModelStorage(tmp_path), ExecutionContext(schema))
    )
    assert [runner.run(targets=["sum"]), runner.run(targets=["sum", "known"])] == [{"sum": 9}, {"sum": 9, "known": 8}]


def test_a_failing_node_fails_as_with_rasas_own_runner(runners: list[Any]) -> None:
    for runner in runners:
        with pytest.raises(GraphComponentException):
            runner.run(inputs={"__number__": -1}, targets=["joined"])


def test_a_missing_input_is_reported(runners: list[Any]) -> None:
    for runner in runners:
        with pytest.raises(GraphRunError, match="__number__"):
            runner.run(inputs={}, targets=["joined"])
