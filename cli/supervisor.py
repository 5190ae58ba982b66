"""``python -m cli.supervisor``: what ``motcua up`` becomes. It lives as long as the system, so it imports little; on a
box, what its processes have in common (:mod:`cli.forked`)."""

from __future__ import annotations

import json
import os
import signal
import ssl
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from cli.plan import Plan, PlannedChild, become_supervisor, handed_over
from cli.processes import Child, StartFailed, Supervisor
from cli.readiness import AddressReady, WorkerReady, always_ready
from cli.redis_child import RedisChild
from runtime import tls
from runtime.messages import tr, translated
from runtime.operator_errors import told_in_one_sentence
from stores.redis_server import RedisServer

LASTING = ("redis", "sync", "browser")
"""What goes on while the others are started again with another bundle."""
FOLLOWING: Mapping[str, tuple[str, ...]] = {
    "core": ("",),
    "web": ("",),
    "voice": ("MOTCUA_NLU_DATA", "MOTCUA_MODEL", "MOTCUA_CATALOGUE_URL", "KIOSK_BUNDLE"),
}
"""Beginnings of the names of variables that a process takes up while it runs (:mod:`kiosk.bundles.following`); it is
started again when another one has changed."""


def main() -> None:
    """Keep the plan running until SIGINT or SIGTERM."""
    plan = handed_over(int(sys.argv[1]))
    children: list[Child] = []
    if plan.redis_folder is not None:
        children.append(RedisChild(RedisServer(Path(plan.redis_folder))))
    logs = Path(plan.logs) if plan.logs else None
    kind = _shared_memory() if plan.shares else Child
    for planned in plan.children:
        log = logs / f"{planned.name}.log" if logs else None
        child = kind(planned.name, planned.command, plan.environment, _readiness(planned, plan), log=log)
        child.stop_seconds += planned.waits
        children.append(child)
    supervisor = Supervisor(
        children,
        report=_tell,
        renewed=lambda: _environment(plan),
        lasting=LASTING,
        following=FOLLOWING,
        progress=_tell,
        again=(lambda: _begin_anew(plan)) if plan.shares else None,
    )
    signal.signal(signal.SIGHUP, supervisor.request_renewal)
    signal.signal(signal.SIGUSR1, supervisor.request_restart)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, supervisor.request_stop)
    try:
        _tell(tr("3/3 Starting {names}", names=", ".join(child.name for child in children)))
        supervisor.start()
        if not supervisor.is_stopping:
            for line in plan.started:
                _tell(line)
        supervisor.watch()
    except StartFailed as failure:
        _tell(translated(failure))
        sys.exit(1)
    finally:
        supervisor.stop()


def _shared_memory() -> type[Child]:
    """Children that go on from here, once what they have in common is here."""
    # Late: a supervisor that shares nothing imports nothing of it.
    from cli.forked import ForkedChild, load_shared

    load_shared()
    return ForkedChild


def _begin_anew(plan: Plan) -> NoReturn:
    """The same plan with the program and the settings as they are now; the process keeps its number."""
    # Until it listens again: another order to restart would end it.
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    # Nothing runs that would have to be stopped, and what begins knows of no order to end that came before.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    with suppress(OSError, ValueError, subprocess.SubprocessError):
        plan = replace(plan, environment=_environment(plan))
    become_supervisor(plan)


def _tell(line: str) -> None:
    print(line, flush=True)


def _readiness(planned: PlannedChild, plan: Plan) -> Callable[[], bool]:
    if planned.name == "worker":
        return WorkerReady(plan.redis_url)
    if planned.address is None:
        return always_ready
    return AddressReady(
        planned.address,
        Path(planned.unix_socket) if planned.unix_socket else None,
        lambda: _tls_of_core(plan.environment),
    )


def _tls_of_core(environment: Mapping[str, str]) -> ssl.SSLContext:
    """As :func:`runtime.core_tls.opening`, without the library of settings."""
    files = (environment.get(f"MOTCUA_CORE_{name}") for name in ("AUTHORITY", "CERTIFICATE", "CERTIFICATE_KEY"))
    return tls.opening(*(Path(file) if file else None for file in files))


def _environment(plan: Plan) -> Mapping[str, str]:
    """What the children see with the bundle that is in use now."""
    command = [sys.executable, "-m", "cli.preparing", str(plan.port), plan.data]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True, env=os.environ)
    found: dict[str, str] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    with told_in_one_sentence("motcua"):
        main()
