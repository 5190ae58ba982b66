"""The worker process: answers and sends text messages; any number of them may run.

Started by ``motcua up`` or a service manager. All it knows stands in the database, so that it may be killed at any
moment: what it was doing is taken up by the next one.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys

import uvloop
from redis import RedisError

from channels.figures_folder import share_figures
from channels.heartbeats import EVERY_SECONDS, Heartbeats
from runtime import logs
from runtime.registry import RegistryError
from runtime.settings import Settings, SettingsError, load
from stores.database import Database, MigrationFailed, migrate_apart
from stores.redis_clients import connect_async
from stores.sealing import Seal

_log = logs.get(__name__)


async def work(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT.

    Raises:
        SettingsError: a route lacks something.
    """
    # Figures must be shared before anything that counts is imported.
    from channels.conversing import Conversing
    from channels.core_client import CoreClient
    from channels.metrics import Metrics
    from channels.paging import Paging
    from channels.redis_connection import connect_redis
    from channels.sms.parts import SmsParts
    from channels.sms.providers import registry as sms_providers
    from channels.sms.worker_tasks import SmsTasks

    metrics = Metrics()
    redis = connect_redis(settings)
    database = Database(settings.effective_database_url)
    conversing = Conversing(
        CoreClient.from_settings(settings), Paging(redis, Seal(settings.secret())), settings, metrics
    )
    sms = SmsParts.open("worker", settings, conversing, database, redis, metrics.registry)
    routes = await sms_providers.connect(settings)
    calls = connect_async(settings)
    sms_tasks = SmsTasks(sms, routes, calls)
    heartbeats = Heartbeats(redis)
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    _log.info("worker started", owner=sms.owner.name, routes=sorted(routes))
    working = asyncio.create_task(sms_tasks.run())
    beating = asyncio.create_task(_beat(heartbeats, sms.owner.name))
    waiting = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
        await sms_tasks.stop()
    finally:
        for task in (working, beating, waiting):
            task.cancel()
        await asyncio.gather(working, beating, waiting, return_exceptions=True)
        await sms_tasks.close()
        await calls.aclose()
        sms.owner.close()
        database.close()


async def _beat(heartbeats: Heartbeats, owner: str) -> None:
    try:
        while True:
            try:
                await asyncio.to_thread(heartbeats.beat, owner)
            except RedisError as error:
                _log.warning("no sign of life can be given", cause=type(error).__name__)
            await asyncio.sleep(EVERY_SECONDS)
    finally:
        with contextlib.suppress(RedisError):
            heartbeats.stop(owner)


def main() -> None:
    """Read the settings and work; a wrong setting ends the process with its name on stderr."""
    try:
        settings = load()
        Seal(settings.secret())
    except ValueError as error:
        sys.exit(f"motcua worker: {error}")
    logs.configure(settings.log_level, "worker")
    share_figures(settings.data_path, "worker")
    try:
        migrate_apart(settings.effective_database_url)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(work(settings))
    except (SettingsError, RegistryError, MigrationFailed) as error:
        sys.exit(f"motcua worker: {error}")


if __name__ == "__main__":
    main()
