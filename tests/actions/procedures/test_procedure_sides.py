"""All sides of a procedure for a screen: the same facts, and the same silence about doubtful ones."""

from __future__ import annotations

from datetime import timedelta

from test_procedure_answers import ANSWERS, TODAY, record

from contract.aspects import Aspect


def test_a_screen_gets_papers_by_case_and_every_side_unnamed() -> None:
    sides = ANSWERS.sides(record())
    assert sides is not None
    assert [(one.case, one.papers) for one in sides.checklists] == [
        (None, ("Đơn đăng ký (2 bản chính, 1 bản sao)",)),
        ("Thuê đất", ("Xuất trình hợp đồng thuê, nếu có",)),
    ]
    assert sides.time == ("3 ngày làm việc.",)
    assert sides.steps == ("Nộp đơn.", "Nhận kết quả.")
    assert sides.warnings == ()


def test_a_screen_tells_what_one_gets_on_which_terms_and_whether_online() -> None:
    asked = {"result": "giấy chứng nhận", "conditions": ["đủ 18 tuổi"]}
    sides = ANSWERS.sides(record(**asked, submissions=[{"way": "online", "note": "Ký số trên VNeID"}]))
    assert sides is not None
    assert (sides.result, sides.conditions) == (("Giấy chứng nhận.",), ("Đủ 18 tuổi.",))
    assert sides.online == ("Được.", "Ký số trên VNeID.")
    at_the_desk = ANSWERS.sides(record(submissions=[{"way": "direct"}]))
    assert at_the_desk is not None
    assert at_the_desk.online == ("Nguồn không ghi cách nộp qua mạng.",)


def test_a_fee_in_doubt_is_no_number_on_the_screen() -> None:
    doubtful = record(submissions=[{"way": "direct", "fees": [{"amount": 77_000, "certain": False}]}])
    sides = ANSWERS.sides(doubtful)
    assert sides is not None
    assert sides.fee[0] == "Chưa nói chắc được."
    assert "77" not in "".join(sides.fee)


def test_an_old_record_warns_as_its_spoken_answer_does() -> None:
    old = record(checked_on=TODAY - timedelta(days=181))
    sides = ANSWERS.sides(old)
    assert sides is not None
    assert sides.warnings[0] in ANSWERS.reply(old, Aspect.PAPERS).details


def test_a_procedure_that_ended_has_no_sides() -> None:
    assert ANSWERS.sides(record(valid_to=TODAY - timedelta(days=1))) is None
