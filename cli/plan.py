"""What the supervisor is to keep running, handed from the process that prepared it to the one that keeps it.

It is the same process: ``motcua up`` prepares with the whole library of settings and commands, then becomes the
supervisor, a program that imports next to nothing (50 MB less for as long as the system runs). On a box it imports what
its processes have in common instead, and they go on from there (:mod:`cli.forked`).
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Final, NoReturn

LIBRARIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "RASA_TELEMETRY_ENABLED": "false",
        # Libraries of Rasa's age warn about themselves while they are imported.
        "PYTHONWARNINGS": "ignore",
        # One thread of linear algebra a process: the models are small, and threads would fight over two cores.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        # Python's own distutils, which Sanic asks for; the other one brings setuptools: 5 MB.
        "SETUPTOOLS_USE_DISTUTILS": "stdlib",
        # gunicorn's title would be written over the rest, and with it whose process this is; see cli.left_behind.
        "SPT_NOENV": "1",
    }
)
"""What libraries of every process read from the environment, most of it while they are imported."""
LITTLE_MEMORY: Final[Mapping[str, str]] = MappingProxyType(
    {"MALLOC_ARENA_MAX": "2", "MALLOC_TRIM_THRESHOLD_": "131072"}
)
"""glibc keeps a heap for each thread and gives little of them back; Python runs one thread at a time anyway. With a
fixed threshold large blocks stay mapped by themselves and go back at once: 40 MB less for a whole box."""


@dataclass(frozen=True)
class PlannedChild:
    """One process."""

    name: str
    command: tuple[str, ...]
    address: str | None = None
    """Asked until it answers; None for one nobody waits for."""
    unix_socket: str | None = None
    """Where the address is served; None for a port."""
    waits: float = 0.0
    """Seconds it may take longer than others to stop."""


@dataclass(frozen=True)
class Plan:
    """A system that may start."""

    children: tuple[PlannedChild, ...]
    environment: Mapping[str, str]
    """What the children see; the supervisor's own stays as it was, so that it can be worked out anew."""
    redis_folder: str | None
    """Folder of the embedded Redis; None for a server of one's own."""
    redis_url: str
    logs: str | None
    """Folder for what the children print; None leaves it with the supervisor's."""
    started: tuple[str, ...]
    """Lines for people, once everything is ready."""
    port: int
    data: str
    shares: bool = False
    """Whether the children go on from the supervisor's own memory, so that what they have in common is there once."""


def become_supervisor(plan: Plan) -> NoReturn:
    """Go on as the supervisor of a plan; the process keeps its number."""
    # In memory and inherited: the environment of the children holds secrets, which have no place in an argument.
    file = os.memfd_create("plan", 0)
    with os.fdopen(os.dup(file), "w", encoding="utf-8") as out:
        json.dump(asdict(plan), out)
    sys.stdout.flush()
    sys.stderr.flush()
    # Behind the file: where it runs, for whoever lists processes, and room for what a child calls itself.
    command = [sys.executable, "-m", "cli.supervisor", str(file), plan.data]
    own = {**os.environ, "PYTHONPATH": plan.environment["PYTHONPATH"]}
    if plan.shares:
        # What is read when a program begins, by libraries and by who lists processes, is the same for its children.
        own = {**LITTLE_MEMORY, **own, **LIBRARIES, "MOTCUA_DATA_DIR": plan.data}
    os.execve(sys.executable, command, own)


def handed_over(file: int) -> Plan:
    """The plan this process was started with."""
    with os.fdopen(file, encoding="utf-8") as handed:
        handed.seek(0)
        fields = json.load(handed)
    children = tuple(PlannedChild(**{**one, "command": tuple(one["command"])}) for one in fields.pop("children"))
    return Plan(**{**fields, "children": children, "started": tuple(fields["started"])})
