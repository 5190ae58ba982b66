from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest
from channels_doubles import GatewayProcess, ScriptedCore, short_answer
from flask import Flask
from installations import create_app
from twilio.request_validator import RequestValidator
from werkzeug.serving import make_server

from contract.turn import Turn
from runtime.settings import Settings

TOKEN = "a token of the tests"
MESSAGE = {
    "MessageSid": "SM1",
    "From": "+84900000123",
    "To": "+84900000999",
    "Body": "khai sinh cần gì?",
    "NumMedia": "0",
}
ASK = {"channel": "kiosk", "conversation": "c", "text": "khai sinh"}

Start = Callable[..., GatewayProcess]


def post_raw(port: int, target: str, form: dict[str, str], signed: str) -> int:
    """Post with the target exactly as given: most clients would tidy it up."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest("POST", target)
    body = urlencode(form).encode()
    connection.putheader("Content-Type", "application/x-www-form-urlencoded")
    connection.putheader("Content-Length", str(len(body)))
    connection.putheader("X-Twilio-Signature", RequestValidator(TOKEN).compute_signature(signed, form))
    connection.endheaders(body)
    status = connection.getresponse().status
    connection.close()
    return status


QUERIES = ["a=b%20c", "next=%2Fhome%2f", "name=%C4%91%E1%BA%A5t", "plus=a+b&empty=&bare", "q=%25"]


def check_signatures(port: int, public: str) -> None:
    for index, query in enumerate(QUERIES):
        target = f"/sms/twilio?{query}"
        form = {**MESSAGE, "MessageSid": f"SM{port}-{index}"}
        assert post_raw(port, target, form, f"http://127.0.0.1:{port}{target}") == 200, query
        assert post_raw(port, target, form, public + target) == 200, query
        assert post_raw(port, target, form, public + "/sms/twilio") == 403, query


def test_raw_addresses_are_checked_under_gunicorn(start_gateway: Start) -> None:
    gateway = start_gateway(PUBLIC_URL="https://motcua.example.vn/in")
    gateway.wait_until_it_answers()
    check_signatures(gateway.port, "https://motcua.example.vn/in")


@pytest.fixture
def serve_with_werkzeug() -> Iterator[Callable[[Flask], int]]:
    servers = []

    def serve(app: Flask) -> int:
        server = make_server("127.0.0.1", 0, app, threaded=True)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return server.server_port

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def test_raw_addresses_are_checked_under_werkzeug(
    set_up: Callable[..., Settings], serve_with_werkzeug: Callable[[Flask], int]
) -> None:
    port = serve_with_werkzeug(create_app(set_up(public_url="https://motcua.example.vn/in")))
    check_signatures(port, "https://motcua.example.vn/in")


def test_a_body_that_is_too_large_gets_its_answer_on_the_wire(start_gateway: Start) -> None:
    gateway = start_gateway()
    gateway.wait_until_it_answers()
    for kilobytes in (300, 3_000):
        large = {**ASK, "text": "x" * kilobytes * 1000}
        response = gateway.ask("POST", "/api/v1/converse", json=large)
        assert (response.status_code, response.json()["error"]["code"]) == (413, "too_large")

    def chunks() -> Iterator[bytes]:
        for _ in range(300):
            yield b" " * 1000

    headers = {"Content-Type": "application/json"}
    response = gateway.ask("POST", "/api/v1/converse", content=chunks(), headers=headers)
    assert response.status_code == 413


def test_a_turn_in_flight_is_answered_before_the_gateway_stops(start_gateway: Start, core: ScriptedCore) -> None:
    arrived, released = threading.Event(), threading.Event()

    def slow(turn: Turn):
        arrived.set()
        released.wait(10)
        return short_answer()

    core.script = slow
    gateway = start_gateway()
    gateway.wait_until_it_answers()
    with ThreadPoolExecutor(1) as threads:
        answer = threads.submit(gateway.ask, "POST", "/api/v1/converse", json=ASK)
        assert arrived.wait(10)
        gateway.process.terminate()
        _wait_for_log(gateway, "Handling signal")
        released.set()
        assert answer.result().status_code == 200
    assert gateway.process.wait(20) == 0


def test_a_gateway_that_stops_says_so_first_and_resets_nobody(start_gateway: Start) -> None:
    """Citizens ask over new connections until nobody listens; every one that was connected is answered."""
    gateway = start_gateway(DRAIN_SECONDS="1", WEB_WORKERS="2")
    gateway.wait_until_it_answers()
    answered: list[tuple[int, str]] = []
    lost: list[str] = []

    def citizen() -> None:
        while True:
            try:
                told = gateway.ask("POST", "/api/v1/converse", json=ASK)
                answered.append((told.status_code, told.headers.get("Connection", "")))
            except httpx.ConnectError:
                return
            except httpx.TransportError as error:
                lost.append(repr(error))

    with ThreadPoolExecutor(3) as threads:
        citizens = [threads.submit(citizen) for _ in range(3)]
        gateway.process.terminate()
        _wait_for_log(gateway, "Handling signal")
        going = gateway.ask("GET", "/readyz")
        while going.status_code == 200:
            going = gateway.ask("GET", "/readyz")
        assert going.json()["dependencies"]["gateway"] == {"state": "down", "cause": "Stopping"}
        before = len(answered)
        for one in citizens:
            one.result(30)
    assert len(answered) > before, "it went on answering"
    assert {status for status, _ in answered} == {200}
    assert answered[-1][1] == "close"
    assert lost == []
    assert gateway.process.wait(20) == 0


def _wait_for_log(gateway: GatewayProcess, words: str) -> None:
    for _ in range(1000):
        if words in gateway.log.read_text():
            return
        threading.Event().wait(0.01)
    raise AssertionError(f"{words!r} is not in the log")


def test_figures_are_added_up_over_all_processes(start_gateway: Start) -> None:
    gateway = start_gateway(WEB_WORKERS="2")
    gateway.wait_until_it_answers()
    for _ in range(20):
        # A connection each, so that both processes get some.
        assert gateway.ask("POST", "/api/v1/converse", json=ASK).status_code == 200
    figures = gateway.ask("GET", "/metrics").text
    assert 'motcua_turns_total{channel="kiosk",intent="ask_procedure"} 20.0' in figures
    assert 'motcua_turn_seconds_count{channel="kiosk"} 20.0' in figures


def test_logs_are_json_lines_without_queries_and_numbers(start_gateway: Start) -> None:
    gateway = start_gateway()
    gateway.wait_until_it_answers()
    target = "/sms/twilio?token=hidden"
    assert post_raw(gateway.port, target, MESSAGE, f"{gateway.url}{target}") == 200
    gateway.ask("GET", "/a%0Ab%0A%7B%22level%22:%22forged%22%7D")
    gateway.stop()
    log = gateway.log.read_text()
    lines = [json.loads(line) for line in log.splitlines()]
    assert {line["process"] for line in lines} == {"web"}
    assert not any(line["level"] == "forged" for line in lines)
    assert "hidden" not in log
    assert "900000123" not in log
    (answered,) = [line for line in lines if line["event"] == "turn answered"]
    (request,) = [line for line in lines if line["event"] == "request" and line["path"] == "/sms/twilio"]
    assert answered["conversation"].startswith("sms:")
    assert answered["request"] == request["request"]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"PORT": "0"}, "MOTCUA_PORT=0"),
        ({"REDIS_URL": "http://x"}, "MOTCUA_REDIS_URL"),
        ({"COLOUR": "red"}, "MOTCUA_COLOUR"),
        ({"TRUSTED_PROXIES": "nginx"}, "MOTCUA_TRUSTED_PROXIES=nginx"),
        ({"SECRET_KEY": "short"}, "MOTCUA_SECRET_KEY"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_named(
    start_gateway: Start, tmp_path: Path, changes: dict[str, str], named: str
) -> None:
    gateway = start_gateway(**changes)
    assert gateway.process.wait(60) == 1
    assert named in gateway.log.read_text()
    assert "Traceback" not in gateway.log.read_text()
