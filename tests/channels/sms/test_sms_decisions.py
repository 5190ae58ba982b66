"""The pure decisions of the message queue: health of routes, what follows a failure, routes by number."""

from __future__ import annotations

from pathlib import Path

import pytest
from places import NLU_DATA

from channels.sms.delivery.retry_policy import UNSURE_WAIT, after_failure
from channels.sms.providers.registry import PROVIDERS
from channels.sms.queue.queued import Claimed, NotSent
from channels.sms.queue.route_rate_limits import filled
from channels.sms.queue.states import OutgoingState
from channels.sms.routes.messages import Kind, OutgoingMessage
from channels.sms.routes.number_table import NumberTable, NumberTableError
from channels.sms.routes.route import Fault, SendFailed
from channels.sms.routes.route_health import BACKOFF, FEWEST_RESULTS, RouteHealth


class TestRouteHealth:
    def failing(self) -> RouteHealth:
        health = RouteHealth()
        for second in range(FEWEST_RESULTS):
            health.record(False, 0.1, float(second))
        return health

    def test_a_few_failures_say_nothing(self) -> None:
        health = RouteHealth()
        for second in range(FEWEST_RESULTS - 1):
            health.record(False, 0.1, float(second))
        assert health.works

    def test_half_of_the_results_bad_makes_it_failing(self) -> None:
        health = RouteHealth()
        for is_good in (True, False, True):
            health.record(is_good, 0.1, 0.0)
        assert health.works
        health.record(False, 0.1, 0.0)
        assert not health.works

    def test_a_single_failure_among_many_does_not(self) -> None:
        health = RouteHealth()
        for index in range(200):
            health.record(index % 4 != 0 or index < 8, 0.1, index / 10)
        assert health.works

    def test_failures_of_long_ago_do_not_count(self) -> None:
        health = RouteHealth()
        for _ in range(FEWEST_RESULTS - 1):
            health.record(False, 0.1, 0.0)
        for index in range(FEWEST_RESULTS):
            health.record(True, 0.1, 61.0 + index)
        health.record(False, 0.1, 70.0)
        assert health.works

    def test_slowness_makes_it_failing_though_all_succeeds(self) -> None:
        health = RouteHealth(slow_seconds=10.0)
        for _ in range(FEWEST_RESULTS):
            health.record(True, 11.0, 0.0)
        assert not health.works

    def test_a_modem_may_be_slow(self) -> None:
        health = RouteHealth(slow_seconds=40.0)
        for _ in range(FEWEST_RESULTS):
            health.record(True, 11.0, 0.0)
        assert health.works

    def test_a_failing_route_is_tried_with_one_message_after_growing_pauses(self) -> None:
        health, now = self.failing(), FEWEST_RESULTS - 1.0
        expected = BACKOFF.first
        for _ in range(6):
            assert health.room(100, 0, now + expected - 0.1) == 0
            now += expected
            assert health.room(100, 0, now) == 1
            assert health.room(100, 1, now) == 0
            health.record(False, 0.1, now)
            expected = min(BACKOFF.longest, expected * 2)

    def test_what_was_on_its_way_before_does_not_lengthen_the_pause(self) -> None:
        health, since = self.failing(), FEWEST_RESULTS - 1.0
        for _ in range(20):
            health.record(False, 0.2, since + 0.1)
        assert health.room(100, 0, since + BACKOFF.first) == 1

    def test_one_good_try_brings_it_back_at_full_room(self) -> None:
        health = self.failing()
        health.record(True, 0.1, 100.0)
        assert health.works
        assert health.room(100, 40, 100.0) == 60

    def test_a_throttled_route_rests_but_still_works(self) -> None:
        health = RouteHealth()
        health.throttled(3.0, 10.0)
        assert health.works
        assert (health.room(100, 0, 12.9), health.room(100, 0, 13.0)) == (0, 100)

    def test_a_long_rest_makes_it_failing_until_one_message_gets_through(self) -> None:
        health = RouteHealth()
        health.throttled(600.0, 10.0)
        assert not health.works
        assert (health.room(100, 0, 609.9), health.room(100, 0, 610.0)) == (0, 1)
        health.throttled(600.0, 611.0)
        assert (health.room(100, 0, 1210.9), health.room(100, 0, 1211.0)) == (0, 1)
        health.record(True, 0.1, 1211.5)
        assert health.works
        assert health.room(100, 0, 1211.5) == 100

    def test_throttled_again_and_again_without_a_word_how_long_it_counts_as_failing_too(self) -> None:
        health = RouteHealth()
        for _ in range(4):
            health.throttled(None, 0.0)
        assert health.works
        health.throttled(None, 0.0)
        assert not health.works

    def test_throttled_again_and_again_it_rests_longer_each_time(self) -> None:
        health = RouteHealth()
        rests = []
        for _ in range(4):
            health.throttled(None, 0.0)
            rests.append(next(s for s in (1, 2, 4, 8) if health.room(1, 0, float(s)) == 1))
        assert rests == [1, 2, 4, 8]


def claimed(attempts: int = 0, refused_by: tuple[str, ...] = ()) -> Claimed:
    message = OutgoingMessage("ref", "+84900000123", "text")
    return Claimed(7, "twilio", message, "p", Kind.ANSWER, attempts, False, refused_by)


class TestAftermath:
    @pytest.mark.parametrize(
        ("fault", "attempts", "others", "elsewhere", "harmless", "expected"),
        [
            # fault, tries before, other routes, elsewhere, repeat harmless -> state, route, seconds, tries, unsure
            (Fault.RETRYABLE, 0, (), False, False, ("waiting", "twilio", 2.0, 1, False)),
            (Fault.RETRYABLE, 3, (), False, False, ("waiting", "twilio", 16.0, 4, False)),
            (Fault.RETRYABLE, 0, ("gsm",), False, False, ("waiting", "twilio", 2.0, 1, False)),
            (Fault.RETRYABLE, 1, ("gsm", "smpp"), False, False, ("waiting", "gsm", 0.0, 0, False)),
            (Fault.THROTTLED, 0, ("gsm",), False, False, ("waiting", "twilio", 2.0, 0, False)),
            (Fault.THROTTLED, 1, ("gsm",), False, False, ("waiting", "twilio", 4.0, 1, False)),
            (Fault.THROTTLED, 3, (), False, False, ("waiting", "twilio", 16.0, 3, False)),
            (Fault.PERMANENT, 0, ("gsm",), False, False, ("failed", "twilio", 0.0, 1, False)),
            (Fault.PERMANENT, 0, ("gsm",), True, False, ("waiting", "gsm", 0.0, 0, False)),
            (Fault.PERMANENT, 0, (), True, False, ("failed", "twilio", 0.0, 1, False)),
            (Fault.UNSURE, 0, ("gsm",), False, False, ("waiting", "twilio", UNSURE_WAIT, 1, True)),
            (Fault.UNSURE, 5, ("gsm",), False, True, ("waiting", "twilio", 64.0, 6, True)),
        ],
    )
    def test_each_fault_has_its_consequence(
        self,
        fault: Fault,
        attempts: int,
        others: tuple[str, ...],
        elsewhere: bool,
        harmless: bool,
        expected: tuple[str, str, float, int, bool],
    ) -> None:
        failed = SendFailed(fault, "code", "cause", elsewhere=elsewhere)
        result = after_failure(
            claimed(attempts), failed, now=1000.0, chance=1.0, others=others, repeats_harmless=harmless,
            still_unsure=False,
        )  # fmt: skip
        unsure = result.unsure_since is not None
        assert (result.state, result.route, result.next_try_at - 1000.0, result.attempts, unsure) == expected

    def test_the_provider_s_own_pause_is_kept(self) -> None:
        failed = SendFailed(Fault.THROTTLED, "429", "slow down", retry_after=17.0)
        result = after_failure(
            claimed(), failed, now=0.0, chance=0.0, others=(), repeats_harmless=False, still_unsure=False
        )
        assert result.next_try_at == 17.0

    @pytest.mark.parametrize("fault", [Fault.THROTTLED, Fault.RETRYABLE])
    def test_nobody_waits_long_for_one_route_while_another_works(self, fault: Fault) -> None:
        def after(retry_after: float, others: tuple[str, ...]) -> tuple[str, float]:
            failed = SendFailed(fault, "429", "later", retry_after=retry_after)
            result = after_failure(
                claimed(), failed, now=0.0, chance=0.0, others=others, repeats_harmless=False, still_unsure=False
            )
            return result.route, result.next_try_at

        assert after(9.0, ("gsm",)) == ("twilio", 9.0)
        assert after(10.0, ("gsm",)) == ("gsm", 0.0)
        assert after(3600.0, ()) == ("twilio", 3600.0)

    def test_a_doubt_nobody_resolved_stays_one_whatever_the_next_fault(self) -> None:
        for fault in Fault:
            failed = SendFailed(fault, "code", "cause")
            result = after_failure(
                claimed(), failed, now=9.0, chance=0.0, others=("gsm",), repeats_harmless=False, still_unsure=True
            )
            assert (result.state, result.route, result.unsure_since) == (OutgoingState.WAITING, "twilio", 9.0)

    def test_a_route_that_refused_is_remembered(self) -> None:
        failed = SendFailed(Fault.PERMANENT, "code", "cause", elsewhere=True)
        result = after_failure(
            claimed(refused_by=("smpp",)), failed, now=0.0, chance=0.0, others=("gsm",), repeats_harmless=False,
            still_unsure=False,
        )  # fmt: skip
        assert result.refused_by == ("smpp", "twilio")

    def test_all_of_it_is_written_down(self) -> None:
        def written(fault: Fault, others: tuple[str, ...] = ()) -> NotSent:
            failed = SendFailed(fault, "30003", "cause", elsewhere=bool(others))
            return after_failure(
                claimed(2, ("smpp",)), failed, now=1000.0, chance=1.0, others=others, repeats_harmless=False,
                still_unsure=False,
            )  # fmt: skip

        assert written(Fault.RETRYABLE) == NotSent(
            7, "30003", OutgoingState.WAITING, "twilio", 1008.0, 3, None, ("smpp",)
        )
        assert written(Fault.UNSURE) == NotSent(
            7, "30003", OutgoingState.WAITING, "twilio", 1000.0 + UNSURE_WAIT, 3, 1000.0, ("smpp",)
        )
        assert written(Fault.PERMANENT) == NotSent(
            7, "30003", OutgoingState.FAILED, "twilio", 1000.0, 3, None, ("smpp", "twilio")
        )
        assert written(Fault.PERMANENT, ("gsm",)) == NotSent(
            7, "30003", OutgoingState.WAITING, "gsm", 1000.0, 0, None, ("smpp", "twilio")
        )


class TestRates:
    @pytest.mark.parametrize(
        ("tokens", "passed", "per_second", "left"),
        [
            (0.0, 0.1, 100.0, 10.0),
            (0.0, 9.0, 100.0, 25.0),
            (0.5, 1.0, 0.25, 0.75),
            (0.0, 60.0, 0.25, 1.0),
            (3.0, -5.0, 100.0, 3.0),
        ],
    )
    def test_the_bucket_fills_to_a_quarter_second_or_one_message(
        self, tokens: float, passed: float, per_second: float, left: float
    ) -> None:
        assert filled(tokens, passed, per_second) == pytest.approx(left)


class TestNumberTable:
    TABLE = NumberTable({"": ["twilio"], "+84": ["gsm", "smpp", "twilio"], "+8496": ["smpp", "gsm"]})

    @pytest.mark.parametrize(
        ("number", "came_by", "routes"),
        [
            ("+84900000123", "", ("gsm", "smpp", "twilio")),
            ("+84900000123", "twilio", ("twilio", "gsm", "smpp")),
            ("+84960000123", "", ("smpp", "gsm")),
            ("+84960000123", "twilio", ("smpp", "gsm")),
            ("+15005550006", "gsm", ("twilio",)),
        ],
    )
    def test_the_longest_beginning_counts_and_the_citizen_s_own_route_goes_first_where_allowed(
        self, number: str, came_by: str, routes: tuple[str, ...]
    ) -> None:
        assert self.TABLE.order(number, came_by) == routes

    def test_the_table_that_ships_has_a_route_for_every_number(self) -> None:
        table = NumberTable.read(NLU_DATA / "sms" / "routes.yml", PROVIDERS.names)
        assert table.order("+84900000123")[0] == "gsm"
        assert table.order("+15005550006")

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            ("nothing: here", "cannot be read"),
            ("routes: [gsm]", "cannot be read"),
            ("routes: {'': [gsm]", "cannot be read"),
            ("routes: {'84': [gsm], '': [gsm]}", "no beginning of a number"),
            ("routes: {'': [pigeon]}", "pigeon"),
            ("routes: {'': []}", "needs routes"),
            ("routes: {'+84': [gsm]}", "all other numbers"),
        ],
    )
    def test_a_wrong_file_is_refused_with_the_reason(self, tmp_path: Path, content: str, reason: str) -> None:
        path = tmp_path / "routes.yml"
        path.write_text(content, encoding="utf-8")
        with pytest.raises(NumberTableError, match=reason):
            NumberTable.read(path, PROVIDERS.names)
