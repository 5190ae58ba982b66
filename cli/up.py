"""``motcua up``: the whole system on one machine, with one command."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console

from channels.websockets.address import listening_socket
from cli import folder_lock, left_behind
from cli.plan import Plan, PlannedChild, become_supervisor
from cli.preparing import Prepared, apart, prepare
from cli.processes import MODULES, STOP_SECONDS, python_module
from runtime import core_tls
from runtime import settings as settings_module
from runtime.messages import Message, reason_of, tr
from runtime.settings import PREFIX, Settings

PORT_LOOK_SECONDS = 0.3

console = Console(highlight=False)


def up(
    port: Annotated[int | None, typer.Option(help="Port of the gateway; the core takes the next one.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder for databases, sockets and secrets.")] = None,
    only: Annotated[str, typer.Option(help="Comma-separated: " + ",".join(MODULES))] = ",".join(MODULES),
) -> None:
    """Start the system on loopback and keep it running until Ctrl-C."""
    keep_running(port, data, [name.strip() for name in only.split(",") if name.strip()])


def keep_running(
    port: int | None,
    data: Path | None,
    names: list[str],
    more: tuple[PlannedChild, ...] = (),
    *,
    shares: bool = False,
) -> None:
    """Prepare the system and become its supervisor.

    Args:
        port: of the gateway; None for the one that is set.
        data: folder of data; None for the one that is set.
        names: processes of :data:`MODULES`.
        more: processes beside them.
        shares: see :attr:`cli.plan.Plan.shares`.
    """
    if unknown := [name for name in names if name not in MODULES]:
        raise typer.BadParameter(
            Message("no process {unknown}; there are {modules}", unknown=", ".join(unknown), modules=", ".join(MODULES))
        )
    data = data.absolute() if data else None
    # Databases, sockets and logs are for this user alone, also in a folder others may look into.
    os.umask(0o077)
    settings = settings_module.load(port=port, data_dir=data)
    # An order to restart may come before there is a supervisor to take it: what it wants is under way.
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)
    folder_lock.hold(settings.data_path)
    # Before ports, tables and perhaps a training: a core nobody could ask is not begun with.
    _ = core_tls.offering(settings) if "core" in names else core_tls.opening(settings)
    _refuse_taken_ports(settings, names)
    prepared = apart(prepare, port, data, tuple(names))
    become_supervisor(plan(prepared, sys.stdout.isatty(), more, shares=shares))


def plan(prepared: Prepared, at_terminal: bool, more: tuple[PlannedChild, ...] = (), *, shares: bool = False) -> Plan:
    """What is to be kept running.

    Args:
        prepared: settings, names and environment.
        at_terminal: at a terminal people want the addresses, not the log; a service manager wants the log.
        more: processes beside the usual ones.
        shares: see :attr:`cli.plan.Plan.shares`.
    """
    settings = prepared.settings
    logs = settings.data_path / "logs" if at_terminal else None
    return Plan(
        children=(*(_planned(name, settings) for name in MODULES if name in prepared.names), *more),
        environment=prepared.environment,
        redis_folder=str(settings.data_path / "redis") if settings.redis_url is None else None,
        redis_url=prepared.environment[PREFIX + "REDIS_URL"],
        logs=str(logs) if logs else None,
        started=(*_addresses(settings, prepared), *([_line(tr("logs"), logs)] if logs else [])),
        port=settings.port,
        data=str(settings.data_path),
        shares=shares,
    )


def _planned(name: str, settings: Settings) -> PlannedChild:
    addresses = {
        "core": settings.effective_core_url + "/webhooks/turn/",
        "web": f"http://{settings.host}:{settings.port}/healthz",
        "voice": "http://voice/healthz",
    }
    unix_socket = str(listening_socket(settings)) if name == "voice" else None
    waits = {"web": settings.drain_seconds + settings.turn_timeout, "voice": settings.calls_end_seconds}
    return PlannedChild(name, tuple(python_module(name)), addresses.get(name), unix_socket, waits.get(name, 0.0))


def _refuse_taken_ports(settings: Settings, names: list[str]) -> None:
    """Say at once that another program holds a port, instead of waiting for a process that cannot start.

    What a killed system left behind is waited for: it ends by itself, as soon as it has answered what it had begun.
    """
    core = urlsplit(settings.effective_core_url)
    wanted = {
        "web": (settings.host, settings.port),
        "core": (core.hostname or "127.0.0.1", core.port or core_tls.PORTS[core.scheme]),
    }
    ends_at = time.monotonic() + settings.drain_seconds + settings.turn_timeout + STOP_SECONDS
    for name, (host, port) in wanted.items():
        if name not in names:
            continue
        told = False
        while (problem := _taken(host, port)) is not None:
            if time.monotonic() > ends_at or not left_behind.processes(settings.data_path, MODULES[name]):
                said = tr(
                    "port {port} on {host} is not free ({reason}); choose another: --port",
                    port=port,
                    host=host,
                    reason=problem,
                )
                console.print(f"[red]{said}[/red]")
                raise typer.Exit(1)
            if not told:
                told = True
                console.print(
                    tr(
                        "port {port} on {host} is held by what a killed system left behind; it ends by itself: "
                        "waiting, {seconds:.0f} s at most",
                        port=port,
                        host=host,
                        seconds=ends_at - time.monotonic(),
                    )
                )
            time.sleep(PORT_LOOK_SECONDS)


def _taken(host: str, port: int) -> Message | None:
    """Why nobody can listen there; None where one can."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return reason_of(error)
    return None


def _addresses(settings: Settings, prepared: Prepared) -> list[str]:
    """What people read when everything runs."""
    if "web" not in prepared.names:
        return [tr("Một Cửa is running.")]
    base, first = f"http://{settings.host}:{settings.port}", prepared.first_officer
    welcome = [f"  {tr('first officer, opens once:')}\n    {base}/centre/welcome?key={first}"] if first else []
    # A box of a centre has none of its own (installation.gateway).
    return [
        tr("Một Cửa is running. Ctrl-C stops it."),
        _line(tr("kiosk"), f"{base}/kiosk"),
        *([_line(tr("simulator"), f"{base}/try")] if settings.is_development else []),
        *([_line(tr("centre"), f"{base}/centre"), *welcome] if not settings.kiosk_name else []),
        _line(tr("API"), f"{base}/api/v1/converse"),
        _line(tr("SMS webhook"), f"{base}/sms/twilio"),
        _line(tr("health"), f"{base}/readyz"),
    ]


def _line(what: str, where: object) -> str:
    return f"  {what:<11} {where}"
