"""The core process: a Rasa server with one channel, no API, and its stores taken from the settings."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import assistant.lean_rasa  # noqa: F401  (before rasa)

import redis
from rasa.core.channels.channel import register
from sanic import Sanic

from actions.dossiers.service import LookUp
from actions.services import build
from assistant.agent import build_turns
from assistant.model import latest_model
from assistant.turn_channel import TurnInput
from runtime import settings as settings_module
from runtime.logs import configure
from runtime.memory import give_back
from stores.redis_clients import connect

logger = logging.getLogger(__name__)


LookUps = Callable[[settings_module.Settings, redis.Redis], LookUp | None]
"""Makes another look-up of dossiers than the sandbox's; called in the process that serves."""


def create_app(settings: settings_module.Settings, look_ups: LookUps | None = None) -> Sanic:
    """The application; the model is loaded when the server starts."""
    app = Sanic("motcua_core", configure_logging=False)
    app.config.KEEP_ALIVE_TIMEOUT = 75
    app.config.ACCESS_LOG = False
    register([TurnInput.from_credentials(None)], app, route="/webhooks/")

    async def load(app: Sanic, _: Any) -> None:
        client = connect(settings)
        services = build(settings, client, look_ups(settings, client) if look_ups else None)
        app.ctx.turns = build_turns(settings, latest_model(settings), services)
        # The first message pays for lazily built tables; nobody should wait for them.
        await app.ctx.turns.understand("đăng ký khai sinh cần giấy tờ gì")
        give_back()
        logger.info("core is ready")

    async def close(app: Sanic, _: Any) -> None:
        if getattr(app.ctx, "turns", None) is not None:
            await app.ctx.turns.close()

    app.register_listener(load, "before_server_start")
    app.register_listener(close, "after_server_stop")
    return app


def main(look_ups: LookUps | None = None) -> None:
    """Run the core until it is told to stop."""
    settings = settings_module.load()
    configure(settings.log_level, "core")
    address = urlsplit(settings.effective_core_url)
    app = create_app(settings, look_ups)
    app.run(host=address.hostname, port=address.port, workers=settings.core_workers, access_log=False, motd=False)


if __name__ == "__main__":
    main()
