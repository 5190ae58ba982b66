from __future__ import annotations

import socket
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from channels.sms.providers.smpp import Smpp
from channels.sms.providers.smpp.send import KannelRoute
from channels.sms.routes.messages import Handed, OutgoingMessage
from channels.sms.routes.route import Fault, Limits, SendFailed
from runtime.settings import Environment, Settings, SettingsError
from stores.sealing import Seal

MESSAGE = OutgoingMessage(reference="ab12", recipient="+84900000123", text="Cần tờ khai.", sender="8079")


@dataclass
class Request:
    """One call of sendsms."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Sendsms:
    """Answers as Kannel's sendsms does; None hangs up instead."""

    port: int = 0
    status: int = 202
    text: str | None = "0: Accepted for delivery"
    requests: list[Request] = field(default_factory=list)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    sendsms: Sendsms


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        sendsms = self.server.sendsms
        body = self.rfile.read(int(self.headers["Content-Length"]))
        sendsms.requests.append(Request(self.path, dict(self.headers), body))
        if sendsms.text is None:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        answer = sendsms.text.encode()
        self.send_response(sendsms.status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def sendsms() -> Iterator[Sendsms]:
    server = _Server(("127.0.0.1", 0), _Handler)
    server.sendsms = Sendsms(server.server_address[1])
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    yield server.sendsms
    server.shutdown()
    server.server_close()


def route_to(port: int, *, number: str | None = None, secret: str | None = "a-secret-of-the-tests") -> KannelRoute:
    return KannelRoute(
        f"http://127.0.0.1:{port}/cgi-bin/sendsms",
        "motcua",
        "a password",
        number=number,
        callback="http://127.0.0.1:8080",
        secret=secret,
        limits=Limits(per_second=30, window=16, longest=459, idempotent=False),
    )


@pytest.fixture
async def route(sendsms: Sendsms) -> AsyncIterator[KannelRoute]:
    made = route_to(sendsms.port, number="1900")
    yield made
    await made.close()


async def failure(route: KannelRoute, message: OutgoingMessage = MESSAGE) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        await route.send(message)
    assert "900000123" not in str(caught.value)
    assert message.text not in str(caught.value)
    return caught.value


async def test_a_message_is_handed_over_without_a_number_in_the_address(route: KannelRoute, sendsms: Sendsms) -> None:
    assert await route.send(MESSAGE) == Handed(provider_id=None, segments=1)
    (request,) = sendsms.requests
    assert request.path == "/cgi-bin/sendsms"
    assert request.body.decode() == "Cần tờ khai."
    told = {name.lower(): value for name, value in request.headers.items() if name.lower().startswith("x-kannel")}
    assert told == {
        "x-kannel-username": "motcua",
        "x-kannel-password": "a password",
        "x-kannel-from": "8079",
        "x-kannel-to": "+84900000123",
        "x-kannel-coding": "2",
        "x-kannel-dlr-mask": "27",
        "x-kannel-dlr-url": "http://kannel:a-secret-of-the-tests@127.0.0.1:8080/sms/kannel/status"
        "?message=ab12&type=%d&id=%F&detail=%D",
    }


@pytest.mark.parametrize(
    ("text", "coding", "segments"),
    [
        ("Can to khai {1} @ 5€", "0", 1),
        ("x" * 161, "0", 2),
        ("Cần tờ khai", "2", 1),
        ("ầ" * 71, "2", 2),
        ("ba dấu chấm…", "2", 1),
    ],
)
async def test_the_alphabet_follows_the_text(
    route: KannelRoute, sendsms: Sendsms, text: str, coding: str, segments: int
) -> None:
    handed = await route.send(OutgoingMessage("ab12", "+84900000123", text))
    assert handed.segments == segments
    assert sendsms.requests[0].headers["X-Kannel-Coding"] == coding
    assert sendsms.requests[0].headers["X-Kannel-From"] == "1900"


@pytest.mark.parametrize(("seconds", "minutes"), [(3600, "60"), (61, "2"), (1, "1"), (0, "1"), (None, None)])
async def test_kannel_forgets_a_message_nobody_needs_any_more(
    route: KannelRoute, sendsms: Sendsms, seconds: int | None, minutes: str | None
) -> None:
    await route.send(OutgoingMessage("ab12", "+84900000123", "a", valid_seconds=seconds))
    assert sendsms.requests[0].headers.get("X-Kannel-Validity") == minutes


@pytest.mark.parametrize("text", ["0: Accepted for delivery", "3: Queued for later delivery", "Sent."])
async def test_every_way_of_taking_a_message_counts(route: KannelRoute, sendsms: Sendsms, text: str) -> None:
    sendsms.text = text
    assert await route.send(MESSAGE) == Handed(provider_id=None, segments=1)


@pytest.mark.parametrize(
    ("status", "text", "fault", "code"),
    [
        (403, "Authorization failed for sendsms", Fault.RETRYABLE, "not_authorised"),
        (403, "Not routable. Do not try again.", Fault.PERMANENT, "not_routable"),
        (403, "Forbidden by a proxy", Fault.UNSURE, "http_403"),
        (
            400,
            "Number(s) has/have been denied by white- and/or black-lists.",
            Fault.PERMANENT,
            "recipient_denied",
        ),
        (400, "Sender missing and no global set, rejected", Fault.RETRYABLE, "no_sender"),
        (400, "Charset or body misformed, rejected", Fault.PERMANENT, "bad_request"),
        (404, "Unknown request.", Fault.RETRYABLE, "wrong_address"),
        (500, "Sending failed.", Fault.RETRYABLE, "sending_failed"),
        (500, "<html>something else</html>", Fault.UNSURE, "http_500"),
        (503, "Temporal failure, try again later.", Fault.RETRYABLE, "queue_full"),
        (503, "", Fault.UNSURE, "http_503"),
        (202, "<html>a page</html>", Fault.UNSURE, "http_202"),
        (200, "0: Accepted for delivery", Fault.UNSURE, "http_200"),
        (302, "", Fault.UNSURE, "http_302"),
    ],
)
async def test_a_refusal_is_understood(
    route: KannelRoute, sendsms: Sendsms, status: int, text: str, fault: Fault, code: str
) -> None:
    sendsms.status, sendsms.text = status, text
    failed = await failure(route)
    assert (failed.fault, failed.code) == (fault, code)


@pytest.mark.parametrize(
    ("text", "elsewhere"),
    [("Not routable. Do not try again.", True), ("Authorization failed for sendsms", False)],
)
async def test_what_only_this_kannel_bars_may_go_by_another_route(
    route: KannelRoute, sendsms: Sendsms, text: str, elsewhere: bool
) -> None:
    sendsms.status, sendsms.text = 403, text
    assert (await failure(route)).elsewhere is elsewhere


async def test_a_kannel_that_is_not_there_has_surely_not_taken_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        route = route_to(taken.getsockname()[1])
        failed = await failure(route)
        await route.close()
    assert (failed.fault, failed.code) == (Fault.RETRYABLE, "unreachable")


async def test_a_kannel_that_hangs_up_may_have_taken_it(route: KannelRoute, sendsms: Sendsms) -> None:
    sendsms.text = None
    failed = await failure(route)
    assert (failed.fault, failed.code) == (Fault.UNSURE, "no_answer")
    assert await route.look_up(MESSAGE) is None
    assert len(sendsms.requests) == 1


@pytest.mark.parametrize(
    ("message", "code"),
    [
        (OutgoingMessage("ab12", "+84900000123", "x" * 460), "too_long"),
        (OutgoingMessage("ab12", "+84900000123\r\nX-Kannel-To: 113", "riêng tư"), "bad_recipient"),
        (OutgoingMessage("ab12", "VIETTEL", "riêng tư"), "bad_recipient"),
        (OutgoingMessage("ab12", "", "riêng tư"), "bad_recipient"),
        (OutgoingMessage("ab12", "+84900000123", "riêng tư", sender="8079\nX-Kannel-To: 113"), "bad_sender"),
        (OutgoingMessage("ab12", "+84900000123", "riêng tư", sender="a name too long"), "bad_sender"),
    ],
)
async def test_what_cannot_be_sent_never_reaches_kannel(
    route: KannelRoute, sendsms: Sendsms, message: OutgoingMessage, code: str
) -> None:
    failed = await failure(route, message)
    assert (failed.fault, failed.code) == (Fault.PERMANENT, code)
    # A wrong recipient is one by every route.
    assert failed.elsewhere is (code != "bad_recipient")
    assert sendsms.requests == []


class TestSettings:
    def test_without_an_address_there_is_no_route(self) -> None:
        assert not Smpp().is_set_up(Settings())

    async def test_the_route_is_as_the_settings_say(self) -> None:
        route = await Smpp().connect(
            Settings(
                kannel_url="http://127.0.0.1:13013/cgi-bin/sendsms",
                kannel_password="a password",
                kannel_longest=495,
                kannel_per_second=5,
            ),
            Seal(b"a secret of the tests"),
        )
        assert (route.name, route.limits.longest, route.limits.per_second) == ("smpp", 495, 5)
        assert not route.limits.idempotent
        await route.close()

    @pytest.mark.parametrize(
        ("changes", "name"),
        [
            ({}, "MOTCUA_KANNEL_PASSWORD"),
            ({"kannel_password": "x", "environment": Environment.PRODUCTION}, "MOTCUA_KANNEL_SECRET"),
        ],
    )
    async def test_half_a_set_up_stops_the_start(self, changes: dict[str, object], name: str) -> None:
        with pytest.raises(SettingsError, match=name):
            await Smpp().connect(
                Settings(kannel_url="http://127.0.0.1:13013/cgi-bin/sendsms", **changes), Seal(b"a secret of the tests")
            )
