"""The whole system as its users meet it: started with ``motcua up``, spoken to by HTTP, SMS and commands."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from free_ports import free_ports
from redis import Redis
from twilio.request_validator import RequestValidator

from actions.dossiers.outage import OutageSwitch
from stores.redis_server import socket_path

ROOT = Path(__file__).resolve().parents[1]
TOKEN = "a token of the tests"
START_SECONDS = 240.0
"""Long, because the first start in a fresh checkout on a busy machine may also train the model."""


@dataclass(frozen=True)
class Answer:
    """What came back for one turn."""

    replies: list[dict[str, Any]]
    understanding: dict[str, Any]

    @property
    def text(self) -> str:
        """Everything the channel shows, one reply below the other."""
        return "\n".join(reply["text"] for reply in self.replies)

    @property
    def everything(self) -> str:
        """Shown, spoken and offered."""
        return json.dumps(self.replies, ensure_ascii=False)

    @property
    def choices(self) -> list[dict[str, str]]:
        """The choices of the last reply that has some."""
        return next((reply["choices"] for reply in reversed(self.replies) if reply["choices"]), [])


@dataclass
class RunningSystem:
    """One system of its own, over a data folder and ports of its own."""

    data: Path
    log: Path
    port: int = field(default_factory=lambda: free_ports(4))
    token: str = TOKEN
    settings: dict[str, str] = field(default_factory=dict)
    """More settings, by the names of their environment variables."""
    process: subprocess.Popen[bytes] | None = None
    address: str = "127.0.0.1"
    """Where the gateway listens."""
    namespace: str = ""
    """Of the network it runs in; empty for the one we are in."""
    only: str = ""
    """Processes it consists of, with commas between; empty for all."""

    @property
    def url(self) -> str:
        """Address of the gateway."""
        return f"http://{self.address}:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What the system and the commands talking to it see."""
        return {
            **without_settings(),
            "PYTHONPATH": str(ROOT),
            "MOTCUA_DATA_DIR": str(self.data),
            "MOTCUA_URL": self.url,
            **({"MOTCUA_HOST": self.address} if self.namespace else {}),
            "MOTCUA_RATING_SHARE": "0",
            "MOTCUA_TWILIO_AUTH_TOKEN": self.token,
            **self.settings,
        }

    def start(self) -> None:
        """Start it and wait until every part is ready."""
        self.launch()
        deadline = time.monotonic() + START_SECONDS
        while not self.is_ready():
            assert self.process is not None
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise AssertionError(f"the system did not start:\n{self.log_text()}")
            time.sleep(0.1)

    def launch(self) -> None:
        """Start it without waiting."""
        inside = ["ip", "netns", "exec", self.namespace] if self.namespace else []
        command = [*inside, sys.executable, "-m", "cli.main", "up", "--port", str(self.port), "--data", str(self.data)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, *(["--only", self.only] if self.only else [])],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )

    def is_ready(self, timeout: float = 5.0) -> bool:
        """Whether ``/readyz`` says so, in time."""
        try:
            return httpx.get(self.url + "/readyz", timeout=timeout, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        """Stop it as Ctrl-C would."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def log_text(self) -> str:
        """Everything all its processes have logged."""
        return self.log.read_text(encoding="utf-8", errors="replace")

    def post(self, **fields: object) -> httpx.Response:
        """``POST /api/v1/converse`` as it is, with the key where one is set."""
        key = self.settings.get("MOTCUA_API_KEY")
        shown = {"Authorization": f"Bearer {key}"} if key else None
        return httpx.post(f"{self.url}/api/v1/converse", json=fields, headers=shown, timeout=30, trust_env=False)

    def converse(self, **fields: object) -> Answer:
        """One turn that must be answered."""
        response = self.post(**fields)
        assert response.status_code == 200, response.text
        return Answer(**response.json())

    def say(self, text: str, channel: str = "kiosk", conversation: str | None = None) -> Answer:
        """Words of a citizen; a new conversation unless one is named."""
        return self.converse(channel=channel, conversation=conversation or secrets.token_hex(8), text=text)

    def text_message(self, body: str, sender: str, **fields: str) -> list[str]:
        """A signed text message through the provider's webhook; the texts sent back."""
        form = {
            "MessageSid": "SM" + secrets.token_hex(16),
            "From": sender,
            "To": "+84000000000",
            "Body": body,
            "NumMedia": "0",
            **fields,
        }
        address = f"{self.url}/sms/twilio"
        signature = RequestValidator(self.token).compute_signature(address, form)
        headers = {"X-Twilio-Signature": signature}
        response = httpx.post(address, data=form, headers=headers, timeout=30, trust_env=False)
        assert response.status_code == 200, response.text
        return [message.text or "" for message in ElementTree.fromstring(response.content).iter("Message")]

    def cli(self, *arguments: str, given: str | bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        """``motcua …`` beside the running system."""
        return run_cli(*arguments, environment=self.environment, given=given)

    def dossiers(self) -> list[dict[str, Any]]:
        """The sandbox's dossiers, as ``motcua sandbox dossiers --json`` prints them."""
        rows: list[dict[str, Any]] = json.loads(self.cli("sandbox", "dossiers", "--json").stdout)
        return rows

    @contextmanager
    def outage(self) -> Iterator[None]:
        """The back end fails meanwhile."""
        self.switch_outage("on")
        try:
            yield
        finally:
            self.switch_outage("off")

    def switch_outage(self, position: str) -> None:
        """What ``motcua sandbox outage`` does, without the seconds a command takes to start."""
        with Redis(unix_socket_path=str(socket_path(self.data / "redis"))) as client:
            switch = OutageSwitch(client)
            switch.turn_on() if position == "on" else switch.turn_off()

    def files_with(self, words: str) -> list[str]:
        """Files below the data folder, and the log, in whose bytes the words stand."""
        wanted = words.encode()
        files = [path for path in self.data.rglob("*") if path.is_file()]
        return [str(path) for path in [*files, self.log] if wanted in path.read_bytes()]


def run_cli(
    *arguments: str, environment: dict[str, str], given: str | bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    """``motcua …`` as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        cwd=ROOT,
        env=environment,
        input=given.encode() if isinstance(given, str) else given,
        capture_output=True,
        timeout=180,
        check=False,
    )


def without_settings() -> dict[str, str]:
    """The environment without settings of whoever runs the tests."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("MOTCUA_", "PROMETHEUS_"))}


def train_when_stale(lock: Path) -> None:
    """Train the model unless it is there; of several test processes one trains and the others wait.

    In a process of its own: training takes memory that the tests would keep.
    """
    from assistant.model import is_stale

    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if is_stale():
            # A data folder without phrases of its own: the model of the project's data alone is wanted.
            with tempfile.TemporaryDirectory() as empty:
                own = {"PYTHONPATH": str(ROOT), "MOTCUA_DATA_DIR": empty}
                run_cli("train", environment={**without_settings(), **own}).check_returncode()
