"""Single values as systems write them; whatever they are, nothing raises and nothing is guessed."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.backends.fields import day, endings, line, moment, named, phone, same_code, state_key, status_of_code
from actions.dossiers.model import DossierStatus
from runtime.clock import VIETNAM

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
HALF_PAST = datetime(2026, 11, 6, 16, 30, tzinfo=VIETNAM)


@pytest.mark.parametrize(
    "written",
    [
        "20261106163000",
        "202611061630",
        "06/11/2026 16:30:00",
        "06/11/2026 16:30",
        "2026-11-06T16:30:00.000+0700",
        "2026-11-06T16:30:00+07:00",
        "2026-11-06T16:30:00",
        "2026-11-06T09:30:00Z",
        1_793_957_400_000,
        1_793_957_400,
        " 20261106163000 ",
    ],
)
def test_a_moment_is_read_in_every_form_that_was_seen(written: object) -> None:
    assert moment(written) == HALF_PAST


@pytest.mark.parametrize(
    "written",
    [
        "",
        "19000101000000",
        "0001-01-01T00:00:00",
        "1900-01-01T00:00:00.000+0700",
        "20261301000000",
        "31/02/2026",
        "chưa có",
        None,
        True,
        0,
        -5,
        float("nan"),
        float("inf"),
        10**40,
        [],
        {},
        "9999-12-31T23:59:59",
        "2999-01-01",
    ],
)
def test_what_is_no_date_of_a_dossier_is_none(written: object) -> None:
    assert moment(written) is None
    assert day(written) is None


def test_a_day_is_vietnams_whatever_zone_it_is_written_in() -> None:
    assert day("2026-11-05T20:00:00Z") == date(2026, 11, 6)
    assert day("20261106") == date(2026, 11, 6)


@given(st.datetimes(datetime(2001, 1, 1), datetime(2099, 12, 30)), st.integers(-12, 14))
def test_every_form_gives_the_same_moment_back(naive: datetime, hours: int) -> None:
    naive = naive.replace(microsecond=0)
    assert moment(f"{naive:%Y%m%d%H%M%S}") == naive.replace(tzinfo=VIETNAM)
    assert moment(f"{naive:%d/%m/%Y %H:%M:%S}") == naive.replace(tzinfo=VIETNAM)
    zoned = naive.replace(tzinfo=timezone(timedelta(hours=hours)))
    assert moment(f"{zoned:%Y-%m-%dT%H:%M:%S}.000{zoned:%z}") == zoned
    assert moment(zoned.timestamp() * 1000) == zoned


@given(JSON)
def test_whatever_stands_there_nothing_raises(value: Any) -> None:
    found = moment(value)
    assert found is None or (found.tzinfo is not None and 2000 <= found.year <= 2100)
    for text in (line(value), named(value), phone(value)):
        assert text is None or (text.strip() == text != "")
    assert status_of_code(value) in DossierStatus
    assert all(len(one) == 4 and one.isdigit() for one in endings([value], [value]))
    same_code(value, "H15-261101-0001")


@pytest.mark.parametrize(("written", "status"), [(4, 4), ("4", 4), (" 10 ", 10), ("04", 4)])
def test_the_ten_codes_are_read_as_number_and_text(written: object, status: int) -> None:
    assert status_of_code(written) is DossierStatus(status)


@pytest.mark.parametrize("written", ["", "11", "97", "x", None, True, 4.0, "4a", "-4", [4], "٤"])
def test_any_other_code_is_unknown_and_no_guess(written: object) -> None:
    assert status_of_code(written) is DossierStatus.UNKNOWN


def test_a_name_is_text_or_a_list_by_language() -> None:
    assert named("Đang xử lý") == "Đang xử lý"
    both = [{"languageId": 46, "name": "Processing"}, {"languageId": 228, "name": " Đang  xử lý "}]
    assert named(both) == "Đang xử lý"
    assert named({"name": both}) == "Đang xử lý"
    assert named([{"languageId": 46, "name": "Processing"}]) == "Processing"
    assert named([]) is None


def test_names_of_states_are_compared_without_case_blanks_and_full_stops() -> None:
    assert state_key("  ĐANG  xử lý. ") == state_key("Đang xử lý")


def test_only_telephone_and_identity_numbers_prove_anything() -> None:
    assert endings(["0900 000 101", "+84900000102"], ["000000007001", "123456789", "12345", "1234567890123"]) == (
        "0101",
        "0102",
        "7001",
        "6789",
    )
    assert endings([None, "", "113"], [None, "", "không"]) == ()
