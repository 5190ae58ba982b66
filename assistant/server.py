"""The core's server: Rasa's, with one channel and no API."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import assistant.lean_rasa  # noqa: F401  (before rasa)

from rasa.core.channels.channel import register
from sanic import Sanic

from assistant.renewal import FIRST_WORDS, Answering
from assistant.turn_channel import TurnInput
from assistant.turns import Turns
from runtime import core_tls, logs
from runtime.memory import give_back
from runtime.settings import Settings

_log = logs.get(__name__)

Renewing = Callable[[Answering], Coroutine[Any, Any, None]]
"""Gives a core other turns as long as it is let."""


def create_app(load_turns: Callable[[], Turns], renew: Renewing | None = None) -> Sanic:
    """The application.

    Args:
        load_turns: loads the model; called in the process that serves, when its server starts.
        renew: runs beside the server and gives it other turns; see :mod:`assistant.renewal`.
    """
    app = Sanic("motcua_core", configure_logging=False)
    app.config.KEEP_ALIVE_TIMEOUT = 75
    app.config.ACCESS_LOG = False
    register([TurnInput.from_credentials(None)], app, route="/webhooks/")

    async def load(app: Sanic, _: Any) -> None:
        app.ctx.turns = load_turns()
        await app.ctx.turns.understand(FIRST_WORDS)
        give_back()
        _log.info("core is ready")

    async def keep_renewed(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        if renew is not None:
            app.ctx.renewal = loop.create_task(renew(app.ctx))

    async def close(app: Sanic, _: Any) -> None:
        if (renewal := getattr(app.ctx, "renewal", None)) is not None:
            renewal.cancel()
            with suppress(asyncio.CancelledError):
                await renewal
        if getattr(app.ctx, "turns", None) is not None:
            await app.ctx.turns.close()

    app.register_listener(load, "before_server_start")
    app.register_listener(keep_renewed, "after_server_start")
    app.register_listener(close, "after_server_stop")
    return app


def serve(settings: Settings, load_turns: Callable[[], Turns], renew: Renewing | None = None) -> None:
    """Run the core until it is told to stop; see :func:`create_app`."""
    address = urlsplit(settings.effective_core_url)
    app = create_app(load_turns, renew)
    app.run(
        host=address.hostname,
        port=address.port or core_tls.PORTS[address.scheme],
        ssl=core_tls.offering(settings),
        workers=settings.core_workers,
        access_log=False,
        motd=False,
    )
