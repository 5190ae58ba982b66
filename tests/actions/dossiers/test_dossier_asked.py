"""After a dossier was shown, what is asked about it is answered from it."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Any

import pytest
from places import NLU_DATA

from actions.dossiers.asked import About, about, kept, shown, what_is_asked
from actions.dossiers.model import DossierStatus, DossierView
from contract.aspects import Aspect
from contract.wording import wording_of
from language.normalise import fold, normalise
from runtime.clock import VIETNAM
from understanding.questions import questions_of

SAY = partial(wording_of(NLU_DATA).room("dossiers").text, "vi")
OFFICE = "Trung tâm phục vụ hành chính công xã Mẫu"


def view(status: DossierStatus, **changes: Any) -> DossierView:
    usual: dict[str, Any] = {
        "procedure_code": "1.000894",
        "procedure_name": "Đăng ký kết hôn",
        "status": status,
        "received_on": date(2026, 11, 20),
        "appointment_on": date(2026, 11, 27),
        "finished_on": None,
        "overdue_days": 0,
        "appointment_passed": False,
        "supplement": None,
        "collect_at": OFFICE,
        "updated_at": datetime(2026, 11, 24, 9, 0, tzinfo=VIETNAM),
    }
    return DossierView(**{**usual, **changes})


def asked(text: str, aspect: Aspect | None = None) -> About | None:
    folded = fold(normalise(text))
    return what_is_asked(folded, questions_of(NLU_DATA).read(folded), aspect)


@pytest.mark.parametrize(
    ("text", "aspect", "what"),
    [
        ("báo cho tôi khi có kết quả", None, About.FOLLOW),
        ("nhắn tin cho tui khi xong nhé", None, About.FOLLOW),
        ("theo dõi hồ sơ này giúp tôi", None, About.FOLLOW),
        ("tell me when it is ready", None, About.FOLLOW),
        ("bao lâu, khi nào có kết quả", Aspect.TIME, About.WHEN),
        ("báo ai khi có chuyện", None, About.COMPLAIN),
        ("đi lấy cần mang theo gì", Aspect.PAPERS, About.BRING),
        ("nhận kết quả cần giấy tờ gì", Aspect.PAPERS, About.BRING),
        ("what do i bring to collect it", Aspect.PAPERS, About.BRING),
        ("bổ sung thì mang giấy gì", Aspect.PAPERS, About.MISSING),
        ("mấy giờ thì mở cửa", None, About.HOURS),
        ("thứ bảy có làm việc không", None, About.HOURS),
        ("còn phải nộp tiền không", None, About.FEE),
        ("lệ phí còn thiếu bao nhiêu", Aspect.FEE, About.FEE),
        ("còn thiếu giấy gì", None, About.MISSING),
        ("gửi về nhà giúp tôi được không", None, About.POST),
        ("lấy ở đâu", Aspect.WHERE, About.WHERE),
        ("đến đâu lấy hồ sơ", Aspect.WHERE, About.WHERE),
        ("ai đi lấy thay được", None, About.WHO),
        ("chồng em ra lấy có được không", None, About.WHO),
        ("nhờ em tôi lấy hộ được không", None, About.WHO),
        ("tôi không có nhà con tôi lấy được không", Aspect.PAPERS, About.WHO),
        ("phải làm gì nữa không", None, About.STATE),
        ("khi nào đến lấy được", Aspect.TIME, About.WHEN),
        ("bao giờ xong", Aspect.TIME, About.WHEN),
        ("còn thiếu giấy gì", Aspect.PAPERS, About.MISSING),
        ("sao lâu thế", None, About.LATE),
        ("sao hồ sơ của tôi trễ vậy", None, About.LATE),
        ("tôi muốn khiếu nại thì gặp ai", None, About.COMPLAIN),
        ("mất giấy hẹn rồi thì sao", None, About.SLIP),
        ("còn phải đóng tiền gì không", None, About.FEE),
        ("gửi về nhà được không", None, About.POST),
        ("hồ sơ của tôi sao rồi", None, About.STATE),
        ("căn cứ vào luật nào", Aspect.LEGAL_BASIS, None),
    ],
)
def test_what_is_asked_is_read_from_the_words(text: str, aspect: Aspect | None, what: About | None) -> None:
    assert asked(text, aspect) is what


def test_a_ready_dossier_is_collected_now_at_its_office() -> None:
    ready = view(DossierStatus.READY)
    assert OFFICE in about(SAY, ready, About.WHERE)[0]
    assert about(SAY, ready, About.WHEN)[0].startswith("Đã xong")


def test_a_late_dossier_says_how_late_and_what_is_owed() -> None:
    late = view(DossierStatus.PROCESSING, overdue_days=2, appointment_passed=True)
    lines = about(SAY, late, About.LATE)
    assert "trễ hẹn 2 ngày" in lines[0]
    assert "phiếu xin lỗi" in lines[1]


def test_a_dossier_in_time_is_not_called_late() -> None:
    assert about(SAY, view(DossierStatus.PROCESSING), About.LATE)[0].startswith("Chưa trễ hẹn")


def test_what_is_missing_is_told_or_that_nothing_is() -> None:
    waiting = view(DossierStatus.SUPPLEMENT_NEEDED, supplement="bản sao giấy chứng tử")
    assert "bản sao giấy chứng tử" in about(SAY, waiting, About.MISSING)[0]
    assert "không thấy yêu cầu bổ sung" in about(SAY, view(DossierStatus.PROCESSING), About.MISSING)[0]


def test_money_is_due_only_where_the_dossier_waits_for_it() -> None:
    assert "đang chờ nộp tiền" in about(SAY, view(DossierStatus.PAYMENT_DUE), About.FEE)[0]
    assert "không thấy khoản nào" in about(SAY, view(DossierStatus.PROCESSING), About.FEE)[0]


@pytest.mark.parametrize("status", DossierStatus)
@pytest.mark.parametrize("what", [what for what in About if what not in (About.STATE, About.FOLLOW)])
def test_every_question_has_an_answer_in_every_state(status: DossierStatus, what: About) -> None:
    lines = about(SAY, view(status, appointment_on=None, collect_at=None), what)
    assert lines
    assert all(line.strip() and "{" not in line for line in lines)


def test_what_is_kept_comes_back_as_it_was_shown() -> None:
    was = view(DossierStatus.SUPPLEMENT_NEEDED, supplement="tờ khai")
    assert shown(kept("H00.00.00-261120-0000", was)) == was
    assert shown(None) is None


def test_what_to_bring_is_told_before_and_when_it_is_ready() -> None:
    ready = about(SAY, view(DossierStatus.READY), About.BRING)
    assert len(ready) == 1
    assert all(word in ready[0] for word in (OFFICE, "giấy hẹn", "căn cước"))
    awaited = about(SAY, view(DossierStatus.PROCESSING), About.BRING)
    assert "giấy hẹn và căn cước" in awaited[0]
    assert "27/11/2026" in awaited[1]


def test_hours_are_the_usual_ones_and_said_to_be() -> None:
    told = about(SAY, view(DossierStatus.READY), About.HOURS)
    assert "Thường" in told[0]
    assert "07:30-11:30" in told[0]
    assert OFFICE in told[1]
