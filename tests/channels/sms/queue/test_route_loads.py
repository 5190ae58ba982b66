"""Lines of one rank share what is sent, by the length of their queues; none sends more segments than its day has."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sms_engine_doubles import FAST, OURS, Queues, ScriptedRoute
from sms_queues import postgres_server, postgres_url, queues, quick_queues  # noqa: F401 - fixtures

from channels.sms.delivery.dispatcher import Sending
from channels.sms.queue.outbox_upkeep import PAUSE_WITHOUT_ROUTE, WAKE_SECONDS
from channels.sms.queue.queued import NewMessage, Room
from channels.sms.queue.route_days import seconds_left
from channels.sms.queue.states import OutgoingState
from channels.sms.routes.messages import Kind
from channels.sms.routes.number_table import NumberTable
from runtime.clock import VIETNAM

# ruff: noqa: F811 - pytest's fixtures are imported, and named again as arguments

OTHER_NUMBER = "+84900000888"
LINES = NumberTable({"": [["gsm_a", "gsm_b"], "twilio"]}, None, {"gsm_a": OURS, "gsm_b": OTHER_NUMBER, "twilio": ""})
TWO_A_DAY = replace(FAST, per_day=2)


@pytest.fixture
def lines(queues: Queues) -> Queues:
    return Queues(queues.database, table=LINES)


@pytest.fixture
def quick_lines(quick_queues: Queues) -> Queues:
    return Queues(quick_queues.database, table=LINES)


def notices(people: int, texts: int = 1) -> list[NewMessage]:
    return [
        NewMessage(f"n{person}:{text}", f"+849000{person:05d}", "Tin.", Kind.NOTICE, f"p{person}")
        for person in range(people)
        for text in range(texts)
    ]


def routes_of(lines: Queues) -> list[str]:
    return sorted(record.route for record in lines.records.outgoing(limit=100))


class TestSharing:
    def test_many_messages_added_at_once_are_shared_by_halves(self, lines: Queues) -> None:
        lines.outbox.add(notices(10))
        assert routes_of(lines) == ["gsm_a"] * 5 + ["gsm_b"] * 5

    def test_the_longer_queue_gets_nothing_until_the_other_is_as_long(self, lines: Queues) -> None:
        for index in range(3):
            lines.add(f"k{index}", came_by="gsm_a")
        lines.outbox.add(notices(3))
        assert routes_of(lines) == ["gsm_a"] * 3 + ["gsm_b"] * 3

    def test_texts_to_one_person_go_by_one_line(self, quick_lines: Queues) -> None:
        quick_lines.outbox.add(notices(2, texts=3))
        assert routes_of(quick_lines) == ["gsm_a"] * 3 + ["gsm_b"] * 3

    def test_what_a_failing_line_leaves_goes_to_its_rank_before_the_next(self, quick_lines: Queues) -> None:
        quick_lines.outbox.add(notices(4))
        assert quick_lines.upkeep.choose_routes(("gsm_b", "twilio"), 600.0) == 2
        assert routes_of(quick_lines) == ["gsm_b"] * 4


class TestTheNumberAnAnswerComesFrom:
    def test_an_answer_waits_for_its_number(self, lines: Queues) -> None:
        lines.add(came_by="gsm_a", sender=OURS)
        assert lines.upkeep.choose_routes(("gsm_b", "twilio"), 600.0) == 0
        lines.clock.later(5)
        assert len(lines.claim(route="gsm_a")) == 1

    def test_another_line_with_the_number_takes_it(self, quick_queues: Queues) -> None:
        both = NumberTable({"": [["link_a", "link_b"], "twilio"]}, None, {"link_a": "8088", "link_b": "8088"})
        queues = Queues(quick_queues.database, table=both)
        queues.add(came_by="link_a", sender="8088")
        assert queues.upkeep.choose_routes(("link_b", "twilio"), 600.0) == 1
        assert routes_of(queues) == ["link_b"]

    def test_a_notice_was_asked_on_no_number_and_takes_any(self, quick_lines: Queues) -> None:
        quick_lines.outbox.add(notices(1))
        assert quick_lines.upkeep.choose_routes(("twilio",), 600.0) == 1

    def test_a_thousand_answers_bound_to_a_dead_line_keep_no_notice_from_another(self, quick_lines: Queues) -> None:
        for index in range(60):
            quick_lines.add(f"k{index}", came_by="gsm_a", sender=OURS)
        quick_lines.outbox.add([replace(one, came_by="gsm_a") for one in notices(10)])
        stuck = sum(one.route == "gsm_a" for one in quick_lines.records.outgoing(limit=100)) - 60
        assert stuck > 0
        moved = 0
        for _ in range(20):
            moved += quick_lines.upkeep.choose_routes(("gsm_b", "twilio"), 600.0, most=10)
            quick_lines.clock.later(1)
        assert moved == stuck

    def test_thousands_of_answers_bound_to_a_dead_line_go_as_soon_as_it_is_back(self, lines: Queues) -> None:
        for index in range(60):
            lines.add(f"k{index}", came_by="gsm_a", sender=OURS)
        for _ in range(10):
            lines.upkeep.wake(("gsm_b", "twilio"))
            lines.upkeep.choose_routes(("gsm_b", "twilio"), 600.0, most=2)
            lines.clock.later(1)
        put_off = 60 - len(lines.claim(route="gsm_a", most=60))
        assert put_off > 0
        assert lines.upkeep.wake(("gsm_a", "gsm_b", "twilio")) == put_off
        assert len(lines.claim(route="gsm_a", most=60)) == put_off

    def test_what_another_process_put_off_goes_within_a_minute(self, lines: Queues) -> None:
        everything = ("gsm_a", "gsm_b", "twilio")
        lines.upkeep.wake(everything)
        for index in range(60):
            lines.add(f"k{index}", came_by="gsm_a", sender=OURS)
        lines.upkeep.choose_routes(("gsm_b", "twilio"), 600.0, most=1)
        lines.clock.later(WAKE_SECONDS)
        assert lines.upkeep.wake(everything) == 1

    def test_what_waits_for_the_morning_is_not_let_go_again_by_a_line_that_works(self, quick_queues: Queues) -> None:
        class Tomorrow:
            def when(self, persons: Collection[str], now: datetime, kind: Kind) -> Mapping[str, datetime]:
                return dict.fromkeys(persons, now + timedelta(hours=8))

        lines = Queues(quick_queues.database, notices=Tomorrow(), table=LINES)
        lines.outbox.add([replace(one, came_by="gsm_a") for one in notices(1)])
        (waiting,) = lines.records.outgoing()
        lines.upkeep.choose_routes(("none of its",), 600.0)
        lines.clock.later(PAUSE_WITHOUT_ROUTE)
        assert lines.claim(route=waiting.route) == []
        assert lines.upkeep.wake((waiting.route,)) == 0

    def test_what_goes_again_is_not_told_to_have_no_route(self, lines: Queues) -> None:
        lines.add(came_by="gsm_a", sender=OURS)
        lines.upkeep.choose_routes(("gsm_b", "twilio"), 600.0)
        assert [one.code for one in lines.records.outgoing()] == ["no_route"]
        assert lines.upkeep.wake(("gsm_a",)) == 1
        assert [one.code for one in lines.records.outgoing()] == [""]

    def test_a_line_that_is_back_lets_nothing_go_before_its_hour(self, lines: Queues) -> None:
        lines.outbox.add([replace(one, not_before=lines.clock() + 3_600) for one in notices(1)])
        assert lines.upkeep.wake(("gsm_a", "gsm_b", "twilio")) == 0


class TestTheDay:
    def test_no_more_segments_go_than_a_day_has(self, lines: Queues) -> None:
        for index in range(3):
            lines.add(f"k{index}", came_by="gsm_a")
        exchange = lines.outbox.exchange("me", (), [Room("gsm_a", TWO_A_DAY, 100)])
        assert (len(exchange.claimed), exchange.spent, exchange.again_in) == (2, ("gsm_a",), None)
        again = lines.outbox.exchange("another", (), [Room("gsm_a", TWO_A_DAY, 100)])
        assert (again.claimed, again.spent) == ((), ("gsm_a",))

    def test_the_next_day_begins_anew(self, lines: Queues) -> None:
        for index in range(4):
            lines.add(f"k{index}", came_by="gsm_a")
        assert len(lines.claim(route="gsm_a", limits=TWO_A_DAY)) == 2
        lines.clock.later(seconds_left(lines.clock()) - 1)
        assert lines.claim(route="gsm_a", limits=TWO_A_DAY) == []
        lines.clock.later(2)
        assert len(lines.claim(route="gsm_a", limits=TWO_A_DAY)) == 2

    def test_segments_are_counted_and_not_messages(self, quick_lines: Queues) -> None:
        quick_lines.add("long", came_by="gsm_a", text="a" * 200)
        quick_lines.add("short", came_by="gsm_a")
        assert len(quick_lines.claim(route="gsm_a", limits=TWO_A_DAY)) == 1

    def test_one_line_s_day_says_nothing_about_another_s(self, quick_lines: Queues) -> None:
        quick_lines.outbox.add(notices(8))
        assert len(quick_lines.claim(route="gsm_a", limits=TWO_A_DAY)) == 2
        assert len(quick_lines.claim(route="gsm_b", limits=TWO_A_DAY)) == 2

    def test_what_is_longer_than_any_day_goes_another_way_and_holds_nothing_up(self, lines: Queues) -> None:
        lines.add("long", came_by="gsm_a", text="a" * 400)
        lines.add("bound", came_by="gsm_a", text="a" * 400, sender=OURS)
        lines.add("short", came_by="gsm_a")
        exchange = lines.outbox.exchange("me", (), [Room("gsm_a", TWO_A_DAY, 100)])
        assert ([one.message.text for one in exchange.claimed], exchange.spent) == (["Can to khai."], ())
        rows = {(one.state, one.route, one.code) for one in lines.records.outgoing() if one.code}
        assert rows == {
            (OutgoingState.WAITING, "gsm_b", "longer_than_a_day"),
            (OutgoingState.FAILED, "gsm_a", "longer_than_a_day"),
        }
        assert [one.refused_by for one in lines.claim(route="gsm_b")] == [("gsm_a",)]

    def test_notices_that_wait_for_the_morning_take_nothing_of_the_day(self, quick_queues: Queues) -> None:
        class Tomorrow:
            def when(self, persons: Collection[str], now: datetime, kind: Kind) -> Mapping[str, datetime]:
                return dict.fromkeys(persons, now + timedelta(hours=8))

        lines = Queues(quick_queues.database, notices=Tomorrow(), table=LINES)
        lines.outbox.add([replace(one, came_by="gsm_a") for one in notices(5)])
        exchange = lines.outbox.exchange("me", (), [Room("gsm_a", TWO_A_DAY, 100)])
        assert (exchange.claimed, exchange.spent) == ((), ())
        lines.add("answer", came_by="gsm_a")
        assert len(lines.claim(route="gsm_a", limits=TWO_A_DAY)) == 1

    def test_a_day_ends_at_midnight_in_vietnam(self) -> None:
        assert seconds_left(datetime(2026, 11, 30, 23, 59, 30, tzinfo=VIETNAM).timestamp()) == 30.0

    async def test_a_spent_line_rests_and_the_other_takes_its_notices(self, quick_lines: Queues) -> None:
        quick_lines.outbox.add(notices(8))
        spent, free = ScriptedRoute("gsm_a", TWO_A_DAY), ScriptedRoute("gsm_b")
        routes = {route.name: route for route in (spent, free)}
        clock = quick_lines.clock
        sender = Sending(quick_lines.outbox, routes, LINES, quick_lines.figures, "me", clock, chance=lambda: 0.0)
        running = asyncio.create_task(sender.run())
        try:
            async with asyncio.timeout(20):
                while len(quick_lines.records.outgoing(OutgoingState.HANDED)) < 8:
                    await asyncio.sleep(0.02)
                    quick_lines.upkeep.choose_routes(sender.working, 600.0)
                    sender.call()
        finally:
            await sender.stop()
            await running
        assert sender.working == ("gsm_b",)
        assert (len(spent.taken), len(free.taken)) == (2, 6)
