"""What supervisors see of the machine: voice, recogniser, disk."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingUnixStreamServer
from types import SimpleNamespace
from typing import Any, cast

import pytest
from flask import Flask
from flask.testing import FlaskClient

from channels import health
from channels.callers import Callers
from channels.metrics import Metrics
from channels.parts import Parts
from channels.websockets.address import listening_socket
from installation import surroundings_health as surroundings
from runtime.settings import Settings


def gateway(settings: Settings) -> FlaskClient:
    """An application with the addresses of health alone."""
    metrics, beside = Metrics(), dict[str, health.Check]()
    parts = cast(Parts, SimpleNamespace(settings=settings, metrics=metrics, beside=beside))
    here: Any = SimpleNamespace(settings=settings)
    app = Flask(__name__)
    app.register_blueprint(health.blueprint({}, metrics, Callers.from_settings(settings), beside))
    app.register_blueprint(surroundings.surroundings_health(here, parts))
    return app.test_client()


@pytest.fixture
def abilities(tmp_path: Path) -> Iterator[dict[str, bool]]:
    """What the voice process of the test says it can do."""
    told = {"hears": True, "speaks": True}

    class Voice(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = json.dumps(told).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def address_string(self) -> str:
            return "unix"

        def log_message(self, *_: object) -> None:
            return

    with ThreadingUnixStreamServer(str(listening_socket(Settings(data_dir=tmp_path))), Voice) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield told
        server.shutdown()
        thread.join()


def others(client: FlaskClient) -> dict[str, Any]:
    found: dict[str, Any] = client.get("/readyz").json["others"]
    return found


def test_all_is_well_with_a_voice_that_answers(tmp_path: Path, abilities: dict[str, bool]) -> None:
    ok = {"state": "ok"}
    assert others(gateway(Settings(data_dir=tmp_path))) == {"voice": ok, "recogniser": ok, "disk": ok}


def test_without_a_voice_process_the_voice_is_down_and_the_gateway_goes_on(tmp_path: Path) -> None:
    response = gateway(Settings(data_dir=tmp_path)).get("/readyz")
    assert response.status_code == 200
    assert response.json["others"]["voice"]["state"] == "down"


def test_a_chosen_recogniser_that_does_not_hear_waits_for_a_hand(tmp_path: Path, abilities: dict[str, bool]) -> None:
    abilities["hears"] = False
    assert others(gateway(Settings(data_dir=tmp_path, speech_engine="vosk")))["recogniser"]["state"] == "needs_hand"
    assert others(gateway(Settings(data_dir=tmp_path, speech_engine="none")))["recogniser"]["state"] == "ok"
    abilities["hears"] = True
    assert others(gateway(Settings(data_dir=tmp_path, speech_engine="vosk")))["recogniser"]["state"] == "ok"


def test_a_process_that_cannot_speak_waits_for_a_hand(tmp_path: Path, abilities: dict[str, bool]) -> None:
    abilities["speaks"] = False
    assert others(gateway(Settings(data_dir=tmp_path)))["voice"]["state"] == "needs_hand"


@pytest.mark.parametrize(("free", "state"), [(0, "down"), (400_000_000, "needs_hand"), (600_000_000, "ok")])
def test_a_disk_that_fills_is_told_before_it_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, state: str
) -> None:
    usage = SimpleNamespace(total=100_000_000_000, used=100_000_000_000 - free, free=free)
    monkeypatch.setattr(surroundings.shutil, "disk_usage", lambda _: usage)
    client = gateway(Settings(data_dir=tmp_path))
    assert others(client)["disk"]["state"] == state
    lines = dict(line.rsplit(" ", 1) for line in client.get("/metrics").text.splitlines() if line[0] != "#")
    assert float(lines["motcua_disk_free_bytes"]) == free
