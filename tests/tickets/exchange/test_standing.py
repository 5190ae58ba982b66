"""How a case stands, and what each side may do: the states of documents between agencies."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.clock import VIETNAM
from runtime.working_time import working_time
from tickets.exchange.case import Outside, Side, Standing, Step

TUESDAY = datetime(2026, 11, 10, 9, 0, tzinfo=VIETNAM)
SENDER, RECEIVER = Side.SENDER, Side.RECEIVER


def arrived(days: int = 5) -> Standing:
    return Standing(days).after(Step.ARRIVE, RECEIVER, TUESDAY)


def walked(*steps: tuple[Step, Side], start: Standing | None = None) -> Standing:
    standing = start or arrived()
    for number, (step, side) in enumerate(steps, 1):
        standing = standing.after(step, side, TUESDAY + timedelta(hours=number))
    return standing


def test_a_case_on_its_way_is_still_with_its_sender_and_has_no_deadline() -> None:
    standing = Standing(5)
    assert (standing.outside, standing.holder, standing.due(working_time())) == (None, SENDER, None)
    assert standing.may(SENDER) == (Step.ASK_BACK,)


def test_the_time_limit_counts_working_days_from_arrival() -> None:
    # Tuesday and five working days: Wednesday to Friday, Monday, Tuesday.
    assert arrived().due(working_time()) == date(2026, 11, 17)
    late = Standing(1).after(Step.ARRIVE, RECEIVER, datetime(2026, 11, 13, 16, 0, tzinfo=VIETNAM))
    assert late.due(working_time()) == date(2026, 11, 17), "after 15:00 on a Friday it is received on Monday"


def test_days_in_which_a_supplement_was_awaited_do_not_count() -> None:
    asked = arrived().after(Step.ASK_SUPPLEMENT, RECEIVER, TUESDAY)
    assert (asked.holder, asked.due(working_time())) == (SENDER, None)
    given_ = asked.after(Step.GIVE_SUPPLEMENT, SENDER, TUESDAY + timedelta(days=2))
    assert (given_.holder, given_.due(working_time())) == (RECEIVER, date(2026, 11, 19))


@pytest.mark.parametrize(
    ("steps", "code"),
    [
        ([], "01"),
        ([(Step.REFUSE, RECEIVER)], "02"),
        ([(Step.ACCEPT, RECEIVER)], "03"),
        ([(Step.ACCEPT, RECEIVER), (Step.ASSIGN, RECEIVER), (Step.WORK, RECEIVER)], "05"),
        ([(Step.FINISH, RECEIVER)], "06"),
        ([(Step.ASK_BACK, SENDER)], "13"),
        ([(Step.ASK_BACK, SENDER), (Step.GIVE_BACK, RECEIVER)], "15"),
        ([(Step.WORK, RECEIVER), (Step.ASK_BACK, SENDER), (Step.KEEP, RECEIVER)], "05"),
        ([(Step.ASK_BACK, SENDER), (Step.FINISH, RECEIVER)], "06"),
        # Never back, never the other side's step, never after the end.
        ([(Step.WORK, RECEIVER), (Step.ACCEPT, RECEIVER)], "05"),
        ([(Step.ACCEPT, RECEIVER), (Step.REFUSE, RECEIVER)], "03"),
        ([(Step.ACCEPT, SENDER)], "01"),
        ([(Step.ASK_BACK, RECEIVER)], "01"),
        ([(Step.GIVE_BACK, RECEIVER)], "01"),
        ([(Step.FINISH, RECEIVER), (Step.ASK_BACK, SENDER)], "06"),
    ],
)
def test_states_go_forward_and_what_is_out_of_place_changes_nothing(steps: list[tuple[Step, Side]], code: str) -> None:
    assert walked(*steps).outside == Outside(code)


def test_a_finished_refused_or_returned_case_is_with_its_sender() -> None:
    for step in (Step.FINISH, Step.REFUSE):
        ended = arrived().after(step, RECEIVER, TUESDAY)
        assert (ended.holder, ended.ended_at, ended.may(SENDER), ended.may(RECEIVER)) == (SENDER, TUESDAY, (), ())


def test_who_is_late_is_the_receiver_and_nobody_while_a_supplement_is_awaited() -> None:
    calendar = working_time()
    assert arrived(1).is_overdue(calendar, date(2026, 11, 12))
    assert not arrived(1).is_overdue(calendar, date(2026, 11, 11))
    assert not arrived(1).after(Step.ASK_SUPPLEMENT, RECEIVER, TUESDAY).is_overdue(calendar, date(2026, 12, 31))
    assert not arrived(1).after(Step.FINISH, RECEIVER, TUESDAY).is_overdue(calendar, date(2026, 12, 31))


@given(st.lists(st.tuples(st.sampled_from(Step), st.sampled_from(Side)), max_size=12))
def test_whatever_comes_a_case_is_whole(steps: list[tuple[Step, Side]]) -> None:
    standing = Standing(3)
    for step, side in steps:
        may = step in standing.may(side)
        after = standing.after(step, side, TUESDAY)
        assert may == (after != standing) or (may and step is Step.KEEP)
        standing = after
        assert (standing.ended_at is not None) == (
            standing.progress in {Outside.REFUSED, Outside.FINISHED} or standing.back is Outside.GIVEN_BACK
        )
        if standing.ended_at is not None:
            assert (standing.may(SENDER), standing.may(RECEIVER), standing.awaiting_since) == ((), (), None)
