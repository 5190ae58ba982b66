"""What the gateway meets in these tests: a scripted core behind a real HTTP server, and the gateway's own
process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx
from redis import Redis

from contract.reply import Reply, ReplyKind
from contract.turn import Turn, TurnResult, Understanding

Script = Callable[[Turn], TurnResult | int | bytes]
"""Answers a turn: with a result, with a bare status, or with a body that is no result."""


def answer(*replies: Reply, intent: str = "ask_procedure") -> TurnResult:
    return TurnResult(replies=replies, understanding=Understanding(intent=intent, confidence=0.9))


def short_answer(text: str = "Cần tờ khai và giấy chứng sinh.") -> TurnResult:
    return answer(Reply(kind=ReplyKind.ANSWER, short=text))


def everything_in(redis: Redis) -> str:
    """Every key of a test's Redis with what it holds, as text."""

    def string(key: str) -> object:
        try:
            return redis.get(key)
        except UnicodeDecodeError:
            # A sketch that counts: its bytes, as the server would give them away.
            return redis.dump(key)

    read = {
        "list": lambda key: redis.lrange(key, 0, -1),
        "hash": redis.hgetall,
        "set": redis.smembers,
        "zset": lambda key: redis.zrange(key, 0, -1, withscores=True),
        "string": string,
    }
    return "".join(f"{key}{read[redis.type(key)](key)!r}" for key in redis.keys("*"))


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._send(self.server.core.state, b'{"status":"ok"}')

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        core = self.server.core
        core.keys.append(self.headers.get("Authorization", ""))
        turn = Turn.model_validate_json(body)
        core.turns.append(turn)
        result = core.script(turn)
        if isinstance(result, int):
            self._send(result, json.dumps({"error": "scripted"}).encode())
        elif isinstance(result, bytes):
            self._send(200, result)
        else:
            self._send(200, result.model_dump_json().encode())

    def _send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    core: ScriptedCore

    def handle_error(self, request: object, client_address: object) -> None:
        """A gateway that no longer waits is what some tests are about."""


class ScriptedCore:
    """A core that answers as the test says and remembers what it was asked."""

    def __init__(self) -> None:
        self.script: Script = lambda turn: short_answer()
        self.state = 200
        self.turns: list[Turn] = []
        self.keys: list[str] = []
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.core = self
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class GatewayProcess:
    """``gateway_alone.py`` with settings from the environment, as the supervisor starts it."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.port = int(environment["MOTCUA_PORT"])
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / "gateway.log"
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("MOTCUA_", "PROMETHEUS_"))}
        root = Path(__file__).resolve().parents[2]
        search = os.pathsep.join(filter(None, [str(root), os.environ.get("PYTHONPATH")]))
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, str(Path(__file__).with_name("gateway_alone.py"))],
                cwd=root,
                env={**clean, **environment, "PYTHONPATH": search},
                stderr=log,
                stdout=log,
            )

    def wait_until_it_answers(self, seconds: float = 60.0) -> None:
        deadline = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < deadline:
            try:
                self.ask("GET", "/healthz", timeout=2)
                return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError(f"the gateway did not start:\n{self.log.read_text()}")

    def ask(self, method: str, path: str, *, timeout: float = 20, **content: object) -> httpx.Response:
        """Send one request over a connection of its own."""
        with httpx.Client(trust_env=False, verify=False, timeout=timeout) as client:
            return client.request(method, self.url + path, **content)

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
