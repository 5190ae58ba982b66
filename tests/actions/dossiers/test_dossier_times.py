"""How late a dossier is, and when it is due where the agency has set no day."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Any

import pytest

from actions.dossiers.asked import About, about
from actions.dossiers.expected import with_expected_day
from actions.dossiers.model import Dossier, DossierStatus, DossierView, view_of
from actions.dossiers.service import Found
from actions.dossiers.wording import DossierWording
from catalogue.record import Procedure, ProcessingTime, Submission, TimeUnit, Way
from catalogue.store import CatalogueStore
from contract.wording import Wording
from runtime.clock import VIETNAM
from runtime.settings import PROJECT_ROOT
from stores.database import Database

RECEIVED = datetime(2026, 11, 20, 15, 30, tzinfo=VIETNAM)


def view(today: date = date(2026, 11, 23), **changes: Any) -> DossierView:
    values: dict[str, Any] = {
        "code": "H15.50.05.21-261120-9124",
        "procedure_code": "1.001193",
        "procedure_name": "Đăng ký khai sinh",
        "status": DossierStatus.PROCESSING,
        "received_on": date(2026, 11, 20),
        "received_at": RECEIVED,
        "appointment_on": None,
        "finished_on": None,
        "supplement": None,
        "office": "Trung tâm xã Ví Dụ",
        "updated_at": RECEIVED,
    }
    return view_of(Dossier(**{**values, **changes}), today, str)


@pytest.mark.parametrize(
    ("today", "told"),
    [
        (date(2026, 11, 23), "Đã trễ hẹn 3 ngày, trong đó 1 ngày làm việc (hẹn ngày 20/11/2026)."),
        # The 24th is a holiday.
        (date(2026, 11, 25), "Đã trễ hẹn 5 ngày, trong đó 2 ngày làm việc (hẹn ngày 20/11/2026)."),
        (date(2026, 11, 22), "Đã trễ hẹn 2 ngày, đều là ngày nghỉ (hẹn ngày 20/11/2026)."),
    ],
)
def test_lateness_is_told_in_working_days_with_what_the_law_promises(
    wording: DossierWording, texts: Wording, today: date, told: str
) -> None:
    late = view(today, appointment_on=date(2026, 11, 20))
    reply = wording.reply(Found(late))
    assert told in reply.short
    assert "Rất xin lỗi" in reply.short
    assert any("văn bản xin lỗi và hẹn lại ngày" in line for line in reply.details)
    assert told in " ".join(about(partial(texts.text, "vi"), late, About.LATE))


def test_a_dossier_that_waits_for_its_citizen_is_not_late() -> None:
    waiting = view(status=DossierStatus.SUPPLEMENT_NEEDED, appointment_on=date(2026, 11, 20))
    assert (waiting.overdue_days, waiting.overdue_working_days) == (0, None)


@pytest.fixture
def procedure(tmp_path: Any) -> Procedure:
    database = Database(f"sqlite:///{tmp_path}/c.db")
    database.migrate()
    nlu_data = PROJECT_ROOT / "nlu_data"
    found = CatalogueStore(database, nlu_data / "procedures", rules=nlu_data).current("1.001193")
    database.close()
    assert found is not None
    return found


def taking(procedure: Procedure, *times: ProcessingTime) -> Procedure:
    return procedure.model_copy(update={"submissions": (Submission(way=Way.DIRECT, times=times),)})


def days(value: float, **changes: Any) -> ProcessingTime:
    return ProcessingTime(value=value, **{"unit": TimeUnit.WORKING_DAY, **changes})


def test_without_a_day_of_the_agency_the_legal_limit_is_counted(procedure: Procedure, wording: DossierWording) -> None:
    told = with_expected_day(view(), lambda _: taking(procedure, days(3)))
    # Received after three on a Friday: Monday counts as the day of receipt, the 24th is a holiday.
    assert told.expected_on == date(2026, 11, 27)
    assert "khoảng ngày 27/11/2026" in wording.reply(Found(told)).short


@pytest.mark.parametrize(
    "times",
    [
        (),
        (days(3), days(5)),
        (days(3, case="hồ sơ cần xác minh"),),
        (days(3, most=5),),
        (days(3, unit=TimeUnit.MONTH),),
        (ProcessingTime(),),
    ],
)
def test_where_several_limits_or_none_hold_nothing_is_counted(
    procedure: Procedure, times: tuple[ProcessingTime, ...]
) -> None:
    assert with_expected_day(view(), lambda _: taking(procedure, *times)).expected_on is None


@pytest.mark.parametrize(
    "changes",
    [
        {"appointment_on": date(2026, 11, 30)},
        {"received_at": None},
        {"status": DossierStatus.SUPPLEMENT_NEEDED},
        {"status": DossierStatus.UNKNOWN},
        {"received_at": datetime(2028, 3, 1, 9, tzinfo=VIETNAM)},
        {"received_at": datetime(2027, 12, 30, 9, tzinfo=VIETNAM)},
    ],
)
def test_nothing_is_counted_that_an_agency_has_set_or_nobody_can_know(
    procedure: Procedure, changes: dict[str, Any]
) -> None:
    assert with_expected_day(view(**changes), lambda _: taking(procedure, days(3))).expected_on is None
    assert with_expected_day(view(**changes), lambda _: None).expected_on is None


def test_a_fee_still_due_is_told_until_all_is_over(wording: DossierWording, texts: Wording) -> None:
    due = view(fee_due=58_000, appointment_on=date(2026, 12, 1))
    assert "Còn phải nộp 58.000 đồng." in wording.reply(Found(due)).details
    assert about(partial(texts.text, "vi"), due, About.FEE) == ["Còn phải nộp 58.000 đồng."]
    done = view(fee_due=58_000, status=DossierStatus.RETURNED)
    assert not any("58.000" in line for line in wording.reply(Found(done)).details)
