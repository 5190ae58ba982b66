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


def test_the_last_day_of_an_amount_that_is_not_told_is_not_told_either() -> None:
    unsure = {"amount": 50_000, "certain": False, "valid_until": "2026-12-31"}
    assert "31/12/2026" not in fee_answer(unsure, unsure | {"case": "cấp lại"})


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


def fee_answer(*given: dict[str, Any], **changes: Any) -> str:
    return told(ANSWERS.reply(record(submissions=[{"way": "direct", "fees": list(given)}], **changes), Aspect.FEE))


@pytest.mark.parametrize(
    ("fee", "expected"),
    [
        ({"who_decides": "province"}, "Lệ phí: theo mức của tỉnh."),
        (
            {"who_decides": "province", "least": 5_000, "most": 28_000, "usual": True},
            "theo mức của tỉnh, thường 5.000 đến 28.000 đồng",
        ),
        ({"least": 35_000, "most": 105_000}, "Lệ phí: 35.000 đến 105.000 đồng."),
        ({"most": 5_000}, "nhiều nhất 5.000 đồng"),
        ({"least": 300_000}, "ít nhất 300.000 đồng"),
        ({"share": "0,5% giá nhà đất"}, "Lệ phí: 0,5% giá nhà đất."),
    ],
)
def test_an_amount_set_elsewhere_is_told_by_its_bound_and_who_decides(fee: dict[str, Any], expected: str) -> None:
    text = fee_answer(fee)
    assert expected in text
    assert ("hỏi trung tâm" in text) is ("who_decides" in fee)


def test_who_pays_nothing_is_told_even_where_the_amount_is_not_known() -> None:
    exempt = [
        {"who": "hộ nghèo, người có công"},
        {"who": "có VNeID mức 2", "way": "online", "valid_until": "2027-02-28"},
        {"who": "người đã hết hạn miễn", "valid_until": "2026-11-22"},
    ]
    text = fee_answer({"who_decides": "province"}, exemptions=exempt)
    assert "Không mất tiền: hộ nghèo, người có công." in text
    assert "Nộp qua mạng không mất tiền nếu có VNeID mức 2 (đến hết 28/02/2027)." in text
    assert "hết hạn miễn" not in text


@pytest.mark.parametrize(
    ("from_", "until", "expected"),
    [
        ("2026-11-24", "2026-11-23", ["Lệ phí: 25.000 đồng (đến hết 23/11/2026).", "Từ 24/11/2026: 50.000 đồng."]),
        ("2026-11-23", "2026-11-22", ["Lệ phí: 50.000 đồng."]),
        ("2027-11-24", "2027-11-23", ["Lệ phí: 25.000 đồng (đến hết 23/11/2027)."]),
    ],
    ids=["last day", "first day", "a year ahead"],
)
def test_the_day_an_amount_ends_or_begins_changes_the_answer_by_itself(
    from_: str, until: str, expected: list[str]
) -> None:
    text = fee_answer({"amount": 25_000, "valid_until": until}, {"amount": 50_000, "valid_from": from_})
    for words in expected:
        assert words in text
    assert ("Từ " in text) is (len(expected) == 2)


@pytest.mark.parametrize(
    ("desk", "online", "expected"),
    [
        ((27, "working_day"), (17, "working_day"), "17 đến 27 ngày làm việc"),
        ((40, "day"), (6, "working_day"), "6 ngày làm việc hoặc 40 ngày"),
    ],
)
def test_times_that_differ_by_way_are_never_told_as_the_ways(
    desk: tuple[int, str], online: tuple[int, str], expected: str
) -> None:
    ways = {"direct": desk, "online": online}
    procedure = record(
        submissions=[{"way": way, "times": [{"value": value, "unit": unit}]} for way, (value, unit) in ways.items()]
    )
    text = told(ANSWERS.reply(procedure, Aspect.TIME))
    assert f"Thời gian giải quyết: {expected}." in text
    assert "tùy từng trường hợp" in text
    assert "nộp trực tiếp" not in text
    assert "qua mạng" not in text


def test_several_bare_times_of_one_way_are_a_range() -> None:
    several = times({"value": 5, "unit": "day", "note": "Không tham vấn"}, {"value": 10, "unit": "day"})
    assert "5 đến 10 ngày" in told(ANSWERS.reply(several, Aspect.TIME))


def test_a_change_of_the_law_is_announced_and_then_doubts_what_was_read_before() -> None:
    soon = record(announced=[{"what": "luật mới có hiệu lực", "starts_on": "2026-12-24"}])
    assert "từ 24/12/2026 luật mới có hiệu lực" in told(ANSWERS.reply(soon, Aspect.FEE))
    come = record(announced=[{"what": "luật mới có hiệu lực", "starts_on": TODAY}], checked_on="2026-11-01")
    assert "quy định có thể đã thay đổi" in told(ANSWERS.reply(come, Aspect.FEE))


def test_what_is_received_and_what_is_paid_besides_are_sides_of_their_own() -> None:
    procedure = record(
        receive=[{"what": "trợ cấp", "amount": 540_000, "per": "tháng"}],
        besides=[{"what": "thuế thu nhập", "share": "2% giá bán", "note": "Cho con thì không nộp"}],
    )
    assert "Trợ cấp: 540.000 đồng một tháng." in told(ANSWERS.reply(procedure, Aspect.RECEIVE))
    assert "Thuế thu nhập: 2% giá bán." in told(ANSWERS.reply(procedure, Aspect.BESIDES))
    assert "Ngoài lệ phí, tùy trường hợp còn nộp thuế thu nhập." in told(ANSWERS.reply(procedure, Aspect.FEE))


def test_who_asks_what_it_costs_in_all_is_told_the_fee_where_nothing_else_is_known() -> None:
    priced = record(submissions=[{"way": "direct", "fees": [{"amount": 15_000}]}])
    reply = ANSWERS.reply(priced, Aspect.BESIDES)
    assert "Lệ phí: 15.000 đồng." in reply.short
    assert "không ghi khoản phải nộp ngoài lệ phí" in told(reply)
    assert (
        "Lệ phí"
        not in told(ANSWERS.reply(record(submissions=[{"way": "direct"}]), Aspect.BESIDES)).split("Hỏi thêm")[0]
    )


def test_a_tax_one_owes_nothing_of_is_not_called_free_of_charge() -> None:
    taxed = record(besides=[{"what": "thuế thu nhập", "case": "bán nhà duy nhất", "amount": 0}])
    assert "Thuế thu nhập: bán nhà duy nhất: không phải nộp." in told(ANSWERS.reply(taxed, Aspect.BESIDES))


@pytest.mark.parametrize(("asked", "also"), [(Aspect.FEE, Aspect.BESIDES), (Aspect.BESIDES, Aspect.FEE)])
@pytest.mark.parametrize("amount", [0, 15_000])
def test_who_asks_for_the_fee_and_what_is_paid_besides_hears_each_once(
    asked: Aspect, also: Aspect, amount: int
) -> None:
    taxed = record(
        submissions=[{"way": "direct", "fees": [{"amount": amount}]}],
        besides=[{"what": "thuế thu nhập", "share": "2% giá bán"}],
    )
    text = told(ANSWERS.reply(taxed, asked, also=also))
    assert text.count("Thuế thu nhập: 2% giá bán.") == 1
    assert text.count("15.000 đồng") == (1 if amount else 0)
    assert "Hỏi “thuế” để biết" not in text


def test_whoever_asks_for_the_source_hears_all_of_it() -> None:
    procedure = record(
        submissions=[
            {
                "way": "direct",
                "fees": [{"amount": 15_000, "basis": "Thông tư 1/2026, Điều 4; Luật Mẫu"}],
                "times": [{"value": 3, "unit": "day", "basis": "Nghị định 2/2026"}],
            },
        ],
        exemptions=[{"who": "hộ nghèo", "basis": "Luật Mẫu"}],
        receive=[{"what": "trợ cấp", "amount": 1, "basis": "Nghị định 3/2026"}],
    )
    text = told(ANSWERS.reply(procedure, Aspect.LEGAL_BASIS))
    assert "Quyết định 1/QĐ-BM, đọc ngày 23/11/2026" in text
    assert "Về tiền: Thông tư 1/2026, Điều 4; Luật Mẫu.\n" in text
    assert "Về thời gian: Nghị định 2/2026." in text
    assert "Về khoản được nhận: Nghị định 3/2026." in text
    assert "thủ tục mã 1.000001" in text


def test_a_record_without_a_decision_rests_on_its_law() -> None:
    source = ANSWERS.reply(record(decision=None), Aspect.PAPERS).source
    assert source is not None
    assert source.decision == "Luật Mẫu"


def test_many_papers_are_asked_about_by_the_one_question_that_decides() -> None:
    long_papers = [{"text": f"Giấy tờ dài thứ {number} phải mang theo khi đi nộp hồ sơ"} for number in range(4)]
    procedure = record(
        papers=[
            {"items": [{"text": "Tờ khai"}]},
            {"case": "Về nhà của mình", "choice": "nhà của mình", "items": long_papers},
            {"case": "Nhà thuê, mượn", "choice": "nhà thuê", "items": long_papers},
        ],
        papers_question="Nhà của mình hay nhà thuê?",
    )
    asked = ANSWERS.reply(procedure, Aspect.PAPERS)
    assert asked.question == "Nhà của mình hay nhà thuê?"
    assert [choice.label for choice in asked.choices] == ["Nhà của mình", "Nhà thuê"]
    assert "Giấy tờ dài" not in told(asked)
    chosen = told(ANSWERS.reply(procedure, Aspect.PAPERS, situation=1))
    assert "Nhà thuê, mượn: (1) Giấy tờ dài" in chosen
    assert "Về nhà của mình" not in chosen
    assert "Giấy tờ còn tùy: Nhà của mình hay nhà thuê?" in told(ANSWERS.reply(procedure, Aspect.OVERVIEW))


def test_what_else_may_be_asked_is_said_once_a_conversation() -> None:
    assert ANSWERS.reply(record(), Aspect.FEE, first=False).next_step is None
