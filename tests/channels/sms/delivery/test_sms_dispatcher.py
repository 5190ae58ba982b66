"""Sending: what waits is handed over, failures are survived, routes take over from each other."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from sms_engine_doubles import FAST, Queues, ScriptedRoute
from sms_queues import postgres_server, postgres_url, quick_queues  # noqa: F401 - fixtures
from sqlalchemy.exc import OperationalError

from channels.sms.delivery.dispatcher import FEWEST_MISSED, Sending
from channels.sms.delivery.retry_policy import UNSURE_WAIT
from channels.sms.queue.leases import LEASE_SECONDS
from channels.sms.queue.queued import Exchange
from channels.sms.queue.states import OutgoingState
from channels.sms.routes.messages import Delivery, Handed, OutgoingMessage, Receipt
from channels.sms.routes.route import Fault, Limits

# ruff: noqa: F811 - pytest's fixtures are imported, and named again as arguments


async def until(condition: Callable[[], object], seconds: float = 20.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        await asyncio.sleep(0.01)


@asynccontextmanager
async def sending(queues: Queues, *routes: ScriptedRoute, owner: str = "me") -> AsyncIterator[Sending]:
    by_name = {route.name: route for route in routes}
    sending = Sending(queues.outbox, by_name, queues.table, queues.figures, owner, queues.clock, chance=lambda: 0.0)
    running = asyncio.create_task(sending.run())
    try:
        yield sending
    finally:
        await sending.stop()
        await running


async def test_what_waits_is_handed_over(quick_queues: Queues) -> None:
    references = [quick_queues.add(f"k{index}") for index in range(50)]
    route = ScriptedRoute()
    async with sending(quick_queues, route):
        await until(lambda: len(quick_queues.records.outgoing(OutgoingState.HANDED, 100)) == 50)
    assert sorted(message.reference for message in route.taken) == sorted(references)


async def test_a_call_is_answered_without_waiting_for_the_next_look(quick_queues: Queues) -> None:
    route = ScriptedRoute()
    async with sending(quick_queues, route) as sender:
        await asyncio.sleep(0.1)
        for index in range(5):
            quick_queues.add(f"k{index}")
            sender.call()
            await until(lambda index=index: len(route.taken) == index + 1, 5)


async def test_what_is_in_flight_at_the_stop_is_written_down(quick_queues: Queues) -> None:
    reference = quick_queues.add()
    route = ScriptedRoute()
    route.seconds = 0.5
    async with sending(quick_queues, route):
        await until(lambda: route.tried)
    assert quick_queues.record(reference).state is OutgoingState.HANDED


async def test_what_is_being_claimed_at_the_stop_is_handed_over_first(
    quick_queues: Queues, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference, route = quick_queues.add(), ScriptedRoute()
    exchange, claimed, may_go_on = quick_queues.outbox.exchange, threading.Event(), threading.Event()

    def slow(*arguments: Any) -> Exchange:
        found = exchange(*arguments)
        if found.claimed:
            claimed.set()
            assert may_go_on.wait(20)
        return found

    monkeypatch.setattr(quick_queues.outbox, "exchange", slow)
    async with sending(quick_queues, route) as sender:
        await until(claimed.is_set)
        stopping = asyncio.create_task(sender.stop())
        await asyncio.sleep(0)
        may_go_on.set()
        await stopping
    assert quick_queues.record(reference).state is OutgoingState.HANDED


async def test_no_more_than_the_window_are_on_their_way(quick_queues: Queues) -> None:
    for index in range(30):
        quick_queues.add(f"k{index}")
    now, most = 0, 0

    class Counting(ScriptedRoute):
        async def send(self, message: OutgoingMessage) -> Handed:
            nonlocal now, most
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.01)
            now -= 1
            return await super().send(message)

    route = Counting(limits=Limits(per_second=10_000.0, window=4, longest=160, idempotent=False))
    async with sending(quick_queues, route) as sender:
        await until(lambda: quick_queues.clock.later(0.01) or sender.call() or len(route.taken) == 30)
    assert most == 4


@pytest.mark.parametrize("fault", [Fault.RETRYABLE, Fault.THROTTLED])
async def test_what_was_surely_not_taken_goes_again(quick_queues: Queues, fault: Fault) -> None:
    reference = quick_queues.add()
    route = ScriptedRoute()
    faults = [fault]
    route.script = lambda message: faults.pop() if faults else None
    async with sending(quick_queues, route) as sender:
        await until(lambda: quick_queues.record(reference).code == fault.value)
        quick_queues.clock.later(10)
        await until(lambda: sender.call() or quick_queues.record(reference).state is OutgoingState.HANDED)
    assert [message.reference for message in route.tried] == [reference, reference]
    assert quick_queues.record(reference).maybe_twice == 0


async def test_a_message_refused_for_good_fails_and_stops_nothing_else(quick_queues: Queues) -> None:
    bad, good = quick_queues.add("bad"), quick_queues.add("good")
    route = ScriptedRoute()
    route.script = lambda message: Fault.PERMANENT if message.reference == bad else None
    async with sending(quick_queues, route) as sender:
        await until(lambda: quick_queues.record(bad).state is OutgoingState.FAILED)
        await until(lambda: quick_queues.record(good).state is OutgoingState.HANDED)
        assert sender.working == ("twilio",)


async def test_a_defect_of_a_route_counts_as_a_doubt_and_stops_nothing_else(quick_queues: Queues) -> None:
    reference = quick_queues.add()
    route = ScriptedRoute()
    route.script = lambda message: 1 // 0  # type: ignore[return-value]
    async with sending(quick_queues, route):
        await until(lambda: quick_queues.record(reference).code == "broken_route")
    assert quick_queues.record(reference).state is OutgoingState.WAITING


class TestDoubts:
    async def sent_again(self, queues: Queues, route: ScriptedRoute) -> str:
        """A message whose first hand-over nobody knows the end of, looked at again when its time has come."""
        reference = queues.add()
        route.script = lambda message: Fault.UNSURE if len(route.tried) == 1 else None
        async with sending(queues, route) as sender:
            await until(lambda: queues.record(reference).code == "unsure")
            queues.clock.later(UNSURE_WAIT)
            await until(lambda: sender.call() or queues.record(reference).state is OutgoingState.HANDED)
        return reference

    async def test_a_message_the_provider_has_is_not_sent_again(self, quick_queues: Queues) -> None:
        route = ScriptedRoute()
        route.knows[quick_queues.outbox.reference("k")] = "P-first"
        reference = await self.sent_again(quick_queues, route)
        assert len(route.tried) == 1
        record = quick_queues.record(reference)
        assert (record.provider_id, record.maybe_twice) == ("P-first", 0)

    async def test_a_message_nobody_knows_of_is_sent_again_and_counted(self, quick_queues: Queues) -> None:
        route = ScriptedRoute()
        reference = await self.sent_again(quick_queues, route)
        assert len(route.tried) == 2
        assert quick_queues.record(reference).maybe_twice == 1

    async def test_where_repeats_are_harmless_nothing_is_counted(self, quick_queues: Queues) -> None:
        limits = Limits(FAST.per_second, FAST.window, FAST.longest, idempotent=True)
        route = ScriptedRoute(limits=limits)
        reference = await self.sent_again(quick_queues, route)
        assert len(route.tried) == 2
        assert quick_queues.record(reference).maybe_twice == 0

    async def test_a_receipt_meanwhile_ends_the_doubt(self, quick_queues: Queues) -> None:
        reference = quick_queues.add()
        route = ScriptedRoute()
        route.script = lambda message: Fault.UNSURE
        async with sending(quick_queues, route) as sender:
            await until(lambda: quick_queues.record(reference).code == "unsure")
            quick_queues.receipts.record(Receipt("twilio", Delivery.HANDED, "P1", reference))
            quick_queues.clock.later(3600)
            sender.call()
            await asyncio.sleep(0.2)
        assert len(route.tried) == 1
        assert quick_queues.record(reference).state is OutgoingState.HANDED


class TestRoutes:
    async def test_another_route_takes_over_from_one_that_fails_and_it_comes_back(self, quick_queues: Queues) -> None:
        twilio, gsm = ScriptedRoute("twilio"), ScriptedRoute("gsm")
        twilio.script = lambda message: Fault.RETRYABLE
        references = [quick_queues.add(f"k{index}") for index in range(20)]
        async with sending(quick_queues, twilio, gsm) as sender:

            def moved_on() -> bool:
                quick_queues.clock.later(1)
                quick_queues.upkeep.choose_routes(sender.working, 600.0)
                sender.call()
                return len(gsm.taken) == 20

            await until(moved_on)
            assert sender.working == ("gsm",)
            assert {quick_queues.record(reference).route for reference in references} == {"gsm"}
            twilio.script = lambda message: None
            later = quick_queues.add("later")

            def came_back() -> bool:
                quick_queues.clock.later(1)
                sender.call()
                return "twilio" in sender.working

            # A single message tries the failing route when its pause is over.
            await until(came_back, 30)
            await until(lambda: quick_queues.record(later).state is OutgoingState.HANDED)
            assert quick_queues.record(later).route == "twilio"

    async def test_a_message_a_route_refuses_for_its_own_sake_takes_another(self, quick_queues: Queues) -> None:
        from channels.sms.routes.route import SendFailed

        class Barred(ScriptedRoute):
            async def send(self, message: OutgoingMessage) -> Handed:
                raise SendFailed(Fault.PERMANENT, "account_closed", "scripted", elsewhere=True)

        reference = quick_queues.add()
        gsm = ScriptedRoute("gsm")
        async with sending(quick_queues, Barred("twilio"), gsm):
            await until(lambda: quick_queues.record(reference).state is OutgoingState.HANDED)
        assert quick_queues.record(reference).route == "gsm"


async def test_a_database_that_is_away_for_a_while_loses_no_result(
    quick_queues: Queues, monkeypatch: pytest.MonkeyPatch
) -> None:
    reference = quick_queues.add()
    route = ScriptedRoute()
    real, failures = quick_queues.outbox.exchange, 2

    def flaky(*given: object) -> object:
        nonlocal failures
        if route.taken and failures:
            failures -= 1
            raise OperationalError("UPDATE", {}, Exception("locked"))
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(quick_queues.outbox, "exchange", flaky)
    async with sending(quick_queues, route):
        await until(lambda: quick_queues.record(reference).state is OutgoingState.HANDED)
    assert failures == 0
    assert len(route.taken) == 1


async def test_what_a_killed_process_was_sending_is_sent_by_the_next(quick_queues: Queues) -> None:
    reference = quick_queues.add()
    assert len(quick_queues.claim(owner="killed")) == 1
    quick_queues.clock.later(LEASE_SECONDS + 1)
    quick_queues.upkeep.release(UNSURE_WAIT, ())
    quick_queues.clock.later(UNSURE_WAIT)
    route = ScriptedRoute()
    async with sending(quick_queues, route):
        await until(lambda: quick_queues.record(reference).state is OutgoingState.HANDED)
    assert len(route.taken) == 1
    assert quick_queues.record(reference).maybe_twice == 1


@pytest.mark.parametrize(
    ("reached", "missed", "works"),
    [(0, FEWEST_MISSED, False), (1, 50, True), (0, FEWEST_MISSED - 1, True), (20, 0, True)],
)
async def test_a_route_whose_receipts_all_fail_is_left_to_others(
    quick_queues: Queues, reached: int, missed: int, works: bool
) -> None:
    route = ScriptedRoute()
    async with sending(quick_queues, route) as sender:
        for index in range(reached + missed):
            reference = quick_queues.add(f"k{index}", person=f"p{index}")
            sender.call()
            await until(lambda reference=reference: quick_queues.record(reference).state is OutgoingState.HANDED)
            delivery = Delivery.DELIVERED if index < reached else Delivery.FAILED
            quick_queues.receipts.record(Receipt(route.name, delivery, None, reference, "11"))
        sender.judge(quick_queues.records.outcomes(quick_queues.clock() - 600))
        assert (route.name in sender.working) is works


async def test_one_person_whose_telephone_is_off_says_nothing_about_a_route(quick_queues: Queues) -> None:
    route = ScriptedRoute()
    async with sending(quick_queues, route) as sender:
        for index in range(2 * FEWEST_MISSED):
            reference = quick_queues.add(f"k{index}")
            sender.call()
            await until(lambda reference=reference: quick_queues.record(reference).state is OutgoingState.HANDED)
            quick_queues.receipts.record(Receipt(route.name, Delivery.FAILED, None, reference, "11"))
        sender.judge(quick_queues.records.outcomes(quick_queues.clock() - 600))
        assert sender.working == (route.name,)
