"""A number and a name said in every channel stand in no log, no figure, no name of a file, and nowhere in clear."""

from __future__ import annotations

import re
import secrets

import httpx
import pytest
from running_system import RunningSystem
from twilio.request_validator import RequestValidator

pytestmark = pytest.mark.xdist_group("system")

NUMBER = "0900000486"
SAID = "không chín không không không không không bốn tám sáu"
NAME = "Kanaripanô"
WORDS = f"Tôi tên Lò Thị {NAME}, số máy 0900 000 486, đọc là {SAID}, muốn hỏi về khai sinh"


def called(system: RunningSystem) -> None:
    address, call = f"{system.url}/voice/twilio", "CA" + secrets.token_hex(16)
    for more in ({}, {"SpeechResult": WORDS, "Confidence": "0.9"}, {"Digits": NUMBER}):
        form = {"CallSid": call, "From": f"+84{NUMBER[1:]}", "To": "+84000000000", "CallStatus": "in-progress", **more}
        signed = RequestValidator(system.token).compute_signature(address, form)
        httpx.post(address, data=form, headers={"X-Twilio-Signature": signed}, timeout=30, trust_env=False)


def test_what_tells_who_somebody_is_stands_nowhere_in_clear(system: RunningSystem) -> None:
    system.text_message(WORDS, f"+84{NUMBER[1:]}")
    system.text_message(f"Tôi muốn phản ánh: {WORDS}", f"+84{NUMBER[1:]}")
    for channel in ("kiosk", "phone"):
        system.say(WORDS, channel)
    called(system)
    # What is asked in an address, which servers like to log.
    for path in ("/api/v1/converse", "/kiosk", "/centre/tickets", "/phan-anh"):
        httpx.get(f"{system.url}{path}", params={"q": NUMBER, "name": NAME}, timeout=30, trust_env=False)

    written = [re.compile(pattern) for pattern in (NUMBER[1:], r"900[ .-]000[ .-]486", NAME, SAID)]
    metrics = httpx.get(f"{system.url}/metrics", timeout=30, trust_env=False).text
    assert not [one.pattern for one in written if one.search(system.log_text()) or one.search(metrics)]
    found = []
    for path in system.data.rglob("*"):
        content = path.read_bytes().decode("utf-8", "replace") if path.is_file() else ""
        found += [str(path.relative_to(system.data)) for one in written if one.search(path.name) or one.search(content)]
    assert found == []
