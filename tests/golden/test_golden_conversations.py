"""Plays the conversations of this folder's YAML files through the running system.

A file lists conversations, each with a ``name``, a ``channel`` (kiosk unless said) and ``turns``. A turn
says what a citizen does (``say``, ``digits`` or ``event``; ``person`` when somebody else speaks, in a
conversation of their own; ``outage`` to break or repair the look-up) and what is expected:

    contains, lacks                          words that must, or must not, stand in what is shown
    intent, procedure, aspect, dossier_code  what is understood
    choices                                  how many are offered, or a part of each label
    replies                                  how many there are

Text messages go out without diacritics; the words expected are written with them all the same. On the telephone the
words are those a caller hears: figures as they are said.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import pytest
import yaml
from running_system import Answer, RunningSystem

from language.normalise import fold

pytestmark = pytest.mark.xdist_group("system")

NOTICES = {"vi": "tự động", "en": "automatic"}
"""By the language a conversation begins in: the one that was written in, or just asked for."""
UNDERSTOOD = ("intent", "procedure", "aspect", "dossier_code")
TURN_KEYS = {"say", "digits", "event", "person", "outage", "expect"}
EXPECT_KEYS = {"contains", "lacks", "choices", "replies", *UNDERSTOOD}


def conversations() -> list[Any]:
    found = []
    for path in sorted(Path(__file__).parent.glob("*.yml")):
        for conversation in yaml.safe_load(path.read_text(encoding="utf-8")):
            found.append(pytest.param(conversation, id=f"{path.stem}: {conversation['name']}"))
    return found


@pytest.mark.parametrize("conversation", conversations())
def test_conversation(system: RunningSystem, conversation: dict[str, Any]) -> None:
    channel = conversation.get("channel", "kiosk")
    run = secrets.token_hex(8)
    greeted: set[str] = set()
    broken = False
    try:
        for number, turn in enumerate(conversation["turns"], start=1):
            assert turn.keys() <= TURN_KEYS, turn.keys()
            if "outage" in turn:
                broken = turn["outage"] == "on"
                system.switch_outage(turn["outage"])
                continue
            person = turn.get("person", "somebody")
            words = {"say": "text", "digits": "digits", "event": "event"}
            said = {words[key]: str(turn[key]) for key in words if key in turn}
            answer = system.converse(channel=channel, conversation=f"{run}-{person}", **said)
            shown = said_by(answer, channel)
            where = f"turn {number}, {turn}\nanswer: {answer.text}\nunderstood: {answer.understanding}"
            if turn.get("event") in ("start", "hangup"):
                greeted.discard(person)
            if turn.get("event") != "hangup":
                notice = NOTICES[conversation.get("begins_in", "vi")]
                check_notice(answer, channel, notice, person in greeted, where)
                greeted.add(person)
            if answer.understanding["intent"] == "delete_my_data":
                greeted.discard(person)
            check(turn.get("expect", {}), answer, shown, channel, where)
    finally:
        if broken:
            system.switch_outage("off")


def said_by(answer: Answer, channel: str) -> str:
    """What reaches the citizen: a caller hears, the others read."""
    told = " ".join(reply["speech"] for reply in answer.replies) if channel == "phone" else answer.text
    return comparable(told, channel)


def comparable(text: str, channel: str) -> str:
    text = " ".join(text.lower().replace("“", '"').replace("”", '"').split())
    return fold(text) if channel == "sms" else text


def check_notice(answer: Answer, channel: str, notice: str, greeted: bool, where: str) -> None:
    """The first message says that a machine answers, later ones do not; none is empty."""
    assert answer.replies, where
    assert all(reply["text"].strip() and reply["speech"].strip() for reply in answer.replies), where
    first = comparable(answer.replies[0]["text"], channel)
    if greeted:
        assert first != comparable("Đây là trợ lý tự động Một Cửa.", channel), where
    else:
        assert comparable(notice, channel) in first, where


def check(expect: dict[str, Any], answer: Answer, shown: str, channel: str, where: str) -> None:
    assert expect.keys() <= EXPECT_KEYS, expect.keys()
    for words in expect.get("contains", []):
        assert comparable(str(words), channel) in shown, f"{words!r} is missing: {where}"
    for words in expect.get("lacks", []):
        assert comparable(str(words), channel) not in shown, f"{words!r} must not stand there: {where}"
    for key in UNDERSTOOD:
        if key in expect:
            assert answer.understanding[key] == expect[key], f"{key}: {where}"
    if "replies" in expect:
        assert len(answer.replies) == expect["replies"], where
    choices = expect.get("choices")
    if isinstance(choices, int):
        assert len(answer.choices) == choices, where
    elif choices is not None:
        labels = [choice["label"] for choice in answer.choices]
        assert len(labels) == len(choices), where
        assert all(part.lower() in label.lower() for part, label in zip(choices, labels, strict=True)), where
