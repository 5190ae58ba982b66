"""What persons ask for in writing has its clocks: two working days to answer, 10, 15 or 20 days until it is done."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from command_of_records import Command, command, here  # noqa: F401 - fixtures

from installation.doctor.finding import Level
from installation.doctor.records import rights as look
from installation.root import Installation
from runtime.clock import VIETNAM
from stores.audit import Deed
from stores.rights import Right, Wishes

MONDAY = datetime(2026, 11, 9, 9, 0, tzinfo=VIETNAM)


# ruff: noqa: F811 - fixtures are imported, and named again as arguments

COMMAND = "rights"


@pytest.mark.parametrize(
    ("right", "done_by"),
    [
        (Right.SEE, date(2026, 11, 19)),
        (Right.CORRECT, date(2026, 11, 19)),
        (Right.WITHDRAW, date(2026, 11, 24)),
        (Right.OBJECT, date(2026, 11, 24)),
        (Right.DELETE, date(2026, 11, 29)),
    ],
)
def test_each_right_has_its_days(here: Installation, right: Right, done_by: date) -> None:
    wish = Wishes(here.audit).begin("t", right, "1/VP", MONDAY)
    assert (wish.answer_by, wish.done_by) == (date(2026, 11, 11), done_by)


def test_what_comes_late_on_a_friday_is_received_on_monday(here: Installation) -> None:
    late = datetime(2026, 11, 6, 16, 0, tzinfo=VIETNAM)
    wish = Wishes(here.audit).begin("t", Right.SEE, "1/VP", late)
    assert (wish.received_on, wish.answer_by) == (date(2026, 11, 9), date(2026, 11, 11))


def test_a_wish_is_answered_put_off_once_and_done(command: Command, here: Installation) -> None:
    assert "nothing is open" in command("list").output
    begun = command("asked", "delete", "--letter", "123/VP của bà Nguyễn Thị Hoa", "--at", "2026-01-05T09:00")
    assert begun.exit_code == 0, begun.output
    assert "Hoa" not in begun.output
    number = str(Wishes(here.audit).all()[0].number)
    assert [finding.level for finding in look(here)] == [Level.WRONG]
    assert "to be done by 2026-01-25" in command("answered", number).output
    assert "to be done by 2026-02-14" in command("extended", number).output
    again = command("extended", number)
    assert again.exit_code == 1
    assert "once is all" in again.output
    assert "done on" in command("done", number).output
    assert "is done since" in command("done", number).output
    assert [finding.level for finding in look(here)] == [Level.OK]
    assert number in command("list", "--all").output
    assert here.audit.of(Deed.RIGHT_DONE)


def test_what_cannot_be_is_refused(command: Command) -> None:
    assert "there is no wish 9" in command("done", "9").output
    assert command("asked", "delete", "--letter", "1", "--at", "2999-01-01T00:00").exit_code == 2
    assert command("asked", "everything", "--letter", "1").exit_code == 2
