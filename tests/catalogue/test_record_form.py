"""The form of a record: whatever the program knows can be seen and sent back unchanged, and is read as people type."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.proposal_check import Neighbour, learns_anew, weigh
from catalogue.record import Procedure
from catalogue.record_form import Group, Kind, form_of, typed
from catalogue.record_lines import changed_lines
from catalogue.yaml_files import read_file
from runtime.settings import PROJECT_ROOT

CODES = ("1.001193", "1.000894", "1.001266", "1.001601")


def record_of(code: str) -> Procedure:
    found = read_file(Path(PROJECT_ROOT / "nlu_data" / "procedures" / f"{code}.yml"))[1]
    assert found is not None
    return found


def sent(group: Group) -> Iterator[tuple[str, list[str]]]:
    """What a browser would send of a form."""
    for one in group.inputs:
        if one.kind is not Kind.TICK or one.value:
            values = [value for value in one.choices if value in one.chosen]
            yield one.path, values if one.kind is Kind.CHOICES else [one.value]
    for inner in group.groups:
        yield from sent(inner)


def read_back(form: dict[str, list[str]], code: str) -> Procedure:
    return Procedure.model_validate({**typed(form), "code": code})


@pytest.mark.parametrize("code", CODES)
def test_a_form_that_is_sent_as_it_came_changes_nothing(code: str) -> None:
    record = record_of(code)
    assert read_back(dict(sent(form_of(record.to_json()))), code) == record


def test_an_amount_is_read_as_people_write_it() -> None:
    form = dict(sent(form_of(record_of("1.001193").to_json())))
    form |= {"submissions.0.fees.0.amount": ["8.000"], "submissions.0.times.2.value": ["1,5"]}
    changed = read_back(form, "1.001193").submissions[0]
    assert (changed.fees[0].amount, changed.times[2].value) == (8000, 1.5)


def test_something_is_added_in_the_empty_item_and_left_out_by_emptying_it() -> None:
    record = record_of("1.001193")
    form = dict(sent(form_of(record.to_json())))
    count = len(record.submissions[0].fees)
    form[f"submissions.0.fees.{count}.amount"] = ["5 000"]
    form[f"submissions.0.fees.{count}.certain"] = ["yes"]
    assert read_back(form, "1.001193").submissions[0].fees[count].amount == 5000
    for path in list(form):
        if path.startswith("submissions.0.fees.0."):
            form[path] = [""]
    assert len(read_back(form, "1.001193").submissions[0].fees) == count


def test_differences_name_their_place_and_both_values() -> None:
    before = record_of("1.001193")
    after = Procedure.model_validate({**before.to_json(), "short_name": "Khai sinh cho bé"})
    changes = [(one.added, one.line.names, one.line.value) for one in changed_lines(before, after)]
    assert changes == [
        (False, ("short_name",), "Làm giấy khai sinh"),
        (True, ("short_name",), "Khai sinh cho bé"),
    ]
    assert learns_anew(after, before)
    assert not learns_anew(before.model_copy(update={"where": "Ủy ban"}), before)


def keys_of(record: Procedure, base: Procedure | None, neighbours: tuple[Neighbour, ...] = ()) -> set[str]:
    today = record_of("1.001193").checked_on.replace(year=2027)
    return {one.key for one in weigh(record, base, today, neighbours, ["con tôi chưa có tên"], []) if one.grave}


def test_what_must_not_be_told_stands_in_the_way() -> None:
    base = record_of("1.001193")
    assert keys_of(base, base) == set()
    fee = Procedure.model_validate({**base.to_json(), "submissions": [{"way": "direct", "fees": [{"amount": 9000}]}]})
    assert keys_of(fee, base) == {"remark_not_read_again"}
    read_again = fee.model_copy(update={"checked_on": base.checked_on.replace(month=12)})
    assert keys_of(read_again, base) == set()
    doubted = read_again.model_copy(update={"flags": ("fee_implausibly_small",)})
    assert keys_of(doubted, base) == {"remark_flagged_fee"}
    phrases = {**base.to_json()["asked_as"], "plain": ["xin thẻ căn cước", "Con tôi chưa có tên"]}
    asked = Procedure.model_validate({**base.to_json(), "asked_as": phrases})
    others = (Neighbour("1.000999", ("xin the can cuoc",)),)
    assert keys_of(asked, base, others) == {"remark_asked_elsewhere", "remark_measured"}
    tomorrow = base.model_copy(update={"checked_on": base.checked_on.replace(year=2028)})
    assert keys_of(tomorrow, base) == {"remark_read_tomorrow"}
    sourceless = base.model_copy(update={"source": None, "decision": None, "legal_basis": ()})
    assert keys_of(sourceless, base) == {"remark_no_source"}
