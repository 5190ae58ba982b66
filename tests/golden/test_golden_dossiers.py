"""Every dossier of the sandbox is told as ``motcua sandbox dossiers --json`` lists it."""

from __future__ import annotations

import pytest
from running_system import RunningSystem

pytestmark = pytest.mark.xdist_group("system")


def test_each_of_the_ten_states_is_told_to_who_knows_code_and_digits(system: RunningSystem) -> None:
    first_of_state = {row["status"]: row for row in reversed(system.dossiers())}
    assert sorted(first_of_state) == list(range(1, 11))
    for row in first_of_state.values():
        answer = system.say(f"hồ sơ {row['code']} số cuối {row['last4']}")
        assert row["status_text"] in answer.text, row
        for personal in (row["phone"], row["applicant"], row["address"], row["code"]):
            assert personal not in answer.everything


def test_every_supplement_is_told(system: RunningSystem) -> None:
    asked = [row for row in system.dossiers() if row["supplement"]]
    assert asked
    for row in asked:
        answer = system.say(f"hồ sơ {row['code']} số cuối {row['last4']}")
        assert row["supplement"].rstrip(".") in answer.text, row["code"]


def test_the_identity_number_proves_as_well_as_the_phone_number(system: RunningSystem) -> None:
    row = next(row for row in system.dossiers() if row["code"].endswith("9150"))
    # Fictional identity numbers end in 70 and the dossier's number.
    answer = system.say(f"hồ sơ {row['code']} số cuối 7050")
    assert row["status_text"] in answer.text
