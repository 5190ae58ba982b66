"""Kannel itself, with the configuration this project gives operators, and a gateway for its webhooks."""

from __future__ import annotations

import shutil
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask, Response
from free_ports import free_port
from kept_arrivals import KeptArrivals
from smpp_centre import Centre
from werkzeug.serving import BaseWSGIServer, make_server

from channels import body_limit, errors
from channels.callers import Callers
from channels.metrics import Metrics
from channels.sms.providers.smpp import receive, status
from channels.sms.providers.smpp.caller import KannelCheck
from channels.sms.providers.smpp.send import KannelRoute
from channels.sms.routes.route import Limits
from runtime.clock import now

DEPLOY = Path(__file__).resolve().parents[3] / "deploy" / "kannel"
SECRET = "a-secret-of-the-tests"
PASSWORD = "a-password-of-the-tests"
ERRORS = "3"
"""What Kannel writes to the terminal, as log-level says it for files; lower levels name numbers and texts."""
DEADLINE = 60.0
"""Seconds after which something that should have happened counts as lost; a busy machine is no defect."""


def eventually(happened: Callable[[], object], what: str) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + DEADLINE
    while not happened():
        assert time.monotonic() < deadline, f"did not happen: {what}"
        time.sleep(0.05)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Gateway:
    """Our webhooks behind a real HTTP server, which can be away, forget Kannel's password, or lose answers."""

    def __init__(self) -> None:
        self.kept = KeptArrivals()
        self.port = free_port()
        self.lost_answers = 0
        self.refused = 0
        self._server: BaseWSGIServer | None = None

    def start(self, secret: str = SECRET) -> None:
        """Serve until stopped."""
        app = Flask("channels")
        errors.register(app)
        body_limit.register(app)
        metrics = Metrics()
        check = KannelCheck(secret, False, Callers(False, None, ()), metrics)
        app.register_blueprint(receive.blueprint(self.kept, check, metrics, now))
        app.register_blueprint(status.blueprint(self.kept, check))
        app.after_request(self._lose_some)
        self._server = make_server("127.0.0.1", self.port, app, threaded=True)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Go away; nobody listens any more."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _lose_some(self, response: Response) -> Response:
        self.refused += response.status_code >= 400
        if self.lost_answers > 0:
            self.lost_answers -= 1
            return Response("lost on the way", 502)
        return response


class Kannel:
    """bearerbox and smsbox.

    Args:
        folder: for their files.
        centre: the operator.
        gateway: where they bring messages.
        queue: messages that may wait for the operator.
    """

    def __init__(self, folder: Path, centre: Centre, gateway: Gateway, *, queue: int = 500) -> None:
        if shutil.which("bearerbox") is None or shutil.which("smsbox") is None:
            pytest.skip("bearerbox and smsbox are missing: Debian package kannel")
        self._folder = folder
        self._centre = centre
        self._boxes: dict[str, subprocess.Popen[bytes]] = {}
        self.sendsms_port = free_port()
        self._write_files(gateway.port, queue)

    def start(self) -> None:
        """Start both and wait until the line stands."""
        self.start_box("bearerbox")
        # A smsbox that finds no bearerbox gives up.
        eventually(lambda: _listens(self._smsbox_port), "bearerbox listens")
        self.start_box("smsbox")
        self.wait()

    def start_box(self, name: str) -> None:
        """Start one of them."""
        with (self._folder / f"{name}.out").open("ab") as out:
            self._boxes[name] = subprocess.Popen(
                [name, "-v", ERRORS, str(self._folder / "kannel.conf")], stdout=out, stderr=out, cwd=self._folder
            )

    def wait(self) -> None:
        """Wait until the operator is bound and sendsms listens."""
        eventually(lambda: self._centre.bound, "Kannel bound to the operator")
        eventually(lambda: _listens(self.sendsms_port), "sendsms listens")

    def kill(self, name: str) -> None:
        """End one of them as a power cut does."""
        self._boxes[name].kill()
        self._boxes[name].wait(10)

    def stop(self) -> None:
        """End what runs."""
        for box in reversed(self._boxes.values()):
            if box.poll() is None:
                box.send_signal(signal.SIGKILL)
                box.wait(10)

    def route(self, *, password: str = PASSWORD, longest: int = 459) -> KannelRoute:
        """Our end of it."""
        return KannelRoute(
            f"http://127.0.0.1:{self.sendsms_port}/cgi-bin/sendsms",
            "motcua",
            password,
            number="8079",
            callback=f"http://127.0.0.1:{self._gateway_port}",
            secret=SECRET,
            limits=Limits(per_second=100, window=16, longest=longest, idempotent=False),
        )

    def waiting(self) -> int:
        """Messages in bearerbox's store."""
        return sum(path.is_file() for path in (self._folder / "store").rglob("*"))

    def logs(self) -> str:
        """All it wrote."""
        paths = [*self._folder.glob("*.log"), *self._folder.glob("*.out")]
        return "".join(path.read_text(encoding="utf-8", errors="replace") for path in paths)

    def _write_files(self, gateway_port: int, queue: int) -> None:
        self._gateway_port = gateway_port
        (self._folder / "store").mkdir()
        with sqlite3.connect(self._folder / "receipts.db") as database:
            database.executescript((DEPLOY / "receipts.sql").read_text())
        self._smsbox_port = free_port()
        changes = {
            "kannel.conf": {
                "/etc/kannel": str(self._folder),
                "/var/log/kannel": str(self._folder),
                "/var/spool/kannel": str(self._folder),
                "admin-port = 13000": f"admin-port = {free_port()}",
                'admin-password = "CHANGE-ME"': f'admin-password = "{PASSWORD}"',
                "smsbox-port = 13001": f"smsbox-port = {self._smsbox_port}",
                "sendsms-port = 13013": f"sendsms-port = {self.sendsms_port}",
                "sms-resend-freq = 5": "sms-resend-freq = 1",
                "sms-outgoing-queue-limit = 500": f"sms-outgoing-queue-limit = {queue}",
            },
            "motcua.conf": {
                "port = 2775": f"port = {self._centre.port}",
                'smsc-username = "CHANGE-ME"': 'smsc-username = "motcua"',
                'smsc-password = "CHANGE-ME"': 'smsc-password = "operator"',
                "throughput = 10": "throughput = 100",
                "enquire-link-interval = 30": "enquire-link-interval = 1",
                "connection-timeout = 90": "connection-timeout = 4",
                "reconnect-delay = 5": "reconnect-delay = 1",
                "wait-ack = 60": "wait-ack = 10",
                '\npassword = "CHANGE-ME"': f'\npassword = "{PASSWORD}"',
                "kannel:CHANGE-ME@127.0.0.1:8080": f"kannel:{SECRET}@127.0.0.1:{gateway_port}",
            },
        }
        for name, table in changes.items():
            content = (DEPLOY / name).read_text(encoding="utf-8")
            for usual, here in table.items():
                assert usual in content, f"{name} no longer holds {usual!r}"
                content = content.replace(usual, here)
            rest = [line for line in content.splitlines() if "CHANGE-ME" in line and not line.startswith("#")]
            assert not rest, rest
            (self._folder / name).write_text(content, encoding="utf-8")
