"""Who takes leave is asked now and then whether it helped: never twice, never after danger or a complaint."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from places import NLU_DATA
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.talk.leaving import UNFIT_TOPICS, ActionGoodbye, ActionThanks, drawn
from catalogue.knowledge_base import KnowledgeBase, topic_of
from contract.reply import Reply, ReplyKind
from contract.wishes import Rate
from contract.wording import wording_of

TOLD: dict[str, object] = {
    "event": "bot",
    "data": {"custom": Reply(kind=ReplyKind.ANSWER, short="Lệ phí: 8.000 đồng.").model_dump(mode="json")},
}


def said(text: str, intent: str, channel: str = "sms") -> dict[str, object]:
    return {"event": "user", "text": text, "parse_data": {"intent": {"name": intent}}, "input_channel": channel}


def reply(
    *before: dict[str, object],
    share: float = 1.0,
    goodbye: bool = False,
    channel: str = "sms",
    loop: dict[str, Any] | None = None,
    **slots: object,
) -> Reply:
    services: Any = SimpleNamespace(
        wording=wording_of(NLU_DATA).room("core"),
        rating_share=share,
        danger_in=lambda text: "violence" if "đánh" in text else None,
    )
    action = (ActionGoodbye if goodbye else ActionThanks)(lambda: services)
    events = [{"event": "session_started"}, *before, said("cảm ơn", "thanks", channel)]
    latest = {"message_id": "m1", "intent": {"name": "thanks"}, "text": "cảm ơn"}
    tracker = Tracker("c", slots, latest, events, False, None, loop or {}, "action_listen")
    dispatcher = CollectingDispatcher()
    action.run(dispatcher, tracker, {})
    return Reply.model_validate(dispatcher.messages[0]["custom"])


ASKED = said("khai sinh mất bao nhiêu", "ask_procedure")


def test_after_an_answer_it_is_asked_with_yes_and_no() -> None:
    wishes = [choice.wish for choice in reply(ASKED, TOLD).choices]
    assert wishes == [Rate(helped=True), Rate(helped=False)]


@pytest.mark.parametrize(
    "before",
    [
        (),
        (ASKED,),
        (said("chồng đánh tôi", "ask_procedure"), TOLD),
        (ASKED, TOLD, said("trả lời ngu quá", "complaint_about_bot")),
        (ASKED, TOLD, said("cho gặp cán bộ", "talk_to_officer")),
    ],
    ids=["nothing was said", "nothing was told", "danger", "scolded", "a person is wanted"],
)
def test_it_is_not_asked_where_it_would_hurt_or_mean_nothing(before: tuple[dict[str, object], ...]) -> None:
    assert not reply(*before).choices


def test_it_is_asked_once_in_a_conversation() -> None:
    assert not reply(ASKED, TOLD, rating_asked=True).choices


def test_it_is_not_asked_while_something_else_is() -> None:
    assert not reply(ASKED, TOLD, loop={"name": "dossier_form"}).choices


@pytest.mark.parametrize("entry", ["complaints.bribe", "swindlers.otp", "help.violence"])
def test_after_bribes_fraud_and_violence_nobody_is_asked(entry: str) -> None:
    assert not reply(ASKED, TOLD, told_entry=entry).choices


def test_topics_after_which_nobody_is_asked_are_topics_of_knowledge() -> None:
    knowledge = KnowledgeBase(NLU_DATA / "knowledge", wording_of(NLU_DATA).contacts)
    topics = {topic_of(entry) for entry in knowledge.entries()}
    assert topics >= UNFIT_TOPICS


def test_a_call_that_ends_is_not_held_up() -> None:
    assert not reply(ASKED, TOLD, goodbye=True, channel="phone").choices
    assert reply(ASKED, TOLD, goodbye=True).choices


def test_how_often_is_a_setting() -> None:
    assert not reply(ASKED, TOLD, share=0.0).choices
    share = sum(drawn(f"message {number}", 0.1) for number in range(5_000)) / 5_000
    assert 0.08 < share < 0.12
