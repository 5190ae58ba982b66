"""Whoever is not told everything is sent to the office that knows, not always to the commune."""

from __future__ import annotations

import pytest
from test_procedure_answers import ANSWERS, record, told

from contract.aspects import Aspect


@pytest.mark.parametrize(
    ("agency", "field", "levels", "office"),
    [
        ("Bộ Công an", "Đăng ký, quản lý cư trú", ["commune"], "công an xã"),
        ("Bộ Công an", "Lý lịch tư pháp", ["province"], "công an tỉnh"),
        ("Bộ Tài chính", "Thuế", ["commune", "province"], "cơ quan thuế"),
        ("Bộ Tài chính", "Thực hiện chính sách BHXH", ["commune"], "cơ quan bảo hiểm xã hội"),
        ("Tòa án nhân dân", "Tòa án", ["ministry", "commune"], "tòa án"),
        ("Bộ Xây dựng", "Đăng kiểm", ["other"], "nơi đăng kiểm"),
        ("Bộ Nông nghiệp và Môi trường", "Đất đai", ["province"], "văn phòng đăng ký đất đai"),
        ("Bộ Nông nghiệp và Môi trường", "Đất đai", ["commune"], "trung tâm phục vụ hành chính công của xã"),
        ("Bộ Tư pháp", "Hộ tịch", ["commune"], "trung tâm phục vụ hành chính công của xã"),
    ],
)
def test_the_office_of_the_field_is_asked(agency: str, field: str, levels: list[str], office: str) -> None:
    procedure = record(agency=agency, field=field, levels=levels, submissions=[])
    assert f"Hãy hỏi {office} trước khi đi." in told(ANSWERS.reply(procedure, Aspect.FEE))


def test_a_record_may_name_who_knows() -> None:
    procedure = record(advises="trạm y tế xã", submissions=[])
    assert "Hãy hỏi trạm y tế xã" in told(ANSWERS.reply(procedure, Aspect.TIME))
