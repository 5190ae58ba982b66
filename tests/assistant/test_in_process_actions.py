"""Custom actions inside the core behave to Rasa as an action server does."""

from __future__ import annotations

import json
import logging
from typing import Any

import assistant.lean_rasa  # noqa: F401  (before rasa)

import pytest
from rasa.utils.endpoints import ClientResponseError
from rasa_sdk import Action
from rasa_sdk.interfaces import ActionExecutionRejection

from assistant.in_process_actions import InProcessActions
from contract.reply import Reply, ReplyKind

TROUBLE = Reply(kind=ReplyKind.TROUBLE, short="Xin lỗi.")


class Answering(Action):
    def name(self) -> str:
        return "action_answering"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        dispatcher.utter_message(text="Chào " + tracker.sender_id)
        return [{"event": "slot", "name": "topic", "value": "dossier", "timestamp": None}]


class Rejecting(Answering):
    def name(self) -> str:
        return "action_rejecting"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        raise ActionExecutionRejection(self.name(), "not now")


class Failing(Answering):
    def name(self) -> str:
        return "action_failing"

    def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[dict[str, Any]]:
        dispatcher.utter_message(text="half an answer")
        raise ZeroDivisionError("a secret of the cause")


ENDPOINT = InProcessActions([Answering(), Rejecting(), Failing()], TROUBLE)


def call(name: str) -> dict[str, Any]:
    tracker = {"sender_id": "c", "slots": {}, "latest_message": {}, "events": [], "active_loop": {}}
    return {"next_action": name, "sender_id": "c", "tracker": tracker, "domain": {}}


async def test_an_action_gives_its_replies_and_events() -> None:
    result = await ENDPOINT.request(json=call("action_answering"))
    assert result["responses"][0]["text"] == "Chào c"
    assert result["events"][0]["value"] == "dossier"


async def test_a_rejection_becomes_the_answer_of_an_action_server() -> None:
    with pytest.raises(ClientResponseError) as caught:
        await ENDPOINT.request(json=call("action_rejecting"))
    assert caught.value.status == 400
    assert json.loads(caught.value.text)["action_name"] == "action_rejecting"


async def test_an_action_that_fails_apologises_and_tells_the_operator(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.ERROR):
        result = await ENDPOINT.request(json=call("action_failing"))
    assert [response["custom"]["short"] for response in result["responses"]] == ["Xin lỗi."]
    assert result["events"] == []
    assert "action_failing" in caplog.text
