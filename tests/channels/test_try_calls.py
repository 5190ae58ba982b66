from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping

import httpx
import pytest
from flask.testing import FlaskClient
from installations import create_app
from redis import Redis
from werkzeug.serving import make_server

from channels.phone.dialogue.call_store import CallStates
from channels.phone.stream_tokens import StreamedCall, StreamTokens
from channels.try_page.calls import twiml
from channels.try_page.calls.provider import CallProvider, Ring
from channels.try_page.page import policy
from runtime.settings import Settings
from stores.sealing import Seal

CALLER = "+84900000123"
CALL = "CA" + "0" * 32


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("<Response/>", twiml.HangUp()),
        ("<Response><Say>x</Say><Hangup/></Response>", twiml.HangUp()),
        ("<Response><Say>x</Say><Gather action='/a'/><Redirect>/a</Redirect></Response>", twiml.Listen()),
        (
            "<Response><Connect><Stream url='wss://mot.example/voice/stream'><Parameter name='token' value='t'/>"
            "</Stream></Connect><Redirect>/b</Redirect></Response>",
            twiml.Connect("/voice/stream", {"token": "t"}),
        ),
        (
            "<Response><Say>x</Say><Dial action='https://mot.example/voice/twilio/dialled?n=12'>0900000000</Dial>"
            "</Response>",
            twiml.Dial("0900000000", 12),
        ),
        ("<Response><Dial>113</Dial></Response>", twiml.Dial("113", 0)),
    ],
)
def test_the_first_verb_that_decides_is_followed(document: str, expected: twiml.Instruction) -> None:
    assert twiml.read(document.encode()) == expected


@pytest.mark.parametrize(
    ("host", "named"),
    [("127.0.0.1:8080", True), ("[::1]:8080", True), ("a; script-src *", False), ("a b", False)],
)
def test_the_page_may_ask_no_host_but_its_own(host: str, named: bool) -> None:
    assert (f" ws://{host} " in policy(host)) is named
    assert "script-src" not in policy(host)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("", []),
        ("", {"from": "+84912345678"}),
        ("/stream-ended", {"from": CALLER}),
        ("/stream-ended", {"from": CALLER, "call": "CA1"}),
        ("/stream-ended", {"from": "0900000123", "call": CALL}),
        ("/nobody-answered", {"from": CALLER, "call": CALL}),
        ("/nobody-answered", {"from": CALLER, "call": CALL, "sequence": True}),
        ("/nobody-answered", {"from": CALLER, "call": CALL, "sequence": -1}),
        ("/end", {"from": CALLER, "call": CALL + "0"}),
        ("/said", {"call": None}),
    ],
)
def test_only_made_up_numbers_and_ids_of_ours_may_call(client: FlaskClient, path: str, body: object) -> None:
    assert client.post(f"/try/calls{path}", json=body).status_code == 400


def test_a_gateway_that_cannot_reach_itself_says_so(set_up: Callable[..., Settings], free_port: int) -> None:
    client = create_app(set_up(port=free_port)).test_client()
    assert client.post("/try/calls", json={"from": CALLER}).status_code == 502


class Gateway:
    """A listening gateway."""

    def __init__(self, settings: Settings) -> None:
        self._server = make_server("127.0.0.1", settings.port, create_app(settings), threaded=True)
        self._url = f"http://127.0.0.1:{settings.port}/try/calls"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def ask(self, path: str, **fields: object) -> httpx.Response:
        return httpx.post(self._url + path, json={"from": CALLER, **fields}, timeout=10, trust_env=False)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def open_gateway(set_up: Callable[..., Settings], free_port: int) -> Iterator[Callable[..., Gateway]]:
    opened: list[Gateway] = []

    def build(**changes: object) -> Gateway:
        opened.append(Gateway(set_up(port=free_port, **changes)))
        return opened[-1]

    yield build
    for gateway in opened:
        gateway.close()


@pytest.mark.parametrize("streaming", [False, True])
def test_a_call_gets_a_stream_whoever_listens_otherwise(
    open_gateway: Callable[..., Gateway], redis: Redis, seal: Seal, streaming: bool
) -> None:
    begun = open_gateway(voice_stream=streaming).ask("").json()
    assert begun["then"] == "stream"
    assert begun["stream"]["path"] == "/voice/stream"
    assert begun["stream"]["id"].startswith("MZ")
    token = begun["stream"]["parameters"]["token"]
    assert StreamTokens(redis, seal).take(token) == StreamedCall(begun["call"], CALLER)


def test_what_is_said_can_be_read_until_the_call_ends(open_gateway: Callable[..., Gateway]) -> None:
    gateway = open_gateway()
    call = gateway.ask("").json()["call"]
    said = gateway.ask("/said", call=call).json()
    assert said["sequence"] == 1
    assert said["lines"][0] == "Xin chào, tổng đài tự động Một Cửa đây."
    assert gateway.ask("/end", call=call).status_code == 204
    assert gateway.ask("/said", call=call).json() == {"sequence": 0, "lines": []}
    assert gateway.ask("/stream-ended", call=call).json() == {"call": call, "then": "over"}


def test_an_unknown_call_has_said_nothing(open_gateway: Callable[..., Gateway]) -> None:
    assert open_gateway().ask("/said", call=CALL).json() == {"sequence": 0, "lines": []}


def test_a_call_goes_on_after_an_officer_was_rung_in_vain(open_gateway: Callable[..., Gateway]) -> None:
    gateway = open_gateway(officer_number="0900000000")
    call = gateway.ask("").json()["call"]
    assert gateway.ask("/nobody-answered", call=call, sequence=1).json()["then"] == "stream"
    assert gateway.ask("/said", call=call).json()["lines"][0] == "Cán bộ đang bận, chưa nghe máy được."


class ScriptedWebhooks:
    """Answers every form with one document, and keeps what came."""

    def __init__(self, document: str) -> None:
        self.posted: list[tuple[str, Mapping[str, str]]] = []
        self._document = document

    def post(self, target: str, form: Mapping[str, str]) -> bytes:
        self.posted.append((target, form))
        return self._document.encode()


def test_whom_to_ring_and_how_it_ended_go_with_the_number_of_the_move(redis: Redis, seal: Seal) -> None:
    webhooks = ScriptedWebhooks("<Response><Dial action='/voice/twilio/dialled?n=7'>0900000000</Dial></Response>")
    provider = CallProvider(webhooks, StreamTokens(redis, seal), CallStates(redis, seal))
    step = provider.stream_ended(CALL, CALLER)
    assert step == Ring("0900000000", 7)
    provider.nobody_answered(CALL, CALLER, step.sequence)
    provider.end(CALL, CALLER)
    assert [target for target, _ in webhooks.posted] == [
        "/voice/twilio/streamed",
        "/voice/twilio/dialled?n=7",
        "/voice/twilio/status",
    ]
    assert {form["CallSid"] for _, form in webhooks.posted} == {CALL}
    assert webhooks.posted[1][1]["DialCallStatus"] == "no-answer"
    assert webhooks.posted[2][1]["CallStatus"] == "completed"
