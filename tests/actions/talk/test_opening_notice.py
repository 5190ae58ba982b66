"""That a machine answers is said at the start, by text message only once."""

from __future__ import annotations

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.talk.conversation import ActionSessionStart


def said_before(*channels: str) -> list[dict[str, object]]:
    return [
        {"event": "action", "name": "action_session_start"},
        *({"event": "user", "text": "x", "input_channel": channel} for channel in channels),
        {"event": "bot", "text": "y"},
    ]


@pytest.mark.parametrize(
    ("events", "notice"),
    [
        ([], True),
        ([{"event": "action", "name": "action_session_start"}], True),
        (said_before("sms"), False),
        (said_before("sms", "sms"), False),
        (said_before("phone"), True),
        (said_before("kiosk"), True),
    ],
)
def test_who_has_texted_before_knows(events: list[dict[str, object]], notice: bool) -> None:
    tracker = Tracker("c", {}, {}, events, False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    ActionSessionStart().run(dispatcher, tracker, {})
    assert [message["response"] for message in dispatcher.messages] == (["utter_notice"] if notice else [])
