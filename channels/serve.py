"""The gateway's process: gunicorn with threads, started by ``motcua up`` or a service manager.

Figures of several worker processes are added up through a folder that must be named before
``prometheus_client`` is imported; so what needs it is imported late here.
"""

from __future__ import annotations

import ctypes
import resource
import signal
import sys
from collections.abc import Callable
from functools import partial
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker

from channels import draining, fair_turns, slow_callers
from channels.callers import Callers
from channels.figures_folder import share_figures
from channels.websockets import handing_over
from channels.websockets.address import handover_socket
from runtime import logs
from runtime.settings import Settings

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_log = logs.get(__name__)

KEEP_ALIVE_SECONDS = 30
"""How long an idle connection of a provider or proxy is kept open."""

MOST_CONNECTIONS = 8_000
"""Held by one gateway process; an idle one costs 3 kB and no thread."""

_PR_SET_PDEATHSIG = 1

STOP_MARGIN_SECONDS = 3
"""What a turn in flight gets beyond its own time limit before a stopping process is killed."""


class ServerLog(Logger):  # type: ignore[misc]
    """gunicorn's messages go where all others go; requests are logged by :mod:`channels.access_log`."""

    def setup(self, cfg: Config) -> None:
        """Hand everything to the root logger."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True
        self._access_log_enabled = False


class GatewayServer(BaseApplication):  # type: ignore[misc]
    """gunicorn, set up from our settings alone: no command line, no file of its own."""

    def __init__(self, settings: Settings, make_app: Callable[[], WSGIApplication]) -> None:
        self._settings = settings
        self._make_app = make_app
        super().__init__()

    def load_config(self) -> None:
        """Translate the settings."""
        host = f"[{self._settings.host}]" if ":" in self._settings.host else self._settings.host
        options: dict[str, Any] = {
            "bind": f"{host}:{self._settings.port}",
            "workers": self._settings.web_workers,
            "threads": self._settings.web_threads,
            "worker_class": "channels.draining.DrainingWorker",
            "keepalive": KEEP_ALIVE_SECONDS,
            "worker_connections": MOST_CONNECTIONS,
            "graceful_timeout": int(self._settings.drain_seconds + self._settings.turn_timeout) + STOP_MARGIN_SECONDS,
            # Forwarding headers are read in one place, channels.callers, and only from trusted proxies.
            "forwarded_allow_ips": "",
            "logger_class": ServerLog,
            "loglevel": self._settings.log_level.lower(),
            "proc_name": "motcua-web",
            "control_socket_disable": True,
            "post_fork": _die_with_watcher,
            "child_exit": _forget_figures,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIApplication:
        """Build the application, in the worker."""
        return self._make_app()


def serve(settings: Settings, make_app: Callable[[], WSGIApplication]) -> None:
    """Serve until SIGTERM or SIGINT; turns in flight are answered first."""
    share_figures(settings.data_path, "web")
    handing_over.SOCKET_PATH = handover_socket(settings)
    draining.SECONDS = settings.drain_seconds
    callers = Callers.from_settings(settings)
    slow_callers.has_no_limit, fair_turns.is_proxy = callers.speaks_for_many, callers.is_proxy
    _allow_files(MOST_CONNECTIONS + 1_000)
    GatewayServer(settings, make_app).run()


def run(
    settings: Settings,
    *,
    check: Callable[[], None],
    migrate: Callable[[], None],
    make_app: Callable[[], WSGIApplication],
) -> None:
    """Try what the workers will need, make the tables, and serve.

    Args:
        settings: of this installation.
        check: raises ``ValueError`` for a mistake that can be told in one line.
        migrate: makes the tables.
        make_app: builds the gateway; called in each worker, since connections do not survive a fork.
    """
    if _exit_of(partial(_try, check)):
        sys.exit(1)
    if status := _exit_of(migrate):
        # /readyz shows it, and what needs no database works.
        _log.error("the database is not ready: the lines above say why", status=status)
    serve(settings, make_app)


def _allow_files(wanted: int) -> None:
    """Each connection is a file; what the system allows at most is taken."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))


def _exit_of(work: Callable[[], None]) -> int | None:
    """Do it in a process of its own: this one only watches the workers, and would keep the 40 MB for ever."""
    process = get_context("fork").Process(target=work)
    process.start()
    process.join()
    return process.exitcode


def _try(check: Callable[[], None]) -> None:
    try:
        check()
    except ValueError as error:
        sys.exit(f"motcua web: {error}")


def _die_with_watcher(_arbiter: Arbiter, _worker: Worker) -> None:
    """A worker left alone would hold the port for seconds, so that the one that is started again could not open it."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _forget_figures(_arbiter: Arbiter, worker: Worker) -> None:
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
