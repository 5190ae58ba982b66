"""Which routes a number is written to by: longest prefix, an order for notices, routes of one rank that share."""

from __future__ import annotations

from pathlib import Path

import pytest

from channels.sms.routes.messages import Kind
from channels.sms.routes.number_table import NumberTable, NumberTableError

NUMBER = "+84961234567"
KNOWN = ("gsm", "smpp", "twilio")


def test_the_longest_prefix_counts_and_answers_go_back_the_way_questions_came() -> None:
    table = NumberTable({"": ["twilio"], "+84": ["gsm", "smpp"], "+8496": ["smpp", "gsm"]})
    assert table.order(NUMBER) == ("smpp", "gsm")
    assert table.order("+84901234567", "smpp") == ("smpp", "gsm")
    assert table.order("+15005550006", "gsm") == ("twilio",)


def test_notices_and_warnings_have_an_order_of_their_own_where_a_line_of_it_fits() -> None:
    table = NumberTable({"": ["gsm", "smpp", "twilio"]}, {"+84": ["smpp", "gsm"]})
    assert table.order(NUMBER) == ("gsm", "smpp", "twilio")
    assert table.order(NUMBER, kind=Kind.NOTICE) == table.order(NUMBER, kind=Kind.WARNING) == ("smpp", "gsm")
    assert table.order("+15005550006", kind=Kind.NOTICE) == ("gsm", "smpp", "twilio")


def test_of_one_rank_the_shortest_queue_is_first() -> None:
    table = NumberTable({"": [["gsm", "smpp"], "twilio"]})
    assert table.shares
    assert table.order(NUMBER, waiting={"gsm": 5, "smpp": 2, "twilio": 0}) == ("smpp", "gsm", "twilio")
    assert table.order(NUMBER, waiting={"gsm": 1, "smpp": 2}) == ("gsm", "smpp", "twilio")
    assert not NumberTable({"": ["gsm", "twilio"]}).shares


def test_what_is_not_set_up_is_left_out_unless_nothing_is_left() -> None:
    table = NumberTable({"+84": [["gsm", "smpp"], "twilio"], "": ["twilio"]}).among(["gsm"])
    assert table.order(NUMBER) == ("gsm",)
    assert table.order("+15005550006") == ("twilio",)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ('routes: {"": [gsm]}\nnotices: {"84": [gsm]}', "no beginning of a number"),
        ('routes: {"": [gsm]}\nnotices: {"+84": [[gsm, lotus]]}', "found lotus"),
        ('routes: {"": [gsm]}\nnotices: {"+84": []}', "needs routes of"),
        ('routes: {"": [[gsm, smpp], gsm]}', "names a route twice"),
        ('routes: {"+84": [gsm]}', "for all other numbers"),
        ('routes: {"": [gsm]}\nnotices: [gsm]', "cannot be read"),
        ('routes: {"": [[[gsm]]]}', "found"),
    ],
)
def test_a_wrong_file_is_told_where_it_is_wrong(tmp_path: Path, written: str, problem: str) -> None:
    file = tmp_path / "routes.yml"
    file.write_text(written)
    with pytest.raises(NumberTableError, match=problem):
        NumberTable.read(file, KNOWN)


def test_a_file_may_hold_both_orders(tmp_path: Path) -> None:
    file = tmp_path / "routes.yml"
    file.write_text('routes: {"": [gsm, twilio]}\nnotices: {"+84": [[smpp, gsm]]}\n')
    table = NumberTable.read(file, KNOWN)
    assert table.names == {"gsm", "smpp", "twilio"}
    assert table.order(NUMBER, kind=Kind.NOTICE, waiting={"smpp": 3}) == ("gsm", "smpp")
