"""Fees that lists put one under each way of submission although they are those of different cases."""

from __future__ import annotations

from datetime import date

import pytest

from catalogue.importers.fees import CONFLICT, PublishedFee
from catalogue.importers.submissions import PublishedWay, read_submissions
from catalogue.record import Way

TODAY = date(2026, 11, 29)


def row(way: Way, amount: float, note: str = "") -> PublishedWay:
    return PublishedWay(way, time=None, unit=None, fees=(PublishedFee(amount, note=note),))


def certain(*rows: PublishedWay) -> tuple[set[bool], tuple[str, ...]]:
    submissions, flags = read_submissions(rows, (), TODAY)
    return {fee.certain for one in submissions for fee in one.fees}, flags


def test_notes_that_name_different_matters_leave_the_amount_open() -> None:
    rows = (row(Way.DIRECT, 4_000_000, "Hệ thống"), row(Way.ONLINE, 2_000_000, "Thiết bị"))
    assert certain(*rows) == ({False}, (CONFLICT,))


def test_a_fee_by_post_that_is_not_the_one_at_the_desk_is_of_another_case() -> None:
    assert certain(row(Way.DIRECT, 1_200_000), row(Way.ONLINE, 1_200_000), row(Way.POSTAL, 0)) == ({False}, (CONFLICT,))


@pytest.mark.parametrize("online", [30_000, 350_000])
def test_a_nought_left_out_or_more_for_handing_in_online_is_not_believed(online: float) -> None:
    assert certain(row(Way.DIRECT, 300_000), row(Way.ONLINE, online)) == ({False}, (CONFLICT,))


def test_what_a_fee_is_for_is_told_for_every_way_when_one_way_says_it() -> None:
    rows = (row(Way.DIRECT, 100_000, "100.000 đồng/lần"), row(Way.ONLINE, 100_000))
    submissions, _ = read_submissions(rows, (), TODAY)
    assert {fee.per for one in submissions for fee in one.fees} == {"lần"}


@pytest.mark.parametrize("note", ["", "Nộp qua mạng"])
def test_less_for_handing_in_online_is_believed(note: str) -> None:
    assert certain(row(Way.DIRECT, 15_000), row(Way.ONLINE, 7_000, note), row(Way.POSTAL, 15_000)) == ({True}, ())


def test_a_unit_at_the_head_of_a_note_is_what_the_amount_is_for() -> None:
    (one,), _ = read_submissions([row(Way.DIRECT, 50_000, "/hồ sơ (Thông tư số 61/2023/TT-BTC)")], (), TODAY)
    assert (one.fees[0].per, one.fees[0].note) == ("hồ sơ", "Thông tư số 61/2023/TT-BTC")


def test_an_amount_written_out_is_not_told_twice() -> None:
    (one,), _ = read_submissions(
        [row(Way.DIRECT, 4_500_000, "(bốn triệu năm trăm nghìn việt nam đồng)Lệ phí đăng ký nuôi con nuôi")], (), TODAY
    )
    assert one.fees[0].note == "Lệ phí đăng ký nuôi con nuôi"
