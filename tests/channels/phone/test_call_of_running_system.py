"""A signed call through the running system, from the greeting to a dossier and out."""

from __future__ import annotations

import secrets
from xml.etree import ElementTree

import httpx
import pytest
from running_system import RunningSystem
from twilio.request_validator import RequestValidator
from twiml_grammar import check_twiml

pytestmark = pytest.mark.xdist_group("system")

CALLER = "+84900000177"


class SignedCall:
    """The provider's side of one call."""

    def __init__(self, system: RunningSystem) -> None:
        self._system = system
        self._id = "CA" + secrets.token_hex(16)
        self._next = "/voice/twilio"

    def post(self, path: str, **fields: str) -> httpx.Response:
        form = {"CallSid": self._id, "From": CALLER, "To": "+84900000999", "CallStatus": "in-progress", **fields}
        address = self._system.url + path
        headers = {"X-Twilio-Signature": RequestValidator(self._system.token).compute_signature(address, form)}
        return httpx.post(address, data=form, headers=headers, timeout=30, trust_env=False)

    def does(self, **fields: str) -> str:
        response = self.post(self._next, **fields)
        assert response.status_code == 200, response.text
        root = check_twiml(response.content)
        gather = root.find("Gather")
        self._next = gather.attrib["action"] if gather is not None else ""
        return spoken(root)

    def hangs_up(self) -> None:
        assert self.post("/voice/twilio/status", CallStatus="completed").status_code == 204


def spoken(root: ElementTree.Element) -> str:
    return " ".join("".join(say.itertext()) for say in root.iter("Say"))


def test_a_caller_hears_of_a_procedure_and_of_a_dossier(system: RunningSystem) -> None:
    row = next(row for row in system.dossiers() if row["code"].endswith("9105"))
    call = SignedCall(system)
    assert "tổng đài tự động" in call.does()
    assert "Làm giấy khai sinh cần" in call.does(SpeechResult="làm giấy khai sinh cần gì", Confidence="0.9")
    call.does(Digits="9")
    call.does(Digits="2")
    call.does(Digits="".join(sign for sign in row["code"] if sign.isdigit()), FinishedOnKey="#")
    call.does(Digits="1")
    assert row["status_text"] in call.does(Digits=row["last4"])
    call.hangs_up()
    assert not system.files_with(CALLER.removeprefix("+84"))


def test_a_caller_at_night_or_day_leaves_a_number_and_gets_a_ticket(system: RunningSystem) -> None:
    call = SignedCall(system)
    call.does()
    # No officers' number is set, so that a call back is offered whatever the hour is.
    assert "gọi lại" in call.does(Digits="0")
    assert "một bảy bảy" in call.does(Digits="1")
    assert "Số phiếu là" in call.does(Digits="1")
    call.hangs_up()


def test_a_webhook_with_a_wrong_signature_is_refused(system: RunningSystem) -> None:
    response = httpx.post(system.url + "/voice/twilio", data={"CallSid": "CA1"}, timeout=30, trust_env=False)
    assert response.status_code == 403
