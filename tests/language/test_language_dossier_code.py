"""Dossier codes are found however they are written, and nothing else is taken for one."""

from __future__ import annotations

import datetime as dt
import json
import os
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from language_spellings import (
    CODE_SENTENCES,
    TODAY,
    TYPED_STYLES,
    not_a_code,
    random_code,
    spoken_code,
    typed_code,
)

from language.dossier_code import DossierCode, find_dossier_code, locate_dossier_codes

CODE = "H15.50.05.13-261008-0975"
SHARED = Path(os.environ.get("MOTCUA_SHARED", Path(__file__).resolve().parents[3] / "shared"))
EXAMPLES = SHARED / "domain" / "integration" / "dossier_code_examples.json"


def found(text: str) -> str | None:
    code = find_dossier_code(text, TODAY)
    return code.text if code else None


@pytest.mark.parametrize(
    "typed",
    [
        "H15.50.05.13-261008-0975",
        "h15.50.05.13-261008-0975",
        "hồ sơ H15.50.05.13-261008-0975 tới đâu rồi",
        "H15 50 05 13 261008 0975",
        "H15500513261008 0975",
        "h155005132610080975",
        "H15.50.05.13–261008—0975",
        "H15,50,05,13 - 261008 - 0975",
        "H 15.50.05.13-261008-0975",
        "H15-50-05-13-261008-0975",
        "H15.50.05.13.261008.0975",
        "H15/50/05/13/261008/0975",
        "H15. 50. 05. 13- 261008 -0975",
        "HI5.5O.O5.I3-261OO8-O975",
        "Н15.50.05.13-261008-0975",
        "Ｈ１５．５０．０５．１３－２６１００８－０９７５",
        "H15.50.05.13-26.10.08-0975",
        "H15 50 05 13 26 10 08 09 75",
        "hsH15.50.05.13-261008-0975",
        "mã hs:H15.50.05.13-261008-0975 sđt 0912345678",
        "H15 50 05 13 261008 0975 0912345678",
        "12 H15.50.05.13-261008-0975",
        "H15.50.05.13\n261008\n0975",
        "H15 chấm 50 chấm 05 chấm 13 gạch 261008 gạch 0975",
        "H15.50.05.13 ngày 261008 số 0975",
        "H15.50.5.13-261008-0975",
        "H 1 5 5 0 0 5 1 3 2 6 1 0 0 8 0 9 7 5",
        "H15.50.05.13--261008--0975",
        "https://example.vn/?ma=H15.50.05.13-261008-0975",
        "hát mười lăm chấm năm mươi chấm không năm chấm mười ba gạch hai sáu mười không tám gạch không chín bảy lăm",
        "hat muoi lam cham nam muoi cham khong nam cham muoi ba gach hai sau muoi khong tam gach khong chin bay lam",
        "hát một năm năm không không năm một ba hai sáu một không không tám không chín bảy năm",
        "mã hồ sơ là hát mười lăm, năm mươi, không năm, mười ba, ngày hai sáu mười không tám, số không chín bảy lăm",
    ],
)
def test_one_code_in_many_writings(typed: str) -> None:
    assert found(typed) == CODE


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("000 00 01 H29 240115 0001", "000.00.01.H29-240115-0001"),
        ("0000001H29240115 0001", "000.00.01.H29-240115-0001"),
        ("OOO.00.01.H29-240115-0001", "000.00.01.H29-240115-0001"),
        ("000-00-01-H29-240115-0001", "000.00.01.H29-240115-0001"),
        ("3898H292105190013", "38.98.H29-210519-0013"),
        ("38 98 H29 210519 0013", "38.98.H29-210519-0013"),
        ("g01 899 909 260916 890012", "G01.899.909-260916-890012"),
        ("G01899909260916890012", "G01.899.909-260916-890012"),
        ("G0920202606090092637", "G09.20-20260609-0092637"),
        ("g09.20 20260609 0092637", "G09.20-20260609-0092637"),
        ("G229908260921896048", "G22.99.08-260921-896048"),
        ("giê hai hai chấm chín chín chấm không tám gạch hai sáu không chín hai mốt "
         "gạch tám chín sáu không bốn tám", "G22.99.08-260921-896048"),
        ("không không không chấm không không chấm không một chấm hát hai chín "
         "gạch hai bốn không một mười lăm gạch ba số không một", "000.00.01.H29-240115-0001"),
        ("H29-210519-0013", "H29-210519-0013"),
        ("K05.12-261008-0975", "K05.12-261008-0975"),
        ("H26.A1.05-261008-0975", "H26.A1.05-261008-0975"),
    ],
)  # fmt: skip
def test_codes_of_other_agencies_keep_their_own_shape(typed: str, code: str) -> None:
    assert found(typed) == code


@pytest.mark.parametrize(
    "text",
    [
        "0912345678",
        "không chín một hai ba bốn năm sáu bảy tám",
        "001084012345",
        "ho so 032204275760",
        "29H1-12345",
        "51A-123.45 0912345678",
        "29H1 12345 26100812345678",
        "163/QĐ-BTP ngày 08/10/2026 số 0912345678",
        "1.001193",
        "50.000.000 đồng",
        "15h 26/10/2026 0912345678",
        "8 giờ 15 ngày 26 10 2026 gọi 0912345678",
        "GD4797931234567",
        "TK 26100812345678",
        "H15.50.05.13",
        "H15.50.05.13-261008",
        "h155005132613080975",
        "H15500513 991399 0975",
        "A12-991345-1234",
        "tôi hát một hai ba bốn",
        "",
    ],
)
def test_other_numbers_are_no_codes(text: str) -> None:
    assert found(text) is None


def test_the_parts_of_a_code_are_given() -> None:
    code = find_dossier_code(f"hồ sơ {CODE}", TODAY)
    assert code == DossierCode(CODE, "H15.50.05.13", dt.date(2026, 10, 8), "0975")
    assert code.digits == "155005132610080975"
    assert DossierCode.parse(CODE) == code


def test_a_date_that_is_no_day_is_kept_only_in_a_code_typed_in_full() -> None:
    code = find_dossier_code("H15.50.05.13-261308-0975", TODAY)
    assert code is not None
    assert code.date is None
    assert found("H15 50 05 13 261308 0975") is None


def test_a_loose_code_dated_beyond_next_year_is_not_believed() -> None:
    assert find_dossier_code("h155005132812310975", dt.date(2026, 1, 1)) is None
    assert find_dossier_code("h155005132712310975", dt.date(2026, 1, 1)) is not None


@pytest.mark.parametrize("text", ["h15.50.05.13-261008-0975", "H15.50.05.13-261008-97", "", "H15 50-261008-0975"])
def test_only_the_canonical_form_is_parsed(text: str) -> None:
    with pytest.raises(ValueError, match="canonical"):
        DossierCode.parse(text)


def test_every_code_of_a_message_is_located() -> None:
    text = f"mã {CODE} và hs g22 99 08 260921 896048 nhé"
    located = locate_dossier_codes(text, TODAY)
    assert [each.code.text for each in located] == [CODE, "G22.99.08-260921-896048"]
    assert text[located[0].start : located[0].end] == CODE
    assert text[located[1].start : located[1].end] == "g22 99 08 260921 896048"


def test_the_known_examples_are_read() -> None:
    if not EXAMPLES.exists():
        pytest.skip("the shared examples of dossier codes are not here")
    for example in json.loads(EXAMPLES.read_text(encoding="utf-8"))["examples"]:
        code = example["code"]
        assert found(code) == code
        assert found(f"tra cứu {code.lower()} giúp em") == code
        assert found(code.replace(".", " ").replace("-", " ")) == code
        assert found(code.replace(".", "").replace("-", "")) == code


@given(st.randoms(use_true_random=False), st.sampled_from(CODE_SENTENCES))
def test_a_code_comes_back_from_any_typed_style(random: Random, sentence: str) -> None:
    code = random_code(random)
    with_separators = [
        style for style in TYPED_STYLES if "." in style(CODE, Random(0)) or " " in style(CODE, Random(0))
    ]
    assert found(sentence.format(random.choice(with_separators[:4])(code, random))) == code


def test_typed_codes_are_read_in_nearly_every_style() -> None:
    random = Random(11)
    right = 0
    for _ in range(2_000):
        code = random_code(random)
        right += found(random.choice(CODE_SENTENCES).format(typed_code(code, random))) == code
    assert right / 2_000 >= 0.995


def test_spoken_codes_are_read() -> None:
    random = Random(12)
    right = 0
    for _ in range(600):
        code = random_code(random)
        right += found(random.choice(CODE_SENTENCES[:4]).format(spoken_code(code, random))) == code
    assert right / 600 >= 0.985


def test_nothing_else_is_taken_for_a_code() -> None:
    random = Random(13)
    wrong = []
    for _ in range(4_000):
        text = not_a_code(random)
        text = random.choice(CODE_SENTENCES).format(text) if random.random() < 0.5 else text
        if found(text) is not None:
            wrong.append(text)
    assert len(wrong) <= 4, wrong


@given(st.text(max_size=120))
def test_any_text_is_searched_without_error(text: str) -> None:
    code = find_dossier_code(text, TODAY)
    assert code is None or DossierCode.parse(code.text) == code


@given(st.text(alphabet="hHgG0123456789 .-–/chấmgạchhátO", max_size=60))
def test_text_close_to_a_code_is_searched_without_error(text: str) -> None:
    for located in locate_dossier_codes(text, TODAY):
        assert 0 <= located.start < located.end <= len(text)


@pytest.mark.parametrize("text", ["hồ sơ H", "mã G", "h"])
def test_a_message_that_ends_with_a_codes_letter_holds_no_code(text: str) -> None:
    assert find_dossier_code(text, dt.date(2026, 11, 30)) is None
