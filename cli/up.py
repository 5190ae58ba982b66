"""``motcua up``: the whole system on one machine, with one command."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import httpx
import typer
from redis import RedisError
from rich.console import Console

from assistant import settings as settings_module
from assistant.model import is_stale
from assistant.settings import PREFIX, PROJECT_ROOT, Settings
from channels.heartbeats import Heartbeats
from channels.websockets.address import listening_socket
from cli.processes import MODULES, Child, StartFailed, Supervisor, python_module
from cli.redis_child import RedisChild
from kiosk.bundles.applied import Applied
from kiosk.sync.identity import identity_of
from stores.database import migrate
from stores.redis_clients import connect, redis_url
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
    settings = settings_module.load(port=port, data_dir=data.absolute() if data else None)
    identity = identity_of(settings)
    if identity is None:
        names = [name for name in names if name != "sync"]
    else:
        # What the bundle in use brings is known before anything opens a catalogue or a model.
        settings = settings_module.load(port=port, data_dir=settings.data_path, kiosk_name=identity.name)
    bundles = Applied.of(settings)
    _refuse_taken_ports(settings, names)
    if "core" in names and not bundles.number and is_stale(settings):
        from assistant.model import train

        with console.status("Training the model …"):
            train(settings=settings)
    settings.data_path.mkdir(parents=True, exist_ok=True)
    settings.secret()
    migrate(settings.effective_database_url)
    environment = _environment(settings, bundles)
    # At a terminal people want the addresses, not the log; a service manager wants the log.
    logs = settings.data_path / "logs" if sys.stdout.isatty() else None
    children: list[Child] = []
    if settings.redis_url is None:
        children.append(RedisChild(RedisServer(settings.data_path / "redis")))
    children += [
        Child(
            name,
            python_module(name),
            environment,
            _readiness(name, settings),
            log=logs / f"{name}.log" if logs else None,
        )
        for name in MODULES
        if name in names
    ]
    supervisor = Supervisor(
        children,
        report=lambda line: console.print(line, style="yellow"),
        renewed=lambda: _environment(settings, bundles),
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


def _environment(settings: Settings, bundles: Applied) -> dict[str, str]:
    """What the children see: the same settings, with the places decided here; what is set on a box wins over what its
    bundle sets.
    """
    return {
        **bundles.environment(),
        **os.environ,
        PREFIX + "KIOSK_NAME": settings.kiosk_name,
        PREFIX + "PORT": str(settings.port),
        PREFIX + "DATA_DIR": str(settings.data_path),
        PREFIX + "REDIS_URL": redis_url(settings),
        "PYTHONPATH": str(PROJECT_ROOT),
        "RASA_TELEMETRY_ENABLED": "false",
        # Libraries of Rasa's age warn about themselves while they are imported.
        "PYTHONWARNINGS": "ignore",
        # One thread of linear algebra a process: the models are small, and threads would fight over two cores.
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


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
    return _Ready(addresses[name], listening_socket(settings) if name == "voice" else None)


class _WorkerReady:
    """Waits for a sign of life given after this moment: the one before may be of a worker that was killed."""

    def __init__(self, settings: Settings) -> None:
        self._heartbeats = Heartbeats(connect(settings))
        self._since = time.time()
        self._ready = False

    def __call__(self) -> bool:
        if not self._ready:
            with contextlib.suppress(RedisError):
                self._ready = self._heartbeats.any_since(self._since)
        return self._ready


class _Ready:
    """Asks an address, on a Unix socket when one is given, until it answers 200 once."""

    def __init__(self, address: str, unix_socket: Path | None = None) -> None:
        self._address = address
        self._unix_socket = str(unix_socket) if unix_socket else None
        self._ready = False

    def __call__(self) -> bool:
        if not self._ready:
            try:
                with httpx.Client(transport=httpx.HTTPTransport(uds=self._unix_socket), timeout=2.0) as client:
                    self._ready = client.get(self._address).status_code == 200
            except httpx.HTTPError:
                self._ready = False
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
