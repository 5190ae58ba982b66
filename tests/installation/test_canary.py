"""A number and a name said through every door stand in no log, no figure, no name of a file, and nowhere in clear."""

from __future__ import annotations

import base64
import json
import re
import secrets
import sqlite3

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from message_centre import delivery
from office_surroundings import KANNEL_SECRET, OFFICER, OPEN311_KEY, PASSWORD, Office, until
from running_system import RunningSystem
from twilio.request_validator import RequestValidator

from stores.standard_webhooks import PUBLIC

pytestmark = pytest.mark.xdist_group("office")

NUMBER = "0900000486"
ABROAD = f"+84{NUMBER[1:]}"
SAID = "không chín không không không không không bốn tám sáu"
NAME = "Kanaripanô"
WORDS = f"Tôi tên Lò Thị {NAME}, số máy 0900 000 486, đọc là {SAID}, muốn hỏi về khai sinh"
PLACE = {"lat": "21.0285", "long": "105.8542", "address_string": f"nhà Lò Thị {NAME}"}


def test_what_tells_who_somebody_is_stands_nowhere_in_clear(office: Office) -> None:
    system = office.system
    by_text_message(office)
    by_recording(office)
    by_telephone(system)
    by_interface_and_kiosk(system)
    by_report(system)
    between_agencies(system)
    # What is asked in an address, which servers like to log.
    for path in ("/api/v1/converse", "/kiosk", "/centre/tickets", "/phan-anh", "/open311/v2/requests.json"):
        httpx.get(f"{system.url}{path}", params={"q": NUMBER, "name": NAME}, timeout=30, trust_env=False)
    until(lambda: unanswered(system) == 0, "answers to every message")

    assert written_somewhere(system) == []
    kept = system.cli("retention", "--now")
    assert kept.returncode == 0, kept.stderr
    assert written_somewhere(system) == []


def by_text_message(office: Office) -> None:
    """The Twilio-compatible provider, Kannel, and an operator's link."""
    system = office.system
    system.text_message(WORDS, ABROAD)
    system.text_message(f"Tôi muốn phản ánh: {WORDS}", ABROAD)
    shown = base64.b64encode(f"kannel:{KANNEL_SECRET}".encode()).decode()
    head = {
        "Authorization": f"Basic {shown}",
        "X-Kannel-From": ABROAD,
        "X-Kannel-To": "8079",
        "Content-Type": 'text/plain; charset="UTF-16BE"',
    }
    address = f"{system.url}/sms/kannel?id={secrets.token_hex(16)}"
    brought = httpx.post(address, content=WORDS.encode("utf-16-be"), headers=head, timeout=30, trust_env=False)
    assert brought.status_code == 200, brought.text
    before = len(office.around.centre.answered)
    office.around.deliver(delivery(f"Ten toi la {NAME} {NUMBER}".encode("utf-16-be"), sender=ABROAD[1:], coding=8))
    until(lambda: len(office.around.centre.answered) > before, "the link's answer")


def by_recording(office: Office) -> None:
    """A voice note, and voicemail, which an exchange forwards as one: heard by a recogniser, and answered."""
    office.around.neighbours.heard = WORDS
    before = len(office.around.numbers_written_to())
    for name in ("note", "voicemail"):
        recording = f"{office.around.neighbours.url}/{name}-{NUMBER}.wav"
        heard = {"NumMedia": "1", "MediaContentType0": "audio/wav", "MediaUrl0": recording}
        office.system.text_message("", ABROAD.replace("486", "487"), **heard)
    until(lambda: len(office.around.numbers_written_to()) > before, "an answer to what was said")


def by_telephone(system: RunningSystem) -> None:
    address, call = f"{system.url}/voice/twilio", "CA" + secrets.token_hex(16)
    for more in ({}, {"SpeechResult": WORDS, "Confidence": "0.9"}, {"Digits": NUMBER}):
        form = {"CallSid": call, "From": ABROAD, "To": "+84000000000", "CallStatus": "in-progress", **more}
        signed = RequestValidator(system.token).compute_signature(address, form)
        told = httpx.post(address, data=form, headers={"X-Twilio-Signature": signed}, timeout=30, trust_env=False)
        assert told.status_code == 200


def by_interface_and_kiosk(system: RunningSystem) -> None:
    for channel in ("kiosk", "phone", "sms"):
        system.say(WORDS, channel)
    visit = secrets.token_hex(16)
    for path, more in (
        ("turn", {"text": WORDS}),
        ("number", {"number": NUMBER}),
        ("text-message", {"number": NUMBER, "key": secrets.token_hex(16), "document": {"code": "1.001193"}}),
        ("call-back", {"number": NUMBER, "key": secrets.token_hex(16)}),
    ):
        body = more if path == "number" else {"visit": visit, **more}
        done = httpx.post(f"{system.url}/kiosk/api/{path}", json=body, timeout=30, trust_env=False)
        assert done.status_code == 200, (path, done.text)


def by_report(system: RunningSystem) -> None:
    """The web form, and Open311."""
    report = {**PLACE, "service_code": "road", "description": WORDS, "phone": NUMBER, "first_name": NAME}
    form = {**report, "service": "road", "key": secrets.token_hex(8)}
    sent = httpx.post(f"{system.url}/phan-anh", data=form, timeout=30, trust_env=False)
    assert sent.status_code == 303, sent.text
    handed = httpx.post(
        f"{system.url}/open311/v2/requests.json", data={**report, "api_key": OPEN311_KEY}, timeout=30, trust_env=False
    )
    assert handed.status_code in {200, 201}, handed.text


def between_agencies(system: RunningSystem) -> None:
    """A case handed to another agency, which is away."""
    # From an address of its own: whoever guessed passwords from the usual one has been told to wait.
    own = httpx.HTTPTransport(local_address="127.0.0.2")
    with httpx.Client(base_url=f"{system.url}/centre", trust_env=False, timeout=60, transport=own) as officer:
        signed_in = officer.post("/sign-in", data={"name": OFFICER, "password": PASSWORD})
        assert signed_in.status_code == 303
        found = re.search(r'name="csrf_token" value="([\w-]+)"', officer.get("/exchange").text)
        assert found is not None
        form, none = {"csrf_token": found[1]}, [("papers", ("", b""))]
        key = PUBLIC + base64.b64encode(Ed25519PrivateKey.generate().public_key().public_bytes_raw()).decode()
        partner = {"do": "save", "code": "H15.07", "name": "Sở mẫu", "address": "http://127.0.0.1:9", "keys": key}
        saved = officer.post("/partners", data=form | partner, files=none)
        assert saved.status_code == 303, saved.text
        # A telephone number in a case is refused.
        words = f"Đề nghị xác minh cho bà Lò Thị {NAME}"
        case = {"partner": "H15.07", "subject": f"Việc của {NAME}", "words": words, "working_days": "5", "key": "1"}
        sent = officer.post("/exchange/new", data=form | case, files=none)
        assert sent.status_code == 303, sent.text


def unanswered(system: RunningSystem) -> int:
    with sqlite3.connect(system.data / "motcua.db") as database:
        (count,) = database.execute("SELECT count(*) FROM sms_incoming WHERE answered_at IS NULL").fetchone()
    database.close()
    return int(count)


def written_somewhere(system: RunningSystem) -> list[str]:
    """Where any of it stands, in whatever spelling it was given."""
    written = [re.compile(pattern) for pattern in (NUMBER[1:], r"900[ .-]?000[ .-]486", NAME, json.dumps(NAME), SAID)]
    metrics = httpx.get(f"{system.url}/metrics", timeout=30, trust_env=False).text
    places = {"the log": system.log_text(), "the figures": metrics}
    for path in system.data.rglob("*"):
        name = str(path.relative_to(system.data))
        places[name] = name + (path.read_bytes().decode("utf-8", "replace") if path.is_file() else "")
    return [f"{one.pattern} in {name}" for name, content in places.items() for one in written if one.search(content)]
