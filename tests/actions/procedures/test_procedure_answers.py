"""What a record lets the assistant say, and what it must not say."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from places import NLU_DATA

from actions.procedures.answers import Answers, shortened
from catalogue.record import Procedure
from contract.aspects import Aspect
from contract.reply import Reply, ReplyKind
from contract.wording import wording_of

TODAY = date(2026, 11, 23)
ANSWERS = Answers(wording_of(NLU_DATA).room("core"), lambda: TODAY, timedelta(days=180))


def record(**changes: Any) -> Procedure:
    """A small record in force; keywords change single fields."""
    usual: dict[str, Any] = {
        "code": "1.000001",
        "official_name": "Đăng ký nuôi ong mật tại nhà",
        "short_name": "Đăng ký nuôi ong",
        "agency": "Bộ Mẫu",
        "field": "Mẫu",
        "levels": ["commune"],
        "summary": "Để được nuôi ong cạnh vườn nhà.",
        "papers": [
            {"items": [{"text": "Đơn đăng ký", "originals": 2, "copies": 1}]},
            {"case": "Thuê đất", "items": [{"text": "Hợp đồng thuê", "show_only": True, "when": "Nếu có"}]},
        ],
        "submissions": [
            {
                "way": "direct",
                "times": [{"value": 3, "unit": "working_day"}],
                "fees": [{"amount": 15_000, "per": "bản"}],
            },
            {
                "way": "online",
                "times": [{"value": 3, "unit": "working_day"}],
                "fees": [{"amount": 0}],
                "note": "Cần tài khoản định danh",
            },
        ],
        "steps": ["Nộp đơn", "Nhận kết quả."],
        "conditions": ["Có vườn"],
        "result": "Giấy chứng nhận",
        "forms": ["Mẫu số 01"],
        "legal_basis": ["Luật Mẫu"],
        "decision": {"number": "1/QĐ-BM"},
        "checked_on": TODAY,
    }
    return Procedure.model_validate({**usual, **changes})


def told(reply: Reply) -> str:
    return "\n".join([reply.short, *reply.details, reply.next_step or ""])


def fees(*given: dict[str, Any]) -> Procedure:
    return record(submissions=[{"way": "direct", "fees": list(given)}])


def times(*given: dict[str, Any]) -> Procedure:
    return record(submissions=[{"way": "direct", "times": list(given)}])


@pytest.mark.parametrize(
    ("aspect", "expected"),
    [
        (
            Aspect.OVERVIEW,
            ["Đăng ký nuôi ong: Để được nuôi ong", "Giấy tờ: Đơn", "1 trường hợp", "Lệ phí:", "3 ngày làm việc"],
        ),
        (
            Aspect.PAPERS,
            ["Đăng ký nuôi ong cần: Đơn đăng ký (2 bản chính, 1 bản sao)", "Thuê đất: xuất trình hợp đồng"],
        ),
        (Aspect.FEE, ["Đăng ký nuôi ong. Lệ phí: nộp trực tiếp 15.000 đồng một bản; nộp qua mạng miễn phí."]),
        (Aspect.TIME, ["Đăng ký nuôi ong. Thời gian giải quyết: 3 ngày làm việc."]),
        (Aspect.WHERE, ["Nơi nộp: trung tâm phục vụ hành chính công của xã."]),
        (Aspect.STEPS, ["1. Nộp đơn.", "2. Nhận kết quả."]),
        (Aspect.CONDITIONS, ["1. Có vườn."]),
        (Aspect.RESULT, ["Kết quả: Giấy chứng nhận."]),
        (Aspect.LEGAL_BASIS, ["Căn cứ: Luật Mẫu."]),
        (Aspect.ONLINE, ["Có. Đăng ký nuôi ong nộp qua mạng được.", "Cần tài khoản định danh."]),
        (Aspect.FORM, ["Mẫu cần điền: Mẫu số 01."]),
    ],
)
def test_each_side_of_a_procedure_is_told_from_its_field(aspect: Aspect, expected: list[str]) -> None:
    reply = ANSWERS.reply(record(), aspect)
    assert reply.kind is ReplyKind.ANSWER
    for words in expected:
        assert words in told(reply)
    assert reply.source is not None
    assert (reply.source.procedure_code, reply.source.decision) == ("1.000001", "1/QĐ-BM")


EMPTY = record(papers=[], submissions=[], steps=[], conditions=[], result=None, forms=[], legal_basis=[], summary=None)


@pytest.mark.parametrize("aspect", [aspect for aspect in Aspect if aspect is not Aspect.WHERE])
def test_what_the_source_does_not_say_is_admitted(aspect: Aspect) -> None:
    assert "Nguồn chính thức không" in told(ANSWERS.reply(EMPTY, aspect))


@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("aspect", list(Aspect))
@pytest.mark.parametrize("procedure", [record(), EMPTY], ids=["full", "empty"])
def test_every_answer_is_whole_in_both_languages(procedure: Procedure, aspect: Aspect, language: str) -> None:
    text = told(ANSWERS.reply(procedure, aspect, language))
    assert "{" not in text
    assert ".." not in text
    assert "None" not in text


def test_a_fee_in_doubt_is_never_told_as_a_number() -> None:
    text = told(ANSWERS.reply(fees({"amount": 37_500, "certain": False}), Aspect.FEE))
    assert "37" not in text
    assert "chưa nói chắc được" in text
    assert "Hãy hỏi trung tâm phục vụ hành chính công" in text


def test_a_fee_in_doubt_is_not_in_the_overview_either() -> None:
    text = told(ANSWERS.reply(fees({"amount": 37_500, "certain": False}), Aspect.OVERVIEW))
    assert "37" not in text
    assert "chưa nói chắc được" in text


def test_the_note_on_a_fee_takes_the_place_of_the_advice_to_ask() -> None:
    text = told(ANSWERS.reply(fees({"certain": False, "note": "Tỉnh đặt mức thu"}), Aspect.FEE))
    assert "Tỉnh đặt mức thu." in text
    assert "Hãy hỏi" not in text


@pytest.mark.parametrize(
    ("until", "expected", "forbidden"),
    [
        ("2026-11-23", "20.000 đồng (đến hết 23/11/2026)", "chưa nói chắc"),
        ("2026-11-22", "chưa nói chắc được", "20.000"),
    ],
)
def test_a_fee_holds_until_its_last_day(until: str, expected: str, forbidden: str) -> None:
    text = told(ANSWERS.reply(fees({"amount": 20_000, "valid_until": until}), Aspect.FEE))
    assert expected in text
    assert forbidden not in text


def test_fees_of_several_cases_stand_side_by_side() -> None:
    text = told(
        ANSWERS.reply(fees({"case": "Cấp mới", "amount": 0}, {"case": "Cấp lại", "amount": 50_000}), Aspect.FEE)
    )
    assert "cấp mới: miễn phí; cấp lại: 50.000 đồng" in text


def test_a_time_without_unit_is_never_told() -> None:
    text = told(ANSWERS.reply(times({"note": "Tùy hồ sơ, khoảng vài hôm"}), Aspect.TIME))
    assert "không ghi rõ bao lâu" in text
    assert "Tùy hồ sơ" in text


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (5, "working_day", "5 ngày làm việc"),
        (5, "day", "5 ngày."),
        (2.5, "hour", "2,5 giờ"),
        (1, "month", "1 tháng"),
    ],
)
def test_a_time_is_told_with_its_unit(value: float, unit: str, expected: str) -> None:
    assert expected in told(ANSWERS.reply(times({"value": value, "unit": unit}), Aspect.TIME))


def test_an_ended_procedure_is_not_explained_any_more() -> None:
    reply = ANSWERS.reply(record(valid_to=TODAY - timedelta(days=1)), Aspect.FEE)
    assert "không còn áp dụng" in reply.short
    assert "15.000" not in told(reply)


def test_a_procedure_counts_on_its_last_day() -> None:
    assert "15.000" in told(ANSWERS.reply(record(valid_to=TODAY), Aspect.FEE))


@pytest.mark.parametrize("flag", ["cites_repealed_law", "probably_superseded_or_abolished_2026-27"])
def test_a_record_whose_law_is_in_doubt_says_so(flag: str) -> None:
    assert "quy định có thể đã thay đổi" in told(ANSWERS.reply(record(flags=[flag]), Aspect.PAPERS))


@pytest.mark.parametrize(("age", "warns"), [(180, False), (181, True)])
def test_an_old_record_says_so(age: int, warns: bool) -> None:
    reply = ANSWERS.reply(record(checked_on=TODAY - timedelta(days=age)), Aspect.PAPERS)
    assert ("thông tin đã cũ" in told(reply)) is warns


def test_an_answer_under_an_old_code_says_what_it_replaces() -> None:
    assert "thay cho thủ tục cũ 1.999999" in told(ANSWERS.reply(record(), Aspect.FEE, asked_code="1.999999"))
    assert "thay cho" not in told(ANSWERS.reply(record(), Aspect.FEE, asked_code="1.000001"))


def test_the_other_sides_are_offered_but_not_the_one_just_told() -> None:
    assert ANSWERS.reply(record(), Aspect.FEE).next_step == "Hỏi thêm: giấy tờ, thời gian, nơi nộp, các bước."


@pytest.mark.parametrize(
    ("levels", "office"),
    [
        (["commune", "province"], "trung tâm phục vụ hành chính công của xã"),
        (["province"], "trung tâm phục vụ hành chính công của tỉnh"),
        (["ministry"], "cơ quan thuộc Bộ Mẫu"),
        (["other"], "cơ quan giải quyết thuộc Bộ Mẫu"),
    ],
)
def test_the_office_nearest_to_the_citizen_is_named(levels: list[str], office: str) -> None:
    assert office in told(ANSWERS.reply(record(levels=levels), Aspect.WHERE))


@pytest.mark.parametrize(
    ("name", "length", "expected"),
    [("ngắn", 10, "ngắn"), ("Cấp lại giấy, sổ", 15, "Cấp lại giấy…"), ("một hai ba", 10, "một hai ba")],
)
def test_a_long_name_is_cut_at_a_word(name: str, length: int, expected: str) -> None:
    assert shortened(name, length) == expected
