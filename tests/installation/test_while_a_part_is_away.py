"""Core or Redis stand still, stopped and not dead: whoever writes or calls is told so, and nothing of it is lost."""

from __future__ import annotations

import os
import re
import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape

import httpx
import pytest
from office_surroundings import Office, until
from running_system import RunningSystem
from twilio.request_validator import RequestValidator

from benchmarks.processes import descendants, with_module
from cli.processes import MODULES

pytestmark = pytest.mark.xdist_group("office")


@contextmanager
def stopped(system: RunningSystem, word: str) -> Iterator[None]:
    """Meanwhile the processes whose command line has a word do nothing; their connections stay open."""
    assert system.process is not None
    pids = with_module(descendants(system.process.pid), word)
    assert pids
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def texts_to(office: Office, number: str) -> list[str]:
    """By the Twilio-compatible provider, which brought the question."""
    return [one["text"].casefold() for one in office.around.neighbours.sent if one["to"] == number]


class Caller:
    """The provider's side of a call; follows where each answer leads."""

    def __init__(self, system: RunningSystem) -> None:
        self._system, self._id, self._next = system, "CA" + secrets.token_hex(16), f"{system.url}/voice/twilio"

    def does(self, **fields: str) -> str:
        form = {"CallSid": self._id, "From": "+84900000461", "To": "+84000000000", "CallStatus": "in-progress"} | fields
        signed = RequestValidator(self._system.token).compute_signature(self._next, form)
        head = {"X-Twilio-Signature": signed}
        told = httpx.post(self._next, data=form, headers=head, timeout=60, trust_env=False)
        assert told.status_code == 200, told.text
        if action := re.search(r'action="([^"]+)"', told.text):
            self._next = unescape(action[1])
        return told.text


@pytest.mark.parametrize(("part", "number"), [("core", "+84900000462"), ("valkey", "+84900000463")])
def test_who_writes_or_calls_is_told_and_the_question_is_answered_afterwards(
    office: Office, part: str, number: str
) -> None:
    caller = Caller(office.system)
    assert "tổng đài" in caller.does()
    with stopped(office.system, MODULES.get(part, part)):
        office.system.text_message("lam giay khai sinh can gi", number)
        said = caller.does(SpeechResult="làm giấy khai sinh cần gì", Confidence="0.9")
        assert "trục trặc" in said
        if part == "core":
            until(lambda: any("truc trac" in text for text in texts_to(office, number)), "that it takes longer")
    until(lambda: any("to khai" in text for text in texts_to(office, number)), "the answer")
    assert len(texts_to(office, number)) == len(set(texts_to(office, number)))
