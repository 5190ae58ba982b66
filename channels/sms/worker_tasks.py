"""The parts of the worker that deal with text messages, running side by side in its event loop."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import redis.asyncio
from redis import RedisError
from sqlalchemy.exc import SQLAlchemyError

from channels.sms.answering.answering_queue import AnsweringQueue
from channels.sms.delivery.dispatcher import Sending
from channels.sms.parts import SmsParts
from channels.sms.queue.wake import CHANNEL, INCOMING
from channels.sms.routes.route import Route
from channels.sms.upkeep import Upkeep
from runtime import logs

UPKEEP_SECONDS = 1.0
JUDGE_SECONDS = 30.0
OUTCOMES_SECONDS = 600.0
"""What became of the messages of so long says whether a route delivers."""
REDIS_PAUSE = 2.0
ROUTE_PAUSE = 5.0
"""Before a route whose own work broke is started again."""

ANSWERING_STOP_SECONDS = 5.0
"""What answers in the making get when the process stops; what is not ready is answered by the next one."""

_log = logs.get(__name__)


class SmsTasks:
    """Answers, sends, keeps up, and runs the routes.

    Args:
        sms: what they work with.
        routes: those that are set up, by name.
        redis: for wake-up calls; in the event loop.
        clean: deletes what is old (:class:`runtime.retention.RetentionJob`).
    """

    def __init__(
        self, sms: SmsParts, routes: Mapping[str, Route], redis: redis.asyncio.Redis, clean: Callable[[], object]
    ) -> None:
        self._parts = sms
        self._routes = routes
        self._redis = redis
        self._sending = Sending(sms.outbox, routes, sms.table, sms.figures, sms.owner.name)
        self._answering = AnsweringQueue(
            sms.inbox,
            sms.replying,
            sms.owner.name,
            sms.settings.sms_answer_threads,
            on_text=self._sending.call,
        )
        self._upkeep = Upkeep(
            sms.inbox,
            sms.upkeep,
            sms.receipts,
            sms.records,
            sms.owner,
            sms.figures,
            clean,
        )

    @property
    def routes(self) -> dict[str, bool]:
        """Whether each route takes messages at present."""
        working = self._sending.working
        return {name: name in working for name in self._routes}

    async def run(self) -> None:
        """Work until cancelled; raises when a part broke that the others cannot do without."""
        parts: list[Coroutine[Any, Any, None]] = [
            self._sending.run(),
            self._answering.run(),
            self._keep_up(),
            self._listen(),
            *(self._run_route(name, route) for name, route in self._routes.items()),
        ]
        async with asyncio.TaskGroup() as group:
            for part in parts:
                group.create_task(part)

    async def stop(self) -> None:
        """Let what is in flight end; call it while :meth:`run` still runs."""
        await self._answering.stop(ANSWERING_STOP_SECONDS)
        try:
            await self._sending.stop()
        except SQLAlchemyError as error:
            _log.error("how the last messages went cannot be written down", cause=type(error).__name__)

    async def close(self) -> None:
        """Let go of the routes."""
        for route in self._routes.values():
            await route.close()

    async def _keep_up(self) -> None:
        harmless = tuple(name for name, route in self._routes.items() if route.limits.idempotent)
        judged = 0.0
        while True:
            if time.monotonic() - judged >= JUDGE_SECONDS:
                judged = time.monotonic()
                await self._judge_routes()
            working = self._sending.working
            for name in self._routes:
                self._parts.figures.route_works(name, name in working)
            try:
                if await asyncio.to_thread(self._upkeep.run, working, harmless):
                    self._answering.call()
                    self._sending.call()
            except SQLAlchemyError as error:
                _log.error("messages cannot be kept up", cause=type(error).__name__)
            await asyncio.sleep(UPKEEP_SECONDS)

    async def _judge_routes(self) -> None:
        try:
            since = time.time() - OUTCOMES_SECONDS
            self._sending.judge(await asyncio.to_thread(self._parts.records.outcomes, since))
        except SQLAlchemyError as error:
            _log.error("receipts cannot be counted", cause=type(error).__name__)

    async def _listen(self) -> None:
        """Wait for calls; without Redis there are none, and everybody looks once a second."""
        while True:
            try:
                # A cluster must be known before one of its nodes can be listened to.
                await self._redis.initialize()
                async with self._redis.pubsub() as calls:
                    await calls.subscribe(CHANNEL)
                    # What was called while nobody listened.
                    self._answering.call()
                    self._sending.call()
                    while True:
                        call = await calls.get_message(ignore_subscribe_messages=True, timeout=REDIS_PAUSE)
                        if call is None:
                            continue
                        if call["data"] == INCOMING:
                            self._answering.arrived()
                        else:
                            self._sending.call()
            except (RedisError, OSError) as error:
                _log.warning("no wake-up calls", cause=type(error).__name__)
                await asyncio.sleep(REDIS_PAUSE)

    async def _run_route(self, name: str, route: Route) -> None:
        while True:
            try:
                await route.run(self._parts.arrivals)
            except Exception as error:
                # A modem's trouble must not stop the other routes.
                _log.error("a route broke", route=name, exc_info=error)
            await asyncio.sleep(ROUTE_PAUSE)
