"""A screen reader at the window: hears by AT-SPI what Orca would, over buses of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

LAUNCHER = Path("/usr/libexec/at-spi-bus-launcher")
SYSTEM_PYTHON = "/usr/bin/python3"
LISTENER = Path(__file__).with_name("at_spi_listener.py")
PACKAGES = "apt-get install at-spi2-core dbus-daemon gir1.2-atspi-2.0 python3-gi"


def missing() -> str | None:
    """What this machine lacks for a screen reader; None when nothing does."""
    bindings = [SYSTEM_PYTHON, "-c", "import gi; gi.require_version('Atspi', '2.0')"]
    if not LAUNCHER.exists() or shutil.which("dbus-daemon") is None:
        return PACKAGES
    return PACKAGES if subprocess.run(bindings, check=False, capture_output=True).returncode else None


@dataclass(frozen=True)
class Told:
    """One event."""

    event: str
    role: str
    name: str
    words: str


class ScreenReader:
    """Starts a session's bus, the accessibility bus on it, and listens.

    Args:
        environment: of the screen, with its ``DISPLAY``.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._all: list[Told] = []
        self._children: list[subprocess.Popen[bytes]] = []
        bus = self._start(["dbus-daemon", "--session", "--nofork", "--print-address=1"], environment)
        assert bus.stdout is not None
        self.environment = {"DBUS_SESSION_BUS_ADDRESS": bus.stdout.readline().decode().strip()}
        """What a program needs to be heard, beside its flags."""
        session = {**environment, **self.environment}
        self._start([str(LAUNCHER), "--launch-immediately", "--a11y=1", "--screen-reader=1"], session)
        listener = self._start([SYSTEM_PYTHON, str(LISTENER)], session)
        threading.Thread(target=self._read, args=(listener,), daemon=True).start()
        self.until(lambda one: one.event == "listening")

    def until(self, fits: Callable[[Told], bool], since: int = 0, seconds: float = 60.0) -> Told:
        """The first event from ``since`` on that fits; AssertionError with what was told instead where none comes."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for one in self._all[since:]:
                if fits(one):
                    return one
            time.sleep(0.05)
        raise AssertionError(f"never told; instead: {self._all[since:]}")

    def count(self) -> int:
        """How many events there were so far: where the next step's begin."""
        return len(self._all)

    def close(self) -> None:
        """End everything, the last first."""
        for child in reversed(self._children):
            child.terminate()
            child.wait(20)

    def _start(self, command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self._children.append(child)
        return child

    def _read(self, listener: subprocess.Popen[bytes]) -> None:
        assert listener.stdout is not None
        for line in listener.stdout:
            self._all.append(Told(**json.loads(line)))
