"""The provider of text messages the figures are taken with: answers at once, and notes when it took what."""

from __future__ import annotations

import json
import secrets
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.processes import ROOT, Process, ProcessFailed

PROGRAM = ROOT / "tests" / "peers" / "twilio" / "provider.py"
START_SECONDS = 60.0


@dataclass(frozen=True)
class TextTaken:
    """A text message the provider has taken."""

    phone: str
    at: float
    """Seconds since 1970."""


class SmsProvider:
    """One account, in a process of its own.

    Args:
        folder: for its journal and its log.
        token: of the account.
    """

    def __init__(self, folder: Path, token: str) -> None:
        self.account = "AC" + secrets.token_hex(16)
        self._journal = folder / "journal"
        self._read = 0
        log = folder / "provider.log"
        options = {"account": self.account, "token": token, "journal": str(self._journal)}
        command = [
            sys.executable,
            str(PROGRAM),
            *(word for name, value in options.items() for word in (f"--{name}", value)),
        ]
        self._process = Process(command, {}, log)
        deadline = time.monotonic() + START_SECONDS
        while "\n" not in (said := log.read_text(errors="replace")):
            self._process.check()
            if time.monotonic() > deadline:
                raise ProcessFailed("the provider did not start")
            time.sleep(0.05)
        self.url = said.split()[0]

    def taken(self) -> Iterator[TextTaken]:
        """What it has taken since the last call."""
        with self._journal.open("rb") as journal:
            journal.seek(self._read)
            for line in journal:
                if not line.endswith(b"\n"):
                    break
                self._read += len(line)
                message = json.loads(line)
                yield TextTaken(message["to"], message["at"])

    def stop(self) -> None:
        """Stop it."""
        self._process.stop()
