"""The work of a worker process: answers and sends text messages; any number of them may run.

Started by ``cli.worker_process``. All it knows stands in the database, so that it may be killed at any
moment: what it was doing is taken up by the next one.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import Callable, Mapping, Sequence

import redis.asyncio
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from channels.heartbeats import EVERY_SECONDS, Heartbeats
from channels.sms.parts import SmsParts
from channels.sms.routes.route import Route
from channels.sms.worker_tasks import SmsTasks
from runtime import logs

_log = logs.get(__name__)

Watch = tuple[Callable[[], object], float]
"""What is called, and the seconds between two calls."""


async def work(
    sms: SmsParts,
    routes: Mapping[str, Route],
    calls: redis.asyncio.Redis,
    heartbeats: Heartbeats,
    clean: Callable[[], object],
    watches: Sequence[Watch] = (),
) -> None:
    """Work until SIGTERM or SIGINT.

    Args:
        sms: this process' share in text messages.
        routes: what messages go out by; closed at the end.
        calls: wakes this process; closed at the end.
        heartbeats: where it gives signs of life.
        clean: deletes what is old; called every few minutes.
        watches: what else is looked after, each every so many seconds: a full disk, what waits for other agencies.
    """
    sms_tasks = SmsTasks(sms, routes, calls, clean)
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    _log.info("worker started", owner=sms.owner.name, routes=sorted(routes))
    working = asyncio.create_task(sms_tasks.run())
    beating = asyncio.create_task(_beat(heartbeats, sms.owner.name, lambda: sms_tasks.routes))
    waiting = asyncio.create_task(stopping.wait())
    watching = [asyncio.create_task(_watch(*watch)) for watch in watches]
    try:
        await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            working.result()
        await sms_tasks.stop()
    finally:
        for task in (working, beating, waiting, *watching):
            task.cancel()
        await asyncio.gather(working, beating, waiting, *watching, return_exceptions=True)
        await sms_tasks.close()
        await calls.aclose()
        sms.owner.close()


async def _watch(step: Callable[[], object], seconds: float) -> None:
    while True:
        try:
            await asyncio.to_thread(step)
        except (RedisError, SQLAlchemyError) as error:
            # /readyz says so, and everybody who needs it.
            _log.debug("the store does not answer", cause=type(error).__name__)
        except Exception:
            # Nobody waits for these tasks: one that ended would be missed by nobody, and one of them warns of danger.
            _log.exception("what the worker looks after now and then failed; it is tried again")
        await asyncio.sleep(seconds)


async def _beat(heartbeats: Heartbeats, owner: str, routes: Callable[[], Mapping[str, bool]]) -> None:
    try:
        while True:
            try:
                await asyncio.to_thread(heartbeats.beat, owner, routes())
            except RedisError as error:
                _log.warning("no sign of life can be given", cause=type(error).__name__)
            await asyncio.sleep(EVERY_SECONDS)
    finally:
        with contextlib.suppress(RedisError):
            heartbeats.stop(owner)
