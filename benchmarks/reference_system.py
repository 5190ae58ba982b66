"""Stock Rasa's shape on this machine: a project like that of ``rasa init``, its action server beside it.

The pipeline is the sparse one, because TensorFlow cannot be installed beside this project; DIET is slower.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
import time
from pathlib import Path

import aiohttp

from benchmarks import ways_in
from benchmarks.load import WrongAnswer
from benchmarks.processes import HOST, ROOT, Process, ProcessFailed, age, check_port, descendants, memory
from benchmarks.utterances import REFERENCE_MIX

PROJECT = Path(__file__).parent / "reference"
MODELS = ROOT / "models"
START_LIMIT = 180.0
_STOCK = [sys.executable, "-m", "benchmarks.stock"]


def trained_model(folder: Path) -> Path:
    """The reference's model, trained when its project has changed."""
    digest = hashlib.sha256()
    for path in sorted(PROJECT.rglob("*.yml")):
        digest.update(path.read_bytes())
    name = f"reference-{digest.hexdigest()[:16]}"
    model = MODELS / f"{name}.tar.gz"
    if model.exists():
        return model
    files = ["--domain", "domain.yml", "--config", "config.yml", "--data", "nlu.yml", "rules.yml"]
    arguments = [str(PROJECT / part) if part.endswith(".yml") else part for part in files]
    command = [*_STOCK, "train", *arguments, "--out", str(MODELS), "--fixed-model-name", name, "--force"]
    process = Process(command, {}, folder / "reference-training.log")
    deadline = time.monotonic() + START_LIMIT
    while not process.has_ended():
        if time.monotonic() > deadline:
            process.stop()
            raise ProcessFailed(f"the reference was not trained in {START_LIMIT:.0f} s:\n{process.tail()}")
        time.sleep(0.1)
    if not model.exists():
        raise ProcessFailed(f"the reference was not trained:\n{process.tail()}")
    return model


class Reference:
    """``rasa run`` and ``rasa run actions`` on loopback.

    Args:
        port: of the server; the action server takes the next one.
        folder: for logs.
        model: see :func:`trained_model`.
    """

    def __init__(self, port: int, folder: Path, model: Path) -> None:
        for wanted in (port, port + 1):
            check_port(wanted)
        endpoints = folder / "endpoints.yml"
        endpoints.write_text(f"action_endpoint:\n  url: http://{HOST}:{port + 1}/webhook\n", encoding="utf-8")
        # The same limit on threads as our own processes have: two cores, and both systems are running.
        environment = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        actions = ["run", "actions", "--actions", "benchmarks.reference.actions", "--port", str(port + 1)]
        self._actions = Process([*_STOCK, *actions], environment, folder / "reference-actions.log")
        server = ["run", "--model", str(model), "--endpoints", str(endpoints), "--interface", HOST]
        server += ["--credentials", str(PROJECT / "credentials.yml"), "--port", str(port)]
        self._server = Process([*_STOCK, *server], environment, folder / "reference.log")
        self.rest = ways_in.rest(f"http://{HOST}:{port}")

    def wait_for_first_answer(self) -> float:
        """Wait for a right answer of the custom action; seconds since the server's process began."""
        return asyncio.run(self._first_answer())

    async def _first_answer(self) -> float:
        deadline = time.monotonic() + START_LIMIT
        async with aiohttp.ClientSession(trust_env=False) as session:
            while True:
                for process in (self._server, self._actions):
                    process.check()
                try:
                    await self.rest(session, "first", REFERENCE_MIX[1])
                    return age(self._server.pid)
                except (aiohttp.ClientError, WrongAnswer):
                    if time.monotonic() > deadline:
                        raise
                    await asyncio.sleep(0.05)

    def pids(self) -> list[int]:
        """Server and action server."""
        return descendants(self._server.pid) + descendants(self._actions.pid)

    def server_memory(self) -> tuple[float, float]:
        """PSS and RSS of the server alone in MB."""
        return memory(descendants(self._server.pid))

    def whole_memory(self) -> tuple[float, float]:
        """PSS and RSS of server and action server in MB."""
        return memory(self.pids())

    def stop(self) -> None:
        """Stop both."""
        self._server.stop()
        self._actions.stop()
