"""The outbox: added once, claimed by one, settled by what the provider said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sms_engine_doubles import FAST, NUMBER, OURS, Queues
from sms_queues import postgres_server, postgres_url, queues, quick_queues  # noqa: F401 - fixtures

from channels.sms.queue.leases import LEASE_SECONDS
from channels.sms.queue.outbox import LIFE_SECONDS, Outbox
from channels.sms.queue.queued import HandedOver, NotSent, Room
from channels.sms.queue.states import OutgoingState
from channels.sms.queue.tables import outgoing
from channels.sms.routes.messages import Delivery, Kind, Receipt
from channels.sms.routes.route import Limits

# ruff: noqa: F811 - pytest's fixtures are imported, and named again as arguments


def everything_stored(queues: Queues) -> str:
    with queues.database.engine.connect() as connection:
        return repr(connection.execute(outgoing.select()).all())


class TestAdding:
    def test_a_message_is_claimed_as_it_was_added(self, queues: Queues) -> None:
        reference = queues.add(text="Cần tờ khai ạ.", sender=OURS)
        (claimed,) = queues.claim()
        message = claimed.message
        assert (message.reference, message.recipient, message.text, message.sender) == (
            reference, NUMBER, "Cần tờ khai ạ.", OURS,
        )  # fmt: skip
        assert reference.isalnum()
        assert message.valid_seconds == LIFE_SECONDS[Kind.ANSWER]
        assert (claimed.attempts, claimed.unsure) == (0, False)

    def test_the_same_key_again_adds_nothing(self, queues: Queues) -> None:
        first = queues.add("a", text="one")
        assert queues.add("a", text="two") == first
        assert [claimed.message.text for claimed in queues.claim()] == ["one"]

    def test_number_and_text_stand_nowhere_in_clear(self, quick_queues: Queues) -> None:
        quick_queues.add(text="Ho so cua ong")
        stored = everything_stored(quick_queues)
        assert "900000123" not in stored
        assert "Ho so" not in stored

    def test_segments_are_counted(self, quick_queues: Queues) -> None:
        plain, marked = quick_queues.add("a", text="a" * 161), quick_queues.add("b", text="ạ" * 70)
        assert (quick_queues.record(plain).segments, quick_queues.record(marked).segments) == (2, 1)

    def test_a_message_may_be_kept_for_later(self, quick_queues: Queues) -> None:
        quick_queues.add(not_before=quick_queues.clock() + 60)
        assert quick_queues.claim() == []
        quick_queues.clock.later(60)
        assert len(quick_queues.claim()) == 1


class TestClaiming:
    def test_answers_go_before_notices_and_older_before_younger(self, queues: Queues) -> None:
        for key, kind in (("n1", Kind.NOTICE), ("a1", Kind.ANSWER), ("n2", Kind.NOTICE), ("a2", Kind.ANSWER)):
            queues.add(key, kind=kind, text=key)
        assert [claimed.message.text for claimed in queues.claim(most=3)] == ["a1", "a2", "n1"]

    def test_what_is_claimed_is_claimed_once(self, queues: Queues) -> None:
        queues.add()
        assert len(queues.claim(owner="one")) == 1
        assert queues.claim(owner="two") == []

    def test_of_many_claimers_at_once_never_two_get_the_same(self, queues: Queues) -> None:
        for index in range(120):
            queues.add(f"k{index}")

        def drain(owner: str) -> list[int]:
            got: list[int] = []
            while claimed := queues.claim(owner=owner, most=7):
                got += [one.id for one in claimed]
            return got

        with ThreadPoolExecutor(4) as threads:
            taken = [id for got in threads.map(drain, ["a", "b", "c", "d"]) for id in got]
        # Where claimers skip what another one looks at, a late look finds the rest.
        taken += drain("e")
        assert Counter(taken) == Counter(range(1, 121))

    def test_the_second_text_of_an_answer_waits_for_the_first(self, queues: Queues) -> None:
        for index in range(3):
            queues.add(f"k{index}", answer_to=5, text=str(index))
        queues.add("other", answer_to=6, text="other")
        first, other = queues.claim()
        assert (first.message.text, other.message.text) == ("0", "other")
        assert queues.claim() == []
        (second,) = queues.claim(HandedOver(first.id))
        assert second.message.text == "1"

    def test_each_route_gets_its_own(self, quick_queues: Queues) -> None:
        quick_queues.add("a", came_by="gsm")
        quick_queues.add("b", came_by="twilio")
        assert [claimed.route for claimed in quick_queues.claim(route="gsm")] == ["gsm"]
        assert [claimed.route for claimed in quick_queues.claim(route="twilio")] == ["twilio"]

    def test_a_route_gets_no_more_than_its_window(self, queues: Queues) -> None:
        for index in range(9):
            queues.add(f"k{index}")
        narrow = Limits(per_second=1_000.0, window=3, longest=160, idempotent=False)
        first = queues.claim(owner="one", limits=narrow)
        assert len(first) == 3
        assert queues.claim(owner="two", limits=narrow) == []
        assert len(queues.claim(HandedOver(first[0].id), owner="one", limits=narrow)) == 1

    def test_a_route_gets_no_more_than_its_rate_however_many_ask(self, queues: Queues) -> None:
        for index in range(60):
            queues.add(f"k{index}")
        slow = Limits(per_second=20.0, window=100, longest=160, idempotent=False)
        got = 0
        for tick in range(21):
            got += len(queues.claim(owner=f"worker{tick % 2}", limits=slow))
            queues.clock.later(0.1)
        # Two seconds, and the quarter of a second that may go at once.
        assert 40 <= got <= 45

    def test_a_held_back_queue_says_when_to_look_again(self, quick_queues: Queues) -> None:
        quick_queues.add("a")
        quick_queues.add("b")
        slow = Limits(per_second=0.25, window=9, longest=160, idempotent=False)
        exchange = quick_queues.outbox.exchange("me", (), [Room("twilio", slow, 9)])
        assert len(exchange.claimed) == 1
        assert exchange.again_in == pytest.approx(4.0)

    def test_an_empty_queue_does_not(self, quick_queues: Queues) -> None:
        assert quick_queues.outbox.exchange("me", (), [Room("twilio", FAST, 9)]).again_in is None

    def test_what_has_expired_is_not_claimed(self, queues: Queues) -> None:
        reference = queues.add(expires_at=queues.clock() + 10)
        queues.clock.later(11)
        assert queues.claim() == []
        assert queues.upkeep.expire() == 1
        assert queues.record(reference).state is OutgoingState.EXPIRED


class TestNotices:
    NIGHT = timedelta(hours=3)

    @pytest.mark.parametrize(
        ("wait", "state"),
        [(timedelta(0), "sending"), (NIGHT, "waiting"), (None, "cancelled")],
    )
    def test_they_go_when_the_rule_allows_it(self, quick_queues: Queues, wait: timedelta | None, state: str) -> None:
        asked: list[tuple[str, datetime]] = []

        class Rule:
            def when(self, persons: Collection[str], now: datetime, kind: Kind) -> dict[str, datetime]:
                asked.extend((person, now) for person in persons)
                return dict.fromkeys(persons, now + wait) if wait is not None else {}

        outbox = Outbox(quick_queues.database, quick_queues.seal, quick_queues.table, Rule(), quick_queues.clock)
        notice = quick_queues.add("n", kind=Kind.NOTICE, person="somebody")
        quick_queues.add("a")
        claimed = outbox.exchange("me", (), [Room("twilio", FAST, 9)]).claimed
        assert asked == [("somebody", datetime.fromtimestamp(quick_queues.clock(), UTC))]
        record = quick_queues.record(notice)
        assert record.state == state
        assert len(claimed) == (2 if state == "sending" else 1)
        if state == "waiting":
            assert record.attempts == 0
            quick_queues.clock.later(self.NIGHT.total_seconds())
            assert [one.message.reference for one in quick_queues.claim()] == [notice]


class TestSettling:
    def later(self, claimed_id: int, queues: Queues, **changes: object) -> NotSent:
        usual: dict[str, object] = {
            "id": claimed_id, "code": "c", "state": OutgoingState.WAITING, "route": "twilio",
            "next_try_at": queues.clock() + 10, "attempts": 1,
        }  # fmt: skip
        return NotSent(**{**usual, **changes})  # type: ignore[arg-type]

    def test_what_is_handed_over_is_not_claimed_again(self, queues: Queues) -> None:
        reference = queues.add()
        (claimed,) = queues.claim()
        queues.clock.later(2)
        assert queues.claim(HandedOver(claimed.id, "P1", 2)) == []
        record = queues.record(reference)
        assert (record.state, record.provider_id, record.segments) == (OutgoingState.HANDED, "P1", 2)
        assert record.handed_at is not None
        assert record.handed_at.timestamp() == queues.clock()

    def test_what_failed_comes_again_later_with_its_tries(self, queues: Queues) -> None:
        queues.add()
        (claimed,) = queues.claim()
        assert queues.claim(self.later(claimed.id, queues, unsure_since=queues.clock())) == []
        queues.clock.later(10)
        (again,) = queues.claim()
        assert (again.attempts, again.unsure) == (1, True)

    def test_what_changed_its_route_goes_there(self, queues: Queues) -> None:
        queues.add()
        (claimed,) = queues.claim()
        moved = self.later(
            claimed.id, queues, route="gsm", attempts=0, next_try_at=queues.clock(), refused_by=("twilio",)
        )
        assert queues.claim(moved) == []
        (there,) = queues.claim(route="gsm")
        assert there.refused_by == ("twilio",)

    def test_who_lost_the_lease_cannot_put_a_message_back(self, queues: Queues) -> None:
        reference = queues.add()
        (claimed,) = queues.claim(owner="slow")
        queues.clock.later(LEASE_SECONDS + 1)
        assert queues.upkeep.release(0.0, ()) == 1
        assert len(queues.claim(owner="next")) == 1
        queues.claim(self.later(claimed.id, queues, state=OutgoingState.FAILED), owner="slow")
        assert queues.record(reference).state is OutgoingState.SENDING

    def test_who_lost_the_lease_may_still_say_that_it_succeeded(self, queues: Queues) -> None:
        reference = queues.add()
        (claimed,) = queues.claim(owner="slow")
        queues.clock.later(LEASE_SECONDS + 1)
        queues.upkeep.release(0.0, ())
        assert queues.claim(HandedOver(claimed.id, "P1"), owner="slow") == []
        assert queues.record(reference).state is OutgoingState.HANDED


class TestLeases:
    def test_a_message_of_a_dead_process_comes_back_unsure_after_time_for_a_receipt(self, queues: Queues) -> None:
        queues.add()
        queues.claim()
        queues.clock.later(LEASE_SECONDS + 1)
        assert queues.upkeep.release(20.0, ()) == 1
        assert queues.claim() == []
        queues.clock.later(20)
        (again,) = queues.claim()
        assert again.unsure

    def test_a_process_known_to_be_dead_need_not_run_out(self, queues: Queues) -> None:
        queues.add()
        queues.claim(owner="dead")
        assert queues.upkeep.release(20.0, ("twilio",), ("other",)) == 0
        assert queues.upkeep.release(20.0, ("twilio",), ("dead",)) == 1
        assert len(queues.claim()) == 1

    def test_a_renewed_lease_holds(self, queues: Queues) -> None:
        queues.add()
        queues.claim()
        queues.clock.later(LEASE_SECONDS - 1)
        queues.upkeep.renew(queues.lease("me"))
        queues.clock.later(LEASE_SECONDS - 1)
        assert queues.upkeep.release(0.0, ()) == 0


class TestChangingRoutes:
    def test_messages_of_a_failing_route_take_the_best_that_works(self, queues: Queues) -> None:
        queues.add()
        assert queues.upkeep.choose_routes(("smpp", "gsm"), 600.0) == 1
        assert len(queues.claim(route="gsm")) == 1

    def test_messages_of_a_working_route_stay(self, queues: Queues) -> None:
        queues.add()
        assert queues.upkeep.choose_routes(("twilio", "gsm"), 600.0) == 0
        assert len(queues.claim()) == 1

    def test_a_route_that_refused_is_not_taken_again(self, quick_queues: Queues) -> None:
        quick_queues.add()
        (claimed,) = quick_queues.claim()
        refused = NotSent(
            claimed.id, "c", OutgoingState.WAITING, "twilio", quick_queues.clock(), 0, refused_by=("gsm", "smpp")
        )
        quick_queues.claim(refused, most=0)
        assert quick_queues.upkeep.choose_routes(("gsm", "smpp"), 600.0) == 0
        quick_queues.clock.later(60)
        assert len(quick_queues.claim(route="twilio")) == 1

    def test_what_its_route_may_have_taken_stays_there_for_a_while(self, queues: Queues) -> None:
        queues.add()
        queues.claim()
        queues.clock.later(LEASE_SECONDS + 1)
        queues.upkeep.release(0.0, ())
        queues.clock.later(599)
        assert queues.upkeep.choose_routes(("gsm",), 600.0) == 0
        queues.clock.later(2)
        assert queues.upkeep.choose_routes(("gsm",), 600.0) == 1


class TestReceipts:
    def receipt(self, delivery: Delivery, **changes: object) -> Receipt:
        usual: dict[str, object] = {"route": "twilio", "delivery": delivery, "provider_id": "P1"}
        return Receipt(**{**usual, **changes})  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("deliveries", "state"),
        [
            (["handed"], "handed"),
            (["handed", "delivered"], "delivered"),
            (["delivered", "handed"], "delivered"),
            (["delivered", "failed"], "delivered"),
            (["failed"], "failed"),
            (["failed", "handed"], "failed"),
            (["failed", "delivered"], "delivered"),
            (["delivered", "delivered"], "delivered"),
        ],
    )
    def test_they_never_turn_a_message_back(self, quick_queues: Queues, deliveries: list[str], state: str) -> None:
        reference = quick_queues.add()
        (claimed,) = quick_queues.claim()
        quick_queues.claim(HandedOver(claimed.id, "P1"))
        for delivery in deliveries:
            assert quick_queues.receipts.record(self.receipt(Delivery(delivery), code="30003"))
        record = quick_queues.record(reference)
        assert record.state == state
        assert record.code == ("30003" if state == "failed" else "")

    @pytest.mark.parametrize("delivery", list(Delivery))
    def test_one_with_our_reference_may_come_before_the_send_returns(self, queues: Queues, delivery: Delivery) -> None:
        reference = queues.add()
        (claimed,) = queues.claim()
        assert queues.receipts.record(self.receipt(delivery, reference=reference))
        queues.claim(HandedOver(claimed.id, "P1"))
        assert queues.record(reference).state == delivery.value

    def test_one_without_reference_waits_for_the_send_to_return(self, queues: Queues) -> None:
        reference = queues.add()
        (claimed,) = queues.claim()
        assert not queues.receipts.record(self.receipt(Delivery.DELIVERED))
        assert queues.receipts.match_early() == (0, 0)
        queues.claim(HandedOver(claimed.id, "P1"))
        assert queues.receipts.match_early() == (1, 0)
        assert queues.record(reference).state is OutgoingState.DELIVERED
        assert queues.receipts.match_early() == (0, 0)

    def test_one_that_belongs_to_nothing_is_dropped_in_time(self, queues: Queues) -> None:
        assert not queues.receipts.record(self.receipt(Delivery.DELIVERED))
        assert not queues.receipts.record(self.receipt(Delivery.DELIVERED, provider_id=None, reference="unknown"))
        queues.clock.later(601)
        assert queues.receipts.match_early() == (0, 1)

    def test_the_same_id_of_another_route_is_another_message(self, quick_queues: Queues) -> None:
        reference = quick_queues.add()
        (claimed,) = quick_queues.claim()
        quick_queues.claim(HandedOver(claimed.id, "P1"))
        assert not quick_queues.receipts.record(self.receipt(Delivery.DELIVERED, route="gsm"))
        assert quick_queues.record(reference).state is OutgoingState.HANDED

    def test_one_resolves_a_doubt(self, queues: Queues) -> None:
        reference = queues.add()
        queues.claim()
        queues.clock.later(LEASE_SECONDS + 1)
        queues.upkeep.release(20.0, ())
        assert queues.receipts.record(self.receipt(Delivery.HANDED, reference=reference))
        queues.clock.later(60)
        assert queues.claim() == []
        assert queues.record(reference).state is OutgoingState.HANDED

    def test_failure_of_an_earlier_hand_over_does_not_hide_a_later_one(self, quick_queues: Queues) -> None:
        reference = quick_queues.add()
        quick_queues.claim()
        quick_queues.clock.later(LEASE_SECONDS + 1)
        quick_queues.upkeep.release(0.0, ())
        (again,) = quick_queues.claim()
        quick_queues.receipts.record(self.receipt(Delivery.FAILED, reference=reference))
        quick_queues.claim(HandedOver(again.id, "P2"))
        assert quick_queues.record(reference).state is OutgoingState.HANDED


class TestRetrying:
    def test_what_failed_or_expired_starts_anew(self, queues: Queues) -> None:
        failed, expired, waiting = queues.add("a"), queues.add("b", expires_at=queues.clock() + 1), queues.add("c")
        ended = next(one for one in queues.claim(most=1))
        queues.claim(NotSent(ended.id, "c", OutgoingState.FAILED, "twilio", queues.clock(), 1), most=0)
        queues.clock.later(2)
        queues.upkeep.expire()
        assert queues.upkeep.retry(failed) == 1
        assert queues.upkeep.retry(waiting) == 0
        assert queues.upkeep.retry() == 1
        assert {one.message.reference for one in queues.claim()} == {failed, expired, waiting}


class TestSecrets:
    def test_a_message_sealed_with_another_key_ends_alone(self, quick_queues: Queues) -> None:
        lost = quick_queues.add("a")
        with quick_queues.database.writing() as session:
            session.execute(outgoing.update().values(sealed="gAAAAA"))
        kept = quick_queues.add("b")
        assert [one.message.reference for one in quick_queues.claim()] == [kept]
        assert quick_queues.record(lost).state is OutgoingState.FAILED
