"""What stands around an office: providers of text messages, an operator's message centre, a server that hears."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from message_centre import Centre
from running_system import RunningSystem

from speech.audio import Recording, silence, wav_bytes
from speech.recognition.recogniser import RATE

KANNEL_SECRET = "a-secret-of-the-tests"
OPEN311_KEY = "a key of the tests"
OFFICER, PASSWORD = "lan", "một mật khẩu đủ dài"
RECORDING = wav_bytes(Recording(silence(0.5, RATE), RATE))


class Neighbours(ThreadingHTTPServer):
    """A Twilio-compatible provider with its recordings, Kannel's sendsms, and a speech server, at one address."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answering)
        self.heard = "khai sinh"
        """What the speech server hears, whatever is said."""
        self.sent: list[dict[str, str]] = []
        """Messages that were handed over: ``to`` and ``text``."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """Whoever goes away before the answer is no defect."""


class _Answering(BaseHTTPRequestHandler):
    server: Neighbours

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        if place.path.startswith("/cgi-bin/sendsms"):
            given = {name: values[0] for name, values in parse_qs(place.query).items()}
            self.server.sent.append({"to": given.get("to", ""), "text": given.get("text", "")})
            self._answer(b"0: Accepted for delivery", "text/plain", 202)
        else:
            self._answer(RECORDING, "audio/wav")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/recognise":
            self._json({"text": self.server.heard})
        elif self.path.startswith("/cgi-bin/sendsms"):
            self.do_GET()
        else:
            given = {name: values[0] for name, values in parse_qs(body.decode()).items()}
            self.server.sent.append({"to": given.get("To", ""), "text": given.get("Body", "")})
            self._json({"sid": f"SM{len(self.server.sent):032x}", "status": "queued"}, 201)

    def _json(self, content: dict[str, Any], status: int = 200) -> None:
        self._answer(json.dumps(content).encode(), "application/json", status)

    def _answer(self, content: bytes, kind: str, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


class Surroundings:
    """All of them; the message centre runs in a loop of its own."""

    def __init__(self) -> None:
        self.neighbours = Neighbours()
        self.centre = Centre()
        self._loop = asyncio.new_event_loop()
        self._threads = [
            threading.Thread(target=self.neighbours.serve_forever, daemon=True),
            threading.Thread(target=self._loop.run_forever, daemon=True),
        ]
        for thread in self._threads:
            thread.start()
        asyncio.run_coroutine_threadsafe(self.centre.start(), self._loop).result(20)

    def deliver(self, body: bytes) -> None:
        """A citizen's message by the operator's link."""
        self._loop.call_soon_threadsafe(self.centre.deliver, body)

    def numbers_written_to(self) -> list[str]:
        """Whom messages went to, digits alone, by whatever route."""
        by_http = [one["to"] for one in self.neighbours.sent]
        return [number.lstrip("+") for number in [*by_http, *(one.to for one in self.centre.submitted)]]

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self.centre.stop(), self._loop).result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self.neighbours.shutdown()
        for thread in self._threads:
            thread.join(20)
        self.neighbours.server_close()
        self._loop.close()


@dataclass
class Office:
    """A whole system with every door open, and what stands around it."""

    system: RunningSystem
    around: Surroundings


def until(found: Callable[[], object], what: str, seconds: float = 120.0) -> None:
    """Wait for something other processes do."""
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.2)
