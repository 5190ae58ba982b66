"""A process takes up another bundle while it runs: loaded beside what answers, put in its place between two turns.

Each process looks at the link of :mod:`kiosk.bundles.applied` by itself and notes which bundle it serves, or why it
does not; who has switched the link (:mod:`kiosk.bundles.bringing`) waits for these notes. What cannot be loaded is
never served: the one before goes on answering.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, ValidationError

from kiosk.bundles.applied import Applied
from kiosk.bundles.layout import environment_of
from runtime import durable, settings
from runtime.settings import Settings

FOLLOWERS: Final = ("core", "web", "voice")
"""The processes that take up a bundle while they run."""
AWAITED: Final = ("core", "web")
"""Those without which a bundle does not work."""
NUMBER: Final = "KIOSK_BUNDLE"
"""Environment variable: number of the bundle a process was started with."""
NAMES: Final = "KIOSK_BUNDLE_SETS"
"""Environment variable: names of the others that come from the bundle. What is set on the box is not among them."""
LOOK_SECONDS: Final = 1.0
"""Between two looks at the link: one file system call."""
DEADLINE_SECONDS: Final = 180.0
"""For loading a bundle beside the one that answers: a small box that is busy takes a minute."""


class Served(BaseModel):
    """What a process notes."""

    model_config = ConfigDict(frozen=True)

    number: int = 0
    """Of the bundle it serves, or could not take up."""
    trouble: str = ""
    """Why it could not; empty when it serves it."""


class Following:
    """Which bundle one process serves.

    Args:
        applied: the bundles of this box.
        name: of the process.
        number: of the bundle it was started with.
    """

    def __init__(self, applied: Applied, name: str, number: int = 0) -> None:
        self._applied = applied
        self._name = name
        self._number = number
        self._failed: int | None = None
        if applied.folder.exists():
            self._note(Served(number=number))

    @classmethod
    def here(cls, of: Settings, name: str) -> Following:
        """Of this process, as the supervisor started it."""
        return cls(Applied.of(of), name, int(os.environ.get(NUMBER) or 0))

    def due(self) -> int | None:
        """Number of the bundle to take up; None when the one in use is served, or could not be."""
        number = self._applied.number
        if number == self._number:
            self._failed = None
            return None
        return number if number != self._failed else None

    @contextmanager
    def taking_up(self, number: int) -> Iterator[Settings]:
        """The settings with a bundle; leaving the block without an error means that it is served now.

        Raises:
            BadBundle: its settings are wrong; whatever the block raises is raised again, after it was noted.
        """
        before = dict(os.environ)
        try:
            _enter(self._applied.place(number), number)
            yield settings.load()
        except BaseException as error:
            os.environ.clear()
            os.environ.update(before)
            self._failed = number
            self._note(Served(number=number, trouble=f"{self._name} cannot take it up: {type(error).__name__}"))
            raise
        self._number = number
        self._note(Served(number=number))

    def wait_for(self, other: str, number: int, sleep: Callable[[float], None] = time.sleep) -> None:
        """Until another process serves a bundle, so that both change in the same moment; not for ever."""
        until = time.monotonic() + DEADLINE_SECONDS
        while served(self._applied, other).number != number and time.monotonic() < until:
            if self._applied.number != number:
                return
            sleep(0.05)

    def _note(self, served: Served) -> None:
        durable.write(_file(self._applied, self._name), served.model_dump_json().encode())


def served(applied: Applied, name: str) -> Served:
    """What a process has noted last."""
    try:
        return Served.model_validate_json(_file(applied, name).read_bytes())
    except (FileNotFoundError, ValidationError):
        return Served()


def not_taken_up(applied: Applied, sleep: Callable[[float], None] = time.sleep) -> str | None:
    """Wait until the processes serve the bundle in use; what keeps one from it, None when nothing does."""
    number, until = applied.number, time.monotonic() + DEADLINE_SECONDS
    while True:
        noted = {name: served(applied, name) for name in AWAITED}
        for one in noted.values():
            if one.number == number and one.trouble:
                return one.trouble
        waiting = [name for name, one in noted.items() if one.number != number]
        if not waiting:
            return None
        if time.monotonic() > until:
            return f"{' and '.join(waiting)} did not take it up"
        sleep(0.2)


def environment_with(bundle: dict[str, str], own: dict[str, str], number: int) -> dict[str, str]:
    """What a process is started with: what is set on the box wins over what its bundle sets."""
    names = [name for name in bundle if name not in own]
    return {**bundle, **own, NUMBER: str(number), NAMES: ",".join(names)}


def _enter(place: Path, number: int) -> None:
    """Put a bundle's variables into this process' environment, in the place of those of the one before."""
    brought = environment_of(place) if number else {}
    for name in filter(None, os.environ.get(NAMES, "").split(",")):
        os.environ.pop(name, None)
    os.environ.update(environment_with(brought, dict(os.environ), number))


def _file(applied: Applied, name: str) -> Path:
    return applied.folder / f"served-{name}"
