"""A fourth provider, installed from the files of docs/extending.md: real gateway, real worker, a stand-in for Lotus."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest
from channels_doubles import GatewayProcess, ScriptedCore, answer
from installations import create_app
from redis import Redis
from sms_engine_doubles import SECRET, Queues

from channels.sms.providers import registry
from channels.sms.queue.states import IncomingState, OutgoingState
from contract.reply import Reply, ReplyKind
from runtime.registry import RegistryError
from runtime.settings import Settings, SettingsError, load
from stores.database import Database
from stores.redis_server import RedisServer

ROOT = Path(__file__).resolve().parents[4]
PAGE = ROOT / "docs" / "extending.md"
_FILE = re.compile(r"^`(lotus_sms/[a-z_]+\.(?:py|yml))`:\n\n```[a-z]+\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_PROJECT = re.compile(r"^```toml\n(\[project\]\nname = \"lotus-sms\".*?)^```$", re.DOTALL | re.MULTILINE)

SHAPE = {"__init__", "form", "receive", "status", "send", "tables"}
"""Modules that every provider has."""

KEY = "a key of the tests"
CITIZEN = "+84900000123"
MESSAGE = {"id": "L1", "from": CITIZEN, "to": "8079", "text": "làm khai sinh"}


def write_distribution(folder: Path) -> Path:
    """What pip makes of the page's files, in a folder of its own."""
    page = PAGE.read_text(encoding="utf-8")
    files = dict(_FILE.findall(page))
    assert {Path(name).stem for name in files} >= {
        "__init__",
        "form",
        "receive",
        "status",
        "send",
        "tables",
        "settings",
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    (found,) = _PROJECT.findall(page)
    project = tomllib.loads(found)["project"]
    about = folder / f"lotus_sms-{project['version']}.dist-info"
    about.mkdir()
    metadata = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (about / "METADATA").write_text(metadata, encoding="utf-8")
    lines = []
    for group, points in project["entry-points"].items():
        lines += [f"[{group}]", *(f"{name} = {value}" for name, value in points.items())]
    (about / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder


class LotusCentre:
    """Lotus' side: takes messages, refuses what it is told to, and remembers."""

    def __init__(self) -> None:
        self.taken: list[dict[str, str]] = []
        self.keys: set[str | None] = set()
        self.refusals: list[str] = []
        centre = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                centre.keys.add(self.headers.get("X-Lotus-Key"))
                if centre.refusals:
                    self._say(400, {"error": centre.refusals.pop(0)})
                    return
                centre.taken.append(body)
                self._say(202, {"id": f"lotus-{len(centre.taken)}"})

            def _say(self, status: int, content: dict[str, str]) -> None:
                written = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(written)))
                self.end_headers()
                self.wfile.write(written)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def centre() -> Iterator[LotusCentre]:
    made = LotusCentre()
    yield made
    made.close()


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The distribution on the search path of this process and of those it starts."""
    folder = write_distribution(tmp_path / "site")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.setenv("PYTHONPATH", str(folder))
    yield folder
    for name in [name for name in sys.modules if name.split(".")[0] == "lotus_sms"]:
        del sys.modules[name]


def until(condition: Callable[[], Any], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@pytest.fixture
def worker(
    tmp_path: Path,
    installed: Path,
    centre: LotusCentre,
    core: ScriptedCore,
    redis_server: RedisServer,
    redis: Redis,
    migrated_file: Path,
) -> Iterator[Path]:
    """A worker's process on the same data folder as the gateway; yields the folder."""
    core.script = lambda turn: answer(Reply(kind=ReplyKind.ANSWER, short=f"Trả lời {turn.text}."))
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(migrated_file, data / "motcua.db")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MOTCUA_", "PROMETHEUS_"))}
    own = {
        "MOTCUA_DATA_DIR": str(data),
        "MOTCUA_REDIS_URL": redis_server.url,
        "MOTCUA_CORE_URL": core.url,
        "MOTCUA_SECRET_KEY": SECRET.decode(),
        "MOTCUA_LOTUS_URL": centre.url,
        "MOTCUA_LOTUS_KEY": KEY,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(installed)]),
    }
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli.worker_process"], cwd=ROOT, env={**clean, **own}, stdout=log, stderr=log
        )
    yield data
    process.kill()
    process.wait()


def test_it_receives_and_sends_through_the_real_gateway_and_worker(
    worker: Path,
    centre: LotusCentre,
    start_gateway: Callable[..., GatewayProcess],
    tmp_path: Path,
) -> None:
    gateway = start_gateway(SECRET_KEY=SECRET.decode(), LOTUS_URL=centre.url, LOTUS_KEY=KEY)
    gateway.wait_until_it_answers()
    queues = Queues(Database(f"sqlite:///{worker / 'motcua.db'}"))

    def bring(path: str = "/sms/lotus", key: str = KEY, **changes: str) -> httpx.Response:
        return gateway.ask("POST", path, json={**MESSAGE, **changes}, headers={"X-Lotus-Key": key})

    assert [bring().status_code for _ in range(2)] == [200, 200]
    until(lambda: centre.taken)
    (sent,) = centre.taken
    assert (sent["to"], sent["from"], sent["text"]) == (CITIZEN, "8079", "Tra loi lam khai sinh.")
    assert centre.keys == {KEY}
    until(lambda: queues.records.outgoing(OutgoingState.HANDED))
    (handed,) = queues.records.outgoing()
    assert (handed.route, handed.provider_id, handed.reference) == ("lotus", "lotus-1", sent["reference"])

    assert bring("/sms/lotus/status", id="lotus-1", status="delivered").status_code == 200
    until(lambda: queues.records.outgoing(OutgoingState.DELIVERED))

    assert bring(key="another").status_code == 403
    refused = bring(id="", **{"from": ""})
    assert refused.status_code == 400
    assert refused.json()["error"]["message"] == "id is missing; from is missing"

    centre.refusals = ["no_such_number"]
    assert bring(id="L2", text="hỏi tiếp").status_code == 200
    until(lambda: queues.records.outgoing(OutgoingState.FAILED))
    (failed,) = queues.records.outgoing(OutgoingState.FAILED)
    assert failed.code == "no_such_number"
    assert len(queues.records.incoming(IncomingState.ANSWERED)) == 2

    figures = gateway.ask("GET", "/metrics").text
    assert 'motcua_sms_handed_total{route="lotus"} 1.0' in figures
    assert 'motcua_bad_signatures_total{provider="lotus"} 1.0' in figures
    logs = gateway.log.read_text() + (tmp_path / "worker.log").read_text()
    assert CITIZEN not in logs
    assert "Traceback" not in logs
    queues.database.close()


def test_its_address_says_what_is_missing_while_it_is_not_set_up(
    installed: Path, set_up: Callable[..., Settings]
) -> None:
    settings = set_up()
    assert registry.set_up(settings) == ()
    response = create_app(settings).test_client().post("/sms/lotus", json=MESSAGE)
    assert response.status_code == 503
    assert "MOTCUA_LOTUS_KEY" in response.json["error"]["message"]


def test_the_table_that_ships_tries_it_after_the_others(installed: Path, tmp_path: Path) -> None:
    table = registry.number_table(Settings(data_dir=tmp_path))
    assert table.order(CITIZEN) == ("gsm", "smpp_link", "smpp", "twilio", "lotus")
    assert table.order(CITIZEN, "lotus")[0] == "lotus"


def test_an_operators_own_table_may_name_it_and_alone_decides(installed: Path, tmp_path: Path) -> None:
    file = tmp_path / "routes.yml"
    file.write_text('routes:\n  "+84": [lotus, gsm]\n  "": [gsm]\n')
    table = registry.number_table(Settings(data_dir=tmp_path, sms_routes=file))
    assert table.order(CITIZEN) == ("lotus", "gsm")
    assert table.order("+15005550006", "lotus") == ("gsm",)


def test_without_it_nobody_knows_it(tmp_path: Path) -> None:
    file = tmp_path / "routes.yml"
    file.write_text('routes:\n  "": [lotus]\n')
    with pytest.raises(
        SettingsError, match=r"MOTCUA_SMS_ROUTES.*needs routes of gsm, smpp_link, smpp, twilio; found lotus"
    ):
        registry.number_table(Settings(data_dir=tmp_path, sms_routes=file))


def test_a_misspelled_setting_of_it_stops_the_start(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_LOTUS_KEYS", "x")
    with pytest.raises(SettingsError, match="unknown setting MOTCUA_LOTUS_KEYS"):
        load()


def test_one_that_is_broken_is_told_by_name(installed: Path) -> None:
    (installed / "lotus_sms" / "__init__.py").write_text("import a_module_nobody_has\n")
    with pytest.raises(RegistryError, match=r"'lotus' of lotus-sms 1\.0 cannot be imported \(ModuleNotFoundError"):
        registry.providers()


@pytest.mark.parametrize("name", registry.PROVIDERS.names)
def test_every_provider_has_the_one_shape(name: str) -> None:
    folder = ROOT / "channels" / "sms" / "providers" / name
    assert {path.stem for path in folder.glob("*.py")} >= SHAPE
    assert "read_message" in (folder / "form.py").read_text(encoding="utf-8")
    assert "read_receipt" in (folder / "form.py").read_text(encoding="utf-8")
    assert (folder / "errors.yml").exists()
    assert registry.provider(name).name == name
