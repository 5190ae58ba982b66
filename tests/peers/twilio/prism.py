"""Twilio's own API description, enforced: ``prism proxy`` before the provider refuses what it does not allow."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from free_ports import free_port

PACKAGES = Path(__file__).resolve().parents[1] / "node_modules"
PRISM = PACKAGES / "@stoplight" / "prism-cli" / "dist" / "index.js"
DESCRIPTION = PACKAGES / "@twilio" / "cli-core" / "src" / "services" / "twilio-api" / "twilio_api_v2010.json"

START_SECONDS = 90.0


def skip_without_prism() -> None:
    """Skip the test where the Node packages are missing."""
    if shutil.which("node") is None:
        pytest.skip("node is missing: Debian package nodejs")
    if not (PRISM.exists() and DESCRIPTION.exists()):
        pytest.skip("prism is missing: npm ci --prefix tests/peers --ignore-scripts")


@contextmanager
def running_prism(provider: str, log: Path) -> Iterator[str]:
    """The proxy's address while it runs.

    Args:
        provider: address it hands requests on to.
        log: where it writes what it finds wrong.
    """
    port = free_port()
    command = ["node", PRISM, "proxy", DESCRIPTION, provider, "--errors", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, start_new_session=True)
    try:
        _wait_until_it_listens(process, port, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        # It forks; the session started above ends as a whole.
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def _wait_until_it_listens(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"prism did not start:\n{log.read_text(errors='replace')}")
