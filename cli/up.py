"""``motcua up``: the whole system on one machine, with one command."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console

from assistant import settings as settings_module
from assistant.settings import Settings
from channels.websockets.address import listening_socket
from cli.preparing import apart, environment, prepare
from cli.processes import MODULES, Child, StartFailed, Supervisor, python_module
from cli.redis_child import RedisChild
from stores.redis_server import RedisServer

console = Console(highlight=False)


def up(
    port: Annotated[int | None, typer.Option(help="Port of the gateway; the core takes the next one.")] = None,
    data: Annotated[Path | None, typer.Option(help="Folder for databases, sockets and secrets.")] = None,
    only: Annotated[str, typer.Option(help="Comma-separated: " + ",".join(MODULES))] = ",".join(MODULES),
) -> None:
    """Start the system on loopback and keep it running until Ctrl-C."""
    names = [name.strip() for name in only.split(",") if name.strip()]
    if unknown := [name for name in names if name not in MODULES]:
        raise typer.BadParameter(f"no process {', '.join(unknown)}; there are {', '.join(MODULES)}")
    data = data.absolute() if data else None
    # Databases, sockets and logs are for this user alone, also in a folder others may look into.
    os.umask(0o077)
    _refuse_taken_ports(settings_module.load(port=port, data_dir=data), names)
    prepared = apart(prepare, port, data, tuple(names))
    settings = prepared.settings
    # At a terminal people want the addresses, not the log; a service manager wants the log.
    logs = settings.data_path / "logs" if sys.stdout.isatty() else None
    children: list[Child] = []
    if settings.redis_url is None:
        children.append(RedisChild(RedisServer(settings.data_path / "redis")))
    children += [
        Child(
            name,
            python_module(name),
            prepared.environment,
            _readiness(name, settings),
            log=logs / f"{name}.log" if logs else None,
        )
        for name in MODULES
        if name in prepared.names
    ]
    supervisor = Supervisor(
        children,
        report=lambda line: console.print(line, style="yellow"),
        renewed=lambda: apart(environment, settings),
        lasting=("redis", "sync"),
    )
    signal.signal(signal.SIGHUP, supervisor.request_renewal)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, supervisor.request_stop)
    try:
        with console.status("Starting …"):
            supervisor.start()
        if not supervisor.is_stopping:
            _print_addresses(settings, names)
            if logs:
                console.print(f"  logs        {logs}")
        supervisor.watch()
    except StartFailed as failure:
        console.print(f"[red]{failure}[/red]")
        raise typer.Exit(1) from None
    finally:
        supervisor.stop()


def _refuse_taken_ports(settings: Settings, names: list[str]) -> None:
    """Say at once that another program holds a port, instead of waiting for a process that cannot start."""
    core = urlsplit(settings.effective_core_url)
    wanted = {
        "web": (settings.host, settings.port),
        "core": (core.hostname or "127.0.0.1", core.port or 80),
    }
    for name, (host, port) in wanted.items():
        if name not in names:
            continue
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                console.print(
                    f"[red]port {port} on {host} is not free ({error.strerror}); choose another: --port[/red]"
                )
                raise typer.Exit(1) from None


def _readiness(name: str, settings: Settings) -> Callable[[], bool]:
    if name == "worker":
        return _WorkerReady(settings)
    if name == "sync":
        # Nobody waits for the line.
        return lambda: True
    addresses = {
        "core": settings.effective_core_url + "/webhooks/turn/",
        "web": f"http://{settings.host}:{settings.port}/healthz",
        "voice": "http://voice/healthz",
    }
    return Ready(addresses[name], listening_socket(settings) if name == "voice" else None)


class _WorkerReady:
    """Waits for a sign of life given after this moment: the one before may be of a worker that was killed."""

    def __init__(self, settings: Settings) -> None:
        # Only a system that sends text messages needs Redis' client here.
        from channels.heartbeats import Heartbeats
        from stores.redis_clients import connect

        self._heartbeats = Heartbeats(connect(settings))
        self._since = time.time()
        self._ready = False

    def __call__(self) -> bool:
        from redis import RedisError

        if not self._ready:
            with contextlib.suppress(RedisError):
                self._ready = self._heartbeats.any_since(self._since)
        return self._ready


class Ready:
    """Asks an address, on a Unix socket when one is given, until it answers 200 once."""

    def __init__(self, address: str, unix_socket: Path | None = None) -> None:
        self._address = urlsplit(address)
        self._unix_socket = unix_socket
        self._ready = False

    def __call__(self) -> bool:
        if not self._ready:
            connection = HTTPConnection(self._address.hostname or "", self._address.port, timeout=2.0)
            try:
                if self._unix_socket is not None:
                    connection.sock = socket.socket(socket.AF_UNIX)
                    connection.sock.settimeout(2.0)
                    connection.sock.connect(str(self._unix_socket))
                connection.request("GET", self._address.path)
                self._ready = connection.getresponse().status == 200
            except (OSError, HTTPException):
                self._ready = False
            finally:
                connection.close()
        return self._ready


def _print_addresses(settings: Settings, names: list[str]) -> None:
    if "web" not in names:
        console.print("Một Cửa is running.")
        return
    base = f"http://{settings.host}:{settings.port}"
    console.print("[green]Một Cửa is running.[/green] Ctrl-C stops it.")
    console.print(f"  kiosk       {base}/kiosk")
    if settings.is_development:
        console.print(f"  simulator   {base}/try")
    console.print(f"  API         {base}/api/v1/converse")
    console.print(f"  SMS webhook {base}/sms/twilio")
    console.print(f"  health      {base}/readyz")
