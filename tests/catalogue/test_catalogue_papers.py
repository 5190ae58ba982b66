from __future__ import annotations

import pytest

from catalogue.importers.forms import PaperCaseForm, PaperForm
from catalogue.importers.papers import forms_among, read_papers
from catalogue.record import Paper, PaperCase


def case(heading: str, *papers: tuple[str, int, int]) -> PaperCaseForm:
    return PaperCaseForm(
        case=heading,
        papers=[PaperForm(name=name, originals=originals, copies=copies) for name, originals, copies in papers],
    )


def told(*cases: PaperCaseForm) -> list[tuple[str | None, list[str]]]:
    return [(one.case, [paper.text for paper in one.items]) for one in read_papers(cases)]


@pytest.mark.parametrize(
    "heading",
    ["--", "", "* Giấy tờ phải nộp:", "Thành phần hồ sơ:", "a) Thành phần hồ sơ:", "Bao gồm", "Hồ sơ gồm"],
)
def test_a_general_heading_means_everybody(heading: str) -> None:
    assert told(case(heading, ("- Tờ khai;", 1, 0))) == [(None, ["Tờ khai"])]


def test_a_situation_is_kept() -> None:
    cases = told(case("* Trường hợp cấp lại do mất:", ("Đơn báo mất", 1, 0)), case("--", ("Tờ khai", 1, 0)))
    assert cases == [(None, ["Tờ khai"]), ("Trường hợp cấp lại do mất", ["Đơn báo mất"])]


def test_papers_to_show_are_taken_home_again() -> None:
    (found,) = read_papers([case("* Giấy tờ phải xuất trình:", ("- Thẻ căn cước", 1, 0))])
    assert found.items == (Paper(text="Thẻ căn cước", originals=1, show_only=True),)


def test_papers_to_show_or_to_send_are_not_only_shown() -> None:
    (found,) = read_papers([case("Xuất trình hoặc gửi bản sao:", ("Giấy phép", 0, 1))])
    assert not found.items[0].show_only


@pytest.mark.parametrize("heading", ["* Lưu ý:", "* Lưu ý :", "Lưu ý", "Ghi chú:", "2) Số lượng hồ sơ:"])
def test_remarks_are_no_papers(heading: str) -> None:
    assert told(case(heading, ("- Người nộp có quyền chọn nơi nộp.", 0, 0))) == []


@pytest.mark.parametrize(
    "name",
    [
        "- Người yêu cầu nộp các giấy tờ sau:",
        "Trường hợp đã có bản điện tử thì không phải nộp bản giấy.",
        "hoặc chứng từ dưới dạng dữ liệu điện tử.",
        "(nếu có).",
        "Không quy định",
        "Lưu ý: mang theo bút",
        ".",
        "",
    ],
)
def test_a_sentence_among_the_papers_is_left_out(name: str) -> None:
    assert told(case("--", (name, 0, 0))) == []


def test_a_paper_without_a_count_is_kept() -> None:
    assert read_papers([case("--", ("Hóa đơn mua hàng", 0, 0))]) == (
        PaperCase(items=(Paper(text="Hóa đơn mua hàng"),)),
    )


def test_a_paper_for_a_situation_is_kept_although_it_begins_like_a_sentence() -> None:
    name = "Trường hợp trẻ bị bỏ rơi thì phải có biên bản"
    assert told(case("--", (name, 1, 0))) == [(None, [name])]


def test_lettered_papers_come_in_the_order_of_their_letters() -> None:
    shuffled = case("--", ("đ) Năm", 1, 0), ("a) Một giấy", 1, 0), ("d) Bốn", 1, 0), ("Không có chữ cái", 1, 0))
    assert told(shuffled) == [(None, ["Một giấy", "Bốn", "Năm", "Không có chữ cái"])]


def test_a_count_in_the_name_is_not_told_twice() -> None:
    assert told(case("--", ("Hóa đơn thương mại: 01 bản chụp", 0, 1))) == [(None, ["Hóa đơn thương mại"])]


def test_a_count_that_differs_from_the_number_stays() -> None:
    assert told(case("--", ("Ảnh: 02 bản chụp", 0, 1))) == [(None, ["Ảnh: 02 bản chụp"])]


def test_a_form_number_taken_for_a_count_is_not_eleven_originals() -> None:
    (found,) = read_papers([case("--", ("Đơn đề nghị theo Mẫu số", 11, 0))])
    assert found.items == (Paper(text="Đơn đề nghị", originals=1),)


def test_the_name_of_a_file_is_taken_off() -> None:
    assert told(case("--", ("Phiếu đề nghị (Mẫu DC02)Mau DC02 phieu de nghi.docx", 1, 0))) == [
        (None, ["Phiếu đề nghị (Mẫu DC02)"])
    ]


def test_names_of_files_in_one_piece_with_the_paper_are_taken_off() -> None:
    published = "Bản đăng ký sản phẩm thủy sảnMau 04 TS. Giay dang ky thuy san.docxMau 05 TS"
    assert told(case("--", (published, 1, 0))) == [(None, ["Bản đăng ký sản phẩm thủy sản"])]


@pytest.mark.parametrize(
    ("published", "name"),
    [
        ("Đơn đề nghị cấp giấy phép10-Mẫu số 1.docxPhụ lục.docx", "Đơn đề nghị cấp giấy phép"),
        ("Báo cáo kết quả giải thể;;Thành phần hồ sơ trong thủ tục", "Báo cáo kết quả giải thể"),
    ],
)
def test_what_the_page_glues_behind_a_paper_is_taken_off(published: str, name: str) -> None:
    assert told(case("--", (published, 1, 0))) == [(None, [name])]


def test_the_letter_of_a_part_is_not_told() -> None:
    assert told(case("A. Đối với hộ kinh doanh", ("Tờ khai", 1, 0)))[0][0] == "Đối với hộ kinh doanh"


def test_the_same_paper_is_told_once() -> None:
    assert told(case("--", ("- Tờ khai", 1, 0), ("+ tờ khai;", 1, 0))) == [(None, ["Tờ khai"])]


def test_an_absurd_count_is_not_told() -> None:
    (found,) = read_papers([case("--", ("Tờ khai", 2025, 0))])
    assert found.items[0].originals == 0


def test_forms_to_fill_in_are_known() -> None:
    cases = read_papers([case("--", ("Tờ khai nuôi ong", 1, 0), ("Đơn theo mẫu O1", 1, 0), ("Thẻ căn cước", 1, 0))])
    assert forms_among(cases) == ("Tờ khai nuôi ong", "Đơn theo mẫu O1")


def test_a_copied_row_of_the_table_of_ways_is_no_situation() -> None:
    copied = case("Trực tiếp3 Ngày làm việc10,000 Việt Nam Đồng(10.000 đồng/khẩu)", ("Văn bản đề nghị", 1, 0))
    assert told(copied) == [(None, ["Văn bản đề nghị"])]


def test_a_paper_whose_form_was_cut_off_does_not_end_in_the_air() -> None:
    assert told(case("--", ("Tờ khai xóa đăng ký theo", 1, 0))) == [(None, ["Tờ khai xóa đăng ký"])]
