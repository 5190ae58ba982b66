"""The worker's process against a provider's process: killed in the middle, stopped politely, set up wrongly."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from channels_doubles import GatewayProcess, ScriptedCore, answer
from redis import Redis
from sms_engine_doubles import OURS, SECRET, Queues

from channels.heartbeats import Heartbeats, NoWorker
from channels.sms.queue.states import IncomingState, OutgoingState
from channels.sms.routes.number_table import NumberTable
from contract.reply import Reply, ReplyKind
from stores.database import Database
from stores.redis_server import RedisServer

ROOT = Path(__file__).resolve().parents[3]
PROVIDER = ROOT / "tests" / "peers" / "twilio" / "provider.py"
ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "a token of the provider"
MESSAGES = 200


def until(condition: Callable[[], Any], seconds: float = 90.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


class SystemWithWorker:
    """A data folder, a provider, a core, and workers that come and go."""

    def __init__(self, folder: Path, redis_url: str, core_url: str, migrated_file: Path) -> None:
        self.folder = folder
        shutil.copy(migrated_file, folder / "motcua.db")
        self._processes: list[subprocess.Popen[bytes]] = []
        self.provider_url = self._start_provider()
        self.environment = {
            "MOTCUA_DATA_DIR": str(folder),
            "MOTCUA_REDIS_URL": redis_url,
            "MOTCUA_CORE_URL": core_url,
            "MOTCUA_SECRET_KEY": SECRET.decode(),
            "MOTCUA_TWILIO_ACCOUNT_SID": ACCOUNT,
            "MOTCUA_TWILIO_AUTH_TOKEN": TOKEN,
            "MOTCUA_TWILIO_API_URL": self.provider_url,
            "MOTCUA_TWILIO_NUMBER": OURS,
        }
        self.log = folder / "worker.log"
        self.queues = Queues(Database(f"sqlite:///{folder / 'motcua.db'}"), table=NumberTable({"": ["twilio"]}))
        # The worker goes by the real clock.
        self.queues.clock.now = time.time()

    def _start_provider(self) -> str:
        command = [sys.executable, str(PROVIDER), "--journal", str(self.folder / "journal")]
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE
        )
        self._processes.append(process)
        assert process.stdout is not None
        return process.stdout.readline().decode().strip()

    def start_worker(self, **changes: str) -> subprocess.Popen[bytes]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("MOTCUA_", "PROMETHEUS_"))}
        own = {f"MOTCUA_{name}": value for name, value in changes.items()}
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "cli.worker_process"],
                cwd=ROOT,
                env={**clean, **self.environment, **own, "PYTHONPATH": str(ROOT)},
                stdout=log,
                stderr=log,
            )
        self._processes.append(process)
        return process

    def provider(self) -> dict[str, int]:
        figures: dict[str, int] = httpx.get(f"{self.provider_url}/control", trust_env=False).json()
        return figures

    def ask(self, count: int) -> None:
        for index in range(count):
            message = self.queues.incoming(f"SM{index}", sender=f"+8490000{index:04d}", body=f"câu hỏi {index}")
            self.queues.inbox.take(message)

    def close(self) -> None:
        for process in self._processes:
            if process.poll() is None:
                process.kill()
            process.wait()
            if process.stdout is not None:
                process.stdout.close()
        self.queues.database.close()


@pytest.fixture
def system_with_worker(
    tmp_path: Path, redis: Redis, redis_server: RedisServer, core: ScriptedCore, migrated_file: Path
) -> Iterator[SystemWithWorker]:
    core.script = lambda turn: answer(Reply(kind=ReplyKind.ANSWER, short=f"Trả lời {turn.text}."))
    running = SystemWithWorker(tmp_path, redis_server.url, core.url, migrated_file)
    yield running
    running.close()


def test_a_worker_killed_in_the_middle_loses_no_answer_and_sends_none_twice_uncounted(
    system_with_worker: SystemWithWorker,
) -> None:
    system = system_with_worker
    system.ask(MESSAGES)
    first = system.start_worker()
    until(lambda: system.provider()["taken"] >= MESSAGES // 4)
    first.send_signal(signal.SIGKILL)
    first.wait()
    assert system.provider()["taken"] < MESSAGES
    system.start_worker()
    until(lambda: len(system.queues.records.outgoing(OutgoingState.HANDED, MESSAGES + 1)) >= MESSAGES)
    assert len(system.queues.records.incoming(IncomingState.ANSWERED, MESSAGES + 1)) == MESSAGES
    sent = system.queues.records.outgoing(limit=10 * MESSAGES)
    assert len(sent) == MESSAGES
    figures = system.provider()
    # Each person got a text of their own: equal ones are repeats.
    assert figures["taken"] - figures["recipient_and_body_twice"] == MESSAGES
    assert figures["recipient_and_body_twice"] <= sum(record.maybe_twice for record in sent)


def test_a_worker_asked_to_stop_ends_what_it_does_and_leaves_nothing_leased(
    system_with_worker: SystemWithWorker, redis: Redis
) -> None:
    system = system_with_worker
    system.ask(MESSAGES)
    worker = system.start_worker()
    until(lambda: system.provider()["taken"] >= 20)
    Heartbeats(redis).check()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    with pytest.raises(NoWorker):
        Heartbeats(redis).check()
    assert system.queues.records.outgoing(OutgoingState.SENDING) == []
    assert system.queues.records.incoming(IncomingState.ANSWERING) == []
    log = system.log.read_text()
    assert "Traceback" not in log
    assert "+849" not in log
    assert "câu hỏi" not in log


def test_without_redis_messages_are_still_answered(system_with_worker: SystemWithWorker) -> None:
    system = system_with_worker
    system.start_worker(REDIS_URL=f"unix://{system.folder}/nobody.sock")
    until(lambda: "worker started" in system.log.read_text())
    system.ask(3)
    until(lambda: len(system.queues.records.outgoing(OutgoingState.HANDED)) == 3)


def test_figures_of_the_worker_are_shown_by_the_gateway(
    system_with_worker: SystemWithWorker, start_gateway: Callable[..., GatewayProcess]
) -> None:
    system = system_with_worker
    system.ask(5)
    system.start_worker()
    until(lambda: len(system.queues.records.outgoing(OutgoingState.HANDED)) == 5)
    # It starts later and must not throw away what is there.
    gateway = start_gateway(DATA_DIR=str(system.folder))
    gateway.wait_until_it_answers()
    figures = gateway.ask("GET", "/metrics").text
    assert 'motcua_sms_handed_total{route="twilio"} 5.0' in figures
    assert 'motcua_sms_answered_total{route="twilio",state="answered"} 5.0' in figures


@pytest.mark.parametrize(
    ("changes", "named"),
    [({"SMS_DAYS": "0"}, "MOTCUA_SMS_DAYS=0"), ({"SMS_ROUTES": "/nowhere.yml"}, "MOTCUA_SMS_ROUTES")],
)
def test_a_wrong_setting_stops_the_start_and_is_named(
    system_with_worker: SystemWithWorker, changes: dict[str, str], named: str
) -> None:
    assert system_with_worker.start_worker(**changes).wait(60) == 1
    log = system_with_worker.log.read_text()
    assert named in log
    assert "Traceback" not in log
