"""The voice process: one event loop that carries every audio stream of this machine."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable

import uvloop
from aiohttp import web

from channels.websockets.address import PATHS, handover_socket, listening_socket
from channels.websockets.taking_over import TakingOver
from runtime import logs
from runtime.settings import Settings

STOP_SECONDS = 5.0
"""What streams in progress get to say goodbye when the process stops."""

_log = logs.get(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


async def _nothing() -> None:
    return None


def serve(app: web.Application, settings: Settings, leave: Callable[[], Awaitable[None]] = _nothing) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        app: what is served.
        settings: of the installation.
        leave: awaited before streams in progress are ended.

    Streams come from the gateway, or over a Unix socket from a reverse proxy that sends them here directly.
    """
    app.router.add_get("/healthz", _healthz)
    app.middlewares.append(one_request_each)
    uvloop.run(_serve(app, settings, leave))


async def _serve(app: web.Application, settings: Settings, leave: Callable[[], Awaitable[None]]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=STOP_SECONDS)
    await runner.setup()
    server = runner.server
    assert server is not None
    takes = TakingOver(handover_socket(settings), server)
    try:
        await takes.start()
        await web.UnixSite(runner, listening_socket(settings)).start()
        _log.info("voice is ready")
        await stop.wait()
        # A gateway that finds nobody here answers for itself: the caller's provider asks the webhook what is next.
        await takes.stop()
        await leave()
    finally:
        await takes.stop()
        await runner.cleanup()


@web.middleware
async def one_request_each(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Close a handed-over connection behind an answer that is no WebSocket.

    What lives here beside the WebSockets is for the gateway alone, over the Unix socket. A caller who is refused one
    must not go on asking here; and a reverse proxy that keeps the connection would send other people's requests here.
    """
    try:
        response = await handler(request)
    except web.HTTPException as refusal:
        _close_behind(request, refusal)
        raise
    _close_behind(request, response)
    return response


def _close_behind(request: web.Request, response: web.StreamResponse) -> None:
    if request.path in PATHS and not response.prepared:
        response.force_close()


async def _healthz(_request: web.Request) -> web.Response:
    return web.json_response({"status": "ok"})
