"""What points to a person is hidden before a message is kept."""

from __future__ import annotations

import json
import re
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from language_spellings import (
    random_code,
    random_identity,
    random_mobile,
    said_number,
    spoken_code,
    typed_code,
    typed_number,
)

from language.characters import plain
from language.redaction.personal_data import contains_personal_data, redact
from language.redaction.pieces import Tag


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("số cccd 001084012345", "số cccd [số định danh]"),
        ("căn cước 001 084 012 345 nhé", "căn cước [số định danh] nhé"),
        ("cmnd 123456789", "cmnd [số định danh]"),
        ("CMND: 123 456 789", "CMND: [số định danh]"),
        ("sđt 0912345678", "sđt [số điện thoại]"),
        ("gọi +84 912 345 678 nhé", "gọi [số điện thoại] nhé"),
        ("0912.345.678 hoặc 0912-345-678", "[số điện thoại] hoặc [số điện thoại]"),
        ("máy bàn (024) 3825 1234", "máy bàn [số điện thoại]"),
        ("09\u200b12345678", "[số điện thoại]"),
        ("០៩១២៣៤៥៦៧៨", "[số điện thoại]"),
        ("không chín một hai ba bốn năm sáu bảy tám", "[số điện thoại]"),
        ("hồ sơ H15.50.05.13-261008-0975 của tôi", "hồ sơ [mã hồ sơ] của tôi"),
        ("h155005132610080975 xong chưa", "[mã hồ sơ] xong chưa"),
        ("biên nhận 261008-0975", "biên nhận [dãy số]"),
        ("xe 29H1-12345", "xe [biển số]"),
        ("xe 51A-123.45 và 59h1-12345", "xe [biển số] và [biển số]"),
        ("sinh ngày 12/3/1984", "sinh ngày [ngày sinh]"),
        ("ngày sinh: 12-03-1984", "ngày sinh: [ngày sinh]"),
        ("sinh ngày mười hai tháng ba năm một chín tám tư ở Hà Giang", "sinh ngày [ngày sinh] ở Hà Giang"),
        ("SINH NAM 1984", "SINH NAM [ngày sinh]"),
        ("mail a.b@gmail.com", "mail [email]"),
        ("stk 1234567890123", "stk [dãy số]"),
        ("hộ chiếu C1234567", "hộ chiếu [dãy số]"),
        ("thẻ GD4797931234567", "thẻ [dãy số]"),
        ("thẻ bhyt GD4 79 7931234567", "thẻ bhyt [dãy số]"),
        ("số mới +84 (0)912 345 678", "số mới [số điện thoại]"),
        ("gọi O912 345 678", "gọi [số điện thoại]"),
        ("bien so 15c 12345 bi mat", "bien so [biển số] bi mat"),
        ("email lan cham le at gmail", "email [email]"),
        ("lan chấm le a còng gmail chấm com", "[email]"),
        ("/tim?hoten=Nguyen+Van+An&ma=1", "/tim?hoten=[tên]&ma=1"),
        ("em trọ ở phòng 302, nhà số 9 ngách 12/45", "em trọ ở [địa chỉ]"),
        ("địa chỉ tổ 5, khu 3 thị trấn", "[địa chỉ] thị trấn"),
        ("sinh ngày mồng hai tháng chín năm tám mươi", "sinh ngày [ngày sinh]"),
        ("em sinh tháng 5 năm 1999", "em sinh [ngày sinh]"),
        ("ngày sinh của cháu: 01.02.2019", "ngày sinh của cháu: [ngày sinh]"),
        ("gọi (+84)912.345.678", "gọi [số điện thoại]"),
        ("nhà ở số 5A, đường Hùng Vương, tổ 2 bị ngập", "nhà ở [địa chỉ] bị ngập"),
        ("ship về ngõ 12 nhà 5 nhé", "ship về [địa chỉ] nhé"),
        ("căn hộ B1204 chung cư Hoa Sen", "[địa chỉ]"),
        ("facebook.com/nguyenvanan", "facebook.com/[tên]"),
    ],
)
def test_numbers_that_point_to_a_person_are_hidden(text: str, kept: str) -> None:
    assert redact(text) == kept
    assert contains_personal_data(text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("tôi tên là Nguyễn Văn An muốn làm khai sinh", "tôi tên là [tên] muốn làm khai sinh"),
        ("tên con là trần thị bé muốn hỏi", "tên con là [tên] muốn hỏi"),
        ("em là Nguyễn Thị Hoa", "em là [tên]"),
        ("tôi là giàng a páo ở bản", "tôi là [tên] ở bản"),
        ("Họ tên: Lò Văn Pành, sinh 1/2/1990", "Họ tên: [tên], sinh [ngày sinh]"),
        ("TOI TEN LA NGUYEN VAN AN SINH NAM 1984", "TOI TEN LA [tên] SINH NAM [ngày sinh]"),
        ("hồ sơ của Ksor H'Lan", "hồ sơ của [tên]"),
        ("ông Nguyễn Văn A xã Ba", "ông [tên] xã Ba"),
        ("đường hỏng trước nhà Nguyễn Văn Tèo, cạnh đình", "đường hỏng trước nhà [tên], cạnh đình"),
        ("canh dinh nguyen van teo", "canh dinh [tên]"),
        ("hồ sơ Trần Thị Hoa đến đâu rồi", "hồ sơ [tên] đến đâu rồi"),
        ("con tên Bảo Ngọc", "con tên [tên]"),
        ("nhân chứng là Đàng Năng Quạ", "nhân chứng là [tên]"),
        ("ĐƠN CỦA ÔNG LÊ ĐÌNH QUÝ THÔN ĐÔNG", "ĐƠN CỦA ÔNG [tên] THÔN ĐÔNG"),
    ],
)
def test_names_are_hidden_where_people_give_them(text: str, kept: str) -> None:
    assert redact(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        "phí 50.000 đồng",
        "1.500.000.000 đồng",
        "50000000 đồng",
        "nộp 2.000.000đ cho 3 người",
        "năm 2026",
        "2020-2025",
        "31/12/2026",
        "ngày 12 tháng 3 năm 2026 nộp",
        "8 giờ 30 ngày 08/10/2026",
        "gọi 113 hoặc 18001096",
        "gọi 1900 0368 không ai nghe máy",
        "tên em trên giấy bị sai",
        "1900 0368",
        "thủ tục 1.001193, 2.000815",
        "Nghị định 123/2015/NĐ-CP",
        "163/QĐ-BTP",
        "tôi 72 tuổi",
        "bốn số cuối là 0975",
        "tôi là nông dân",
        "thủ tục tên là gì",
        "tên là gì vậy",
        "tên công ty là gì",
        "xã Nguyễn Trãi",
        "theo quy định của Luật Doanh nghiệp, nộp cho Sở Tư pháp",
        "đối với trường hợp này cho đăng ký",
        "hồ sơ được bổ sung đầy đủ",
        "chị ơi cho Em hỏi",
        "khai sinh 2 con",
        "khai sinh ngày 5 được không",
        "ba tôi mất ngày 12/3/2026",
        "em ở thôn 5 xã Ea H'Leo",
        "",
    ],
)
def test_what_points_to_nobody_stays(text: str) -> None:
    assert redact(text) == text
    assert not contains_personal_data(text)


# How long it takes is measured elsewhere (tests/timing).
@settings(deadline=None)
@given(st.randoms(use_true_random=False))
def test_no_phone_or_identity_number_survives_in_any_writing(random: Random) -> None:
    for digits in (random_mobile(random), random_identity(random)):
        for text in (typed_number(digits, random).replace(", ", " "), said_number(digits, random)):
            kept = redact(f"tôi có số {text} nhé")
            assert text not in kept
            assert sum(sign.isdigit() for sign in kept) < 4


def test_dossier_codes_are_hidden_in_any_writing() -> None:
    random = Random(21)
    for _ in range(300):
        code = random_code(random)
        kept = redact(f"hồ sơ {typed_code(code, random)} tới đâu")
        assert sum(sign.isdigit() for sign in kept) < 7, kept
        said = spoken_code(code, random)
        assert said not in redact(f"hồ sơ {said} tới đâu")


@given(st.text(max_size=150))
def test_hiding_twice_changes_nothing(text: str) -> None:
    kept = redact(text)
    assert redact(kept) == kept
    assert not contains_personal_data(kept)


@given(st.text(alphabet="0123456789 .-+/()đhHnN[]@:", max_size=60))
def test_hiding_twice_changes_nothing_in_thick_digits(text: str) -> None:
    kept = redact(text)
    assert redact(kept) == kept
    assert not any(len(run) >= 13 for run in kept.replace(".", " ").replace("/", " ").split() if run.isdigit())


TELLING_WORDS = """
    tôi tên là Nguyễn văn An sinh ngày 12 / 3 năm 1984 không chín 0912345678 . con H15 261008 0975 - em cmnd
"""


@given(st.lists(st.sampled_from(TELLING_WORDS.split()), max_size=14))
def test_hiding_twice_changes_nothing_in_telling_words(words: list[str]) -> None:
    kept = redact(" ".join(words))
    assert redact(kept) == kept


def test_a_long_text_is_searched_to_its_end() -> None:
    text = "nội dung phản ánh. " * 400 + "gọi 0912345678"
    assert redact(text).endswith("gọi [số điện thoại]")


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("gọi (0971) 234 589 nhé", "gọi [số điện thoại] nhé"),
        ("số 0971/234/589", "số [số điện thoại]"),
        ("(097) 123 4567 gọi giúp", "[số điện thoại] gọi giúp"),
        ("nhà số 12 ngõ 5 đường Lê Lợi, hỏng cống", "[địa chỉ], hỏng cống"),
        ("tôi ở 45/3 đường Nguyễn Trãi phường 2", "tôi ở [địa chỉ] phường 2"),
        ("số nhà 7B tổ 3", "[địa chỉ]"),
        ("địa chỉ: 15 phố Hàng Bài", "[địa chỉ]"),
    ],
)
def test_numbers_in_brackets_and_addresses_are_hidden(text: str, hidden: str) -> None:
    assert redact(text) == hidden
    assert redact(hidden) == hidden


@pytest.mark.parametrize(
    "text",
    [
        *(
            "hạn 03/07/2026 15 giờ",
            "24 đường dây nóng",
            "lệ phí 12.000đ đường bộ",
            "thôn 5 đường hỏng",
            "Điều 12 đường bộ",
        ),
        *("luật 91/2025/QH15", "nộp trong 3 ngày", "phường 2", "tổ 3 thôn Đông"),
    ],
)
def test_what_only_looks_like_an_address_stays(text: str) -> None:
    assert redact(text) == text


def test_where_a_problem_is_can_be_kept() -> None:
    told = "cống trước nhà số 12 đường Lê Lợi tắc, gọi 0971/234/589"
    assert redact(told, keep_places=True) == "cống trước nhà số 12 đường Lê Lợi tắc, gọi [số điện thoại]"


SETS = Path(__file__).parents[2] / "nlu_data" / "eval" / "redaction"
_TAGS = re.compile("|".join(re.escape(tag.value) for tag in Tag))
_MARKS = re.compile("[⟦⟧]")


def marked(text: str) -> tuple[str, list[tuple[int, int]]]:
    """A text without its marks, and where what points to a person stands in it."""
    parts = _MARKS.split(plain(text))
    borders = [sum(map(len, parts[: index + 1])) for index in range(len(parts) - 1)]
    return "".join(parts), list(zip(borders[::2], borders[1::2], strict=True))


def hidden(text: str) -> list[tuple[int, int]]:
    """Where tags stand in place of the text."""
    parts, found, at = _TAGS.split(redact(text)), [], 0
    for index, part in enumerate(parts):
        is_last = index == len(parts) - 1
        start = len(text) - len(part) if is_last else text.index(part, at)
        if index:
            found.append((at, start))
        at = start + len(part)
    return found


@pytest.mark.parametrize(
    ("name", "recall"), [("personal_data", 0.99), ("two_fresh_sets", 0.97), ("four_more_fresh_sets", 0.98)]
)
def test_of_hundreds_of_utterances_nearly_all_that_points_to_a_person_is_hidden_and_hardly_anything_else(
    name: str, recall: float
) -> None:
    wanted = found = pieces = right = 0
    for line in (SETS / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        text, persons = marked(json.loads(line)["text"])
        taken = hidden(text)
        wanted += len(persons)
        found += sum(
            all(not text[at].isalnum() or any(start <= at < end for start, end in taken) for at in range(*person))
            for person in persons
        )
        pieces += len(taken)
        right += sum(any(start < end and begin < stop for begin, end in persons) for start, stop in taken)
    assert wanted > 300
    assert found / wanted >= recall
    assert right / pieces >= 0.97
