"""The provider of text messages as a process of its own, which can be killed and remembers all the same."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from running_system import ROOT, without_settings

ACCOUNT = "AC" + "0" * 31 + "7"
PROGRAM = ROOT / "tests" / "peers" / "twilio" / "provider.py"


@dataclass
class ProviderProcess:
    """One account at the provider.

    Args:
        journal: what it has taken; outlives it.
        token: the account's.
        url: set when it starts.
        host: address it listens on.
    """

    journal: Path
    token: str
    url: str = ""
    host: str = "127.0.0.1"
    _process: subprocess.Popen[str] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it, at the address it had before if it had one."""
        port = self.url.rpartition(":")[2] or "0"
        options = {
            "port": port,
            "host": self.host,
            "account": ACCOUNT,
            "token": self.token,
            "journal": str(self.journal),
        }
        self._process = subprocess.Popen(
            [sys.executable, str(PROGRAM), *(word for name, value in options.items() for word in (f"--{name}", value))],
            env=without_settings(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()
        assert self.url, "the provider did not start"

    def kill(self) -> None:
        """End it as a crash would."""
        if self._process is not None:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def reset_connections(self) -> None:
        """Break every connection, whatever is going over it."""
        try:
            httpx.post(self.url + "/control/connections", timeout=20, trust_env=False)
        except httpx.TransportError:
            return
        raise AssertionError("our own connection should have been among them")

    def behave(self, behaviours: list[dict[str, Any]]) -> None:
        """How the next requests are treated, one each."""
        httpx.post(self.url + "/control", json=behaviours, timeout=20, trust_env=False).raise_for_status()

    def figures(self) -> dict[str, int]:
        """What it counts."""
        figures: dict[str, int] = httpx.get(self.url + "/control", timeout=20, trust_env=False).json()
        return figures

    def taken(self) -> dict[str, list[str]]:
        """Texts taken for each recipient, in order."""
        taken = defaultdict(list)
        for line in self.journal.read_text(encoding="utf-8").splitlines() if self.journal.exists() else ():
            message = json.loads(line)
            taken[message["to"]].append(message["body"])
        return taken
