from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.doubtful_fees import hold_back
from catalogue.flags import FEE_IN_DOUBT
from catalogue.importers.fees import CONFLICT, TOO_SMALL, ZERO_IN_DOUBT, FeeReading, PublishedFee, read_fees
from catalogue.money import find_amounts, says_free
from catalogue.record import Fee, Procedure
from catalogue.wording import fact

READ_ON = date(2026, 7, 20)


def read(*fees: PublishedFee, flags: tuple[str, ...] = ()) -> FeeReading:
    return read_fees(fees, flags, READ_ON)


def test_a_plain_zero_is_free() -> None:
    assert read(PublishedFee(0)).fees == (Fee(amount=0),)


def test_no_amount_and_no_note_is_no_fee_and_not_free() -> None:
    assert read(PublishedFee(None)).fees == ()


def test_no_amount_but_a_note_about_a_fee_is_kept_as_unknown() -> None:
    (fee,) = read(PublishedFee(None, note="Mức lệ phí do tỉnh quyết định")).fees
    assert (fee.amount, fee.certain, fee.note) == (None, False, "Mức lệ phí do tỉnh quyết định")


def test_an_amount_is_told_with_what_it_is_for() -> None:
    (fee,) = read(PublishedFee(50_000, note="50.000 đồng/hồ sơ")).fees
    assert (fee.amount, fee.per, fee.certain) == (50_000, "hồ sơ", True)


@pytest.mark.parametrize(
    ("label", "fee", "flag"),
    [
        ("zero with a fee in its note", PublishedFee(0, note="Phí thẩm định"), ZERO_IN_DOUBT),
        ("zero with an amount in its note", PublishedFee(0, note="20.000 đồng/tờ khai"), ZERO_IN_DOUBT),
        ("zero with a fee beside it", PublishedFee(0, beside="Lệ phí theo quy định"), ZERO_IN_DOUBT),
        ("zero and only some exempted", PublishedFee(0, note="Miễn lệ phí cho hộ nghèo"), ZERO_IN_DOUBT),
        ("another amount in the note", PublishedFee(500_000, note="áp dụng mức 250.000 đồng"), CONFLICT),
        ("another amount beside it", PublishedFee(500_000, beside="Phí: 250.000 đồng/hồ sơ"), CONFLICT),
        ("half of it", PublishedFee(70_000, note="thu bằng 50% mức quy định"), CONFLICT),
        ("set by the province", PublishedFee(50_000, note="do Hội đồng nhân dân tỉnh quyết định"), CONFLICT),
        ("still exempted", PublishedFee(50_000, note="Miễn từ ngày 1/7/2026 đến 31/12/2026"), CONFLICT),
        ("thousands left out", PublishedFee(50), TOO_SMALL),
        ("read in two ways", PublishedFee(50_000, ambiguous=True), CONFLICT),
        ("not a whole number", PublishedFee(1500.5), CONFLICT),
        ("beyond reason", PublishedFee(1e15), CONFLICT),
    ],
)
def test_a_fee_that_contradicts_itself_is_not_told(label: str, fee: PublishedFee, flag: str) -> None:
    reading = read(fee)
    (told,) = reading.fees
    assert (told.amount, told.certain) == (None, False), label
    assert reading.flags == (flag,), label


def test_an_exemption_that_is_over_leaves_the_amount_certain() -> None:
    (fee,) = read(PublishedFee(2_000_000, note="Miễn kể từ ngày 07/4/2026 đến 30/6/2026")).fees
    assert (fee.amount, fee.certain, fee.valid_until) == (2_000_000, True, None)


@pytest.mark.parametrize("flag", sorted(FEE_IN_DOUBT))
def test_a_flagged_record_states_no_amount(flag: str) -> None:
    (fee,) = read(PublishedFee(50_000), flags=(flag,)).fees
    assert (fee.amount, fee.certain) == (None, False)


def test_dollars_are_left_out_and_remembered() -> None:
    reading = read(PublishedFee(10, currency="USD"), PublishedFee(2_000, note="/trang"))
    assert [fee.amount for fee in reading.fees] == [2_000]
    assert reading.foreign


def test_free_beside_dollars_is_not_told_as_free() -> None:
    reading = read(PublishedFee(10, currency="USD"), PublishedFee(0))
    assert [fee.certain for fee in reading.fees] == [False]


def test_two_amounts_for_the_same_case_contradict_each_other() -> None:
    reading = read(PublishedFee(20_000), PublishedFee(50_000))
    assert {fee.certain for fee in reading.fees} == {False}
    assert CONFLICT in reading.flags


def test_two_amounts_for_two_cases_are_both_told() -> None:
    reading = read(PublishedFee(20_000, note="Cấp mới"), PublishedFee(50_000, note="Cấp lại"))
    assert [(fee.case, fee.amount) for fee in reading.fees] == [("Cấp mới", 20_000), ("Cấp lại", 50_000)]


def test_doubt_about_one_fee_of_a_list_leaves_the_others_certain() -> None:
    reading = read(
        PublishedFee(0, case="Cấp lần đầu", listed=True),
        PublishedFee(50_000, case="Đổi thẻ", note="thu bằng 50%", listed=True),
    )
    assert [(fee.case, fee.certain) for fee in reading.fees] == [("Cấp lần đầu", True), ("Đổi thẻ", False)]
    assert reading.flags == ()


def test_an_amount_with_a_last_day_is_not_told_after_it() -> None:
    (fee,) = read(PublishedFee(25_000, note="áp dụng đến hết ngày 31/12/2026")).fees
    assert fee.stated_on(date(2026, 12, 31)) == 25_000
    assert fee.stated_on(date(2027, 1, 1)) is None


def test_a_flag_ends_amounts_whose_notes_name_no_day() -> None:
    (fee,) = read(PublishedFee(25_000), flags=("fee_note_expires_2026-12-31",)).fees
    assert fee.valid_until == date(2026, 12, 31)


def test_a_doubtful_fee_keeps_a_note_that_names_no_amount() -> None:
    note = "Mức lệ phí do tỉnh quyết định. Miễn lệ phí cho người khuyết tật"
    (fee,) = read(PublishedFee(0, note=note)).fees
    assert fee.note == note


def test_a_doubtful_fee_loses_a_note_that_names_an_amount() -> None:
    (fee,) = read(PublishedFee(0, note="20.000 đồng/tờ khai")).fees
    assert fee.note == fact("fee_unknown")


@given(
    amount=st.one_of(st.none(), st.floats(0, 1e9), st.integers(0, 10**9)),
    note=st.text(alphabet=st.sampled_from("0123456789.đồngmiễnphílệ %/()"), max_size=60),
    flag=st.sampled_from(sorted(FEE_IN_DOUBT)),
)
def test_no_flagged_fee_ever_names_money(amount: float | None, note: str, flag: str) -> None:
    for fee in read(PublishedFee(amount, note=note), flags=(flag,)).fees:
        assert not fee.certain
        assert fee.amount is None
        for text in (fee.note, fee.case):
            assert text is None or not (find_amounts(text) or says_free(text))


def test_a_flag_added_later_holds_the_fees_back() -> None:
    procedure = Procedure.model_validate(
        {
            "code": "9.000001",
            "official_name": "Đăng ký nuôi ong",
            "short_name": "Nuôi ong",
            "agency": "Bộ",
            "field": "Chăn nuôi",
            "levels": ["commune"],
            "submissions": [
                {
                    "way": "direct",
                    "fees": [{"amount": 0}],
                    "note": "Nộp 20.000 đồng tại quầy. Mở cửa sáng thứ bảy.",
                }
            ],
            "checked_on": "2026-07-20",
            "flags": ["fee_zero_but_note_says_fee_may_apply"],
        }
    )
    (submission,) = hold_back(procedure).submissions
    assert submission.fees == (Fee(certain=False, note=fact("fee_unknown")),)
    assert submission.note == "Mở cửa sáng thứ bảy."
