"""Hands what waits in the outbox over to the routes; lives in the event loop of the worker process."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError

from channels.sms.delivery.retry_policy import after_failure
from channels.sms.figures import SmsFigures
from channels.sms.queue.message_records import Outcomes
from channels.sms.queue.outbox import Outbox
from channels.sms.queue.queued import Claimed, HandedOver, Result, Room
from channels.sms.queue.route_days import seconds_left
from channels.sms.routes.number_table import NumberTable
from channels.sms.routes.route import Fault, Route, SendFailed
from channels.sms.routes.route_health import SLOW_SECONDS, RouteHealth
from runtime import logs

BATCH_SECONDS = 0.02
"""Results and claims of so long share a transaction: that is what carries hundreds of messages a second."""

POLL_SECONDS = 1.0
"""How often the outbox is looked into when nobody calls."""

DATABASE_PAUSE = 1.0
"""After the database did not answer."""

LONGEST_SEND = 180.0
"""A route has its own time limits; one that hangs all the same must not keep a message for ever."""

FEWEST_MISSED = 8
"""People, all of whom a route did not reach; fewer may all have a telephone that is off."""

MISSED_REST = 300.0
"""Seconds such a route gets nothing; then it is tried again."""

STOP_SECONDS = 8.0
"""What hand-overs in flight get when the process stops; less than the supervisor waits."""

_log = logs.get(__name__)


class Sending:
    """Sends.

    Args:
        outbox: where messages wait.
        routes: those that are set up, by name.
        table: routes by number.
        figures: counts.
        owner: whose leases the rows are claimed with.
        clock: seconds since 1970.
        chance: random numbers from 0 to 1.
    """

    def __init__(
        self,
        outbox: Outbox,
        routes: Mapping[str, Route],
        table: NumberTable,
        figures: SmsFigures,
        owner: str,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._outbox = outbox
        self._routes = routes
        self._table = table
        self._figures = figures
        self._owner = owner
        self._clock = clock
        self._chance = chance
        # A modem hands over one message after the other, each in several seconds; that is how it is when it works.
        self._health = {
            name: RouteHealth(max(SLOW_SECONDS, 10.0 / route.limits.per_second)) for name, route in routes.items()
        }
        self._in_flight: Counter[str] = Counter()
        self._tasks: set[asyncio.Task[None]] = set()
        self._results: list[Result] = []
        self._called = asyncio.Event()
        self._stopping = False
        self._exchanging = asyncio.Lock()
        """Held while messages are claimed that are not in flight yet."""

    @property
    def working(self) -> tuple[str, ...]:
        """Routes that take messages at present."""
        return tuple(name for name, health in self._health.items() if health.works)

    def judge(self, outcomes: Mapping[str, Outcomes]) -> None:
        """Leave routes alone for a while that take everything and deliver nothing: an account that was barred, a number
        that operators filter. Their messages take others.

        Args:
            outcomes: of the last minutes, by route.
        """
        for name, found in outcomes.items():
            health = self._health.get(name)
            if health is None or not health.works or found.reached or found.missed < FEWEST_MISSED:
                continue
            health.throttled(MISSED_REST, time.monotonic())
            _log.error("a route takes messages and delivers none: others take them", route=name, people=found.missed)

    def call(self) -> None:
        """There is something to send; call it in the event loop."""
        self._called.set()

    async def run(self) -> None:
        """Send until :meth:`stop` is called."""
        while not self._stopping:
            began = time.monotonic()
            async with self._exchanging:
                wait = await self._exchange()
            try:
                await asyncio.wait_for(self._called.wait(), wait)
            except TimeoutError:
                pass
            else:
                await asyncio.sleep(max(0.0, BATCH_SECONDS - (time.monotonic() - began)))
            self._called.clear()

    async def stop(self) -> None:
        """Claim nothing more, wait for what is in flight, and write down how it ended."""
        self._stopping = True
        self._called.set()
        with suppress(TimeoutError):
            async with asyncio.timeout(STOP_SECONDS):
                async with self._exchanging:
                    pass  # What is being claimed at this moment is in flight afterwards.
                if self._tasks:
                    await asyncio.wait(self._tasks)
        if self._results:
            await asyncio.to_thread(self._outbox.exchange, self._owner, self._results, ())
        for task in self._tasks:
            task.cancel()

    async def _exchange(self) -> float:
        """Settle and claim; returns the seconds until the next look unless somebody calls."""
        results, self._results = self._results, []
        now = time.monotonic()
        rooms = [
            Room(name, route.limits, self._health[name].room(route.limits.window, self._in_flight[name], now))
            for name, route in self._routes.items()
        ]
        try:
            exchange = await asyncio.to_thread(self._outbox.exchange, self._owner, results, rooms)
        except SQLAlchemyError as error:
            self._results = results + self._results
            _log.error("the outbox cannot be read or written", cause=type(error).__name__)
            await asyncio.sleep(DATABASE_PAUSE)
            return 0.0
        for name in exchange.spent:
            self._rest_until_tomorrow(name)
        for claimed in exchange.claimed:
            self._in_flight[claimed.route] += 1
            task = asyncio.create_task(self._send(claimed))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if exchange.claimed:
            return BATCH_SECONDS
        return min(POLL_SECONDS, max(BATCH_SECONDS, exchange.again_in)) if exchange.again_in else POLL_SECONDS

    def _rest_until_tomorrow(self, name: str) -> None:
        health = self._health[name]
        if health.works:
            _log.warning("a route's segments of the day are used up: others take its messages", route=name)
        health.throttled(seconds_left(self._clock()), time.monotonic())

    async def _send(self, claimed: Claimed) -> None:
        route, health = self._routes[claimed.route], self._health[claimed.route]
        began = time.monotonic()
        try:
            result: Result = await self._hand_over(claimed, route)
            seconds = time.monotonic() - began
            health.record(True, seconds, time.monotonic())
            self._figures.handed(claimed.route, seconds)
        except _Failed as failure:
            result = self._failed(claimed, route, failure, time.monotonic() - began)
        finally:
            self._in_flight[claimed.route] -= 1
        self._results.append(result)
        self._called.set()

    async def _hand_over(self, claimed: Claimed, route: Route) -> HandedOver:
        unsure = claimed.unsure
        try:
            async with asyncio.timeout(LONGEST_SEND):
                if unsure:
                    found = await route.look_up(claimed.message)
                    if found is not None:
                        return HandedOver(claimed.id, found.provider_id, found.segments)
                    if not route.limits.idempotent:
                        await asyncio.to_thread(self._outbox.sent_again_unsure, claimed.id)
                        self._figures.maybe_twice(claimed.route)
                    # From here on the doubt is counted, or harmless.
                    unsure = False
                handed = await route.send(claimed.message)
        except SendFailed as failed:
            raise _Failed(failed, unsure) from None
        except TimeoutError:
            raise _Failed(SendFailed(Fault.UNSURE, "hangs", "the route does not return"), unsure) from None
        except SQLAlchemyError as error:
            problem = SendFailed(Fault.RETRYABLE, "database", type(error).__name__)
            raise _Failed(problem, unsure) from None
        except Exception as error:
            # A defect of the route must not take the other routes' messages with it.
            _log.error("a route broke", route=claimed.route, reference=claimed.message.reference, exc_info=error)
            raise _Failed(SendFailed(Fault.UNSURE, "broken_route", type(error).__name__), unsure) from None
        return HandedOver(claimed.id, handed.provider_id, handed.segments)

    def _failed(self, claimed: Claimed, route: Route, failure: _Failed, seconds: float) -> Result:
        failed, health = failure.failed, self._health[claimed.route]
        now = time.monotonic()
        worked = health.works
        if failed.fault is Fault.THROTTLED:
            health.throttled(failed.retry_after, now)
        else:
            health.record(not failed.is_retryable, seconds, now)
        if worked and not health.works:
            _log.error("a route fails: its messages take others while there are any", route=claimed.route)
        self._figures.not_sent(claimed.route, failed.fault.value, failed.code)
        _log.warning(
            "message not handed over",
            route=claimed.route,
            reference=claimed.message.reference,
            fault=failed.fault.value,
            code=failed.code,
            cause=failed.cause,
        )
        passed_over = {claimed.route, *claimed.refused_by}
        message = claimed.message
        order = self._table.order(message.recipient, claimed.route, claimed.kind, asked_on=message.sender)
        return after_failure(
            claimed,
            failed,
            now=self._clock(),
            chance=self._chance(),
            others=[name for name in order if name in self.working and name not in passed_over],
            repeats_harmless=route.limits.idempotent,
            still_unsure=failure.still_unsure,
        )


class _Failed(Exception):
    """A hand-over failed, and whether an earlier one of the same message may have succeeded."""

    def __init__(self, failed: SendFailed, still_unsure: bool) -> None:
        super().__init__(failed.code)
        self.failed = failed
        self.still_unsure = still_unsure
