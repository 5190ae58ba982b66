"""National procedure codes as people type and say them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from language.dossier_code import find_procedure_code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.001193", "1.001193"),
        ("thủ tục 1.001193 cần gì?", "1.001193"),
        ("1 001193", "1.001193"),
        ("1001193", "1.001193"),
        ("thủ tục 1001193", "1.001193"),
        ("tthc 1-001193", "1.001193"),
        ("mã 2,000815", "2.000815"),
        ("mã thủ tục 2.000.815", "2.000815"),
        ("2.000815 và 1.001193", "2.000815"),
        ("1.116410", "1.116410"),
        ("thủ tục một chấm không không một một chín ba", "1.001193"),
        ("ma so hai cham khong khong khong tam mot nam", "2.000815"),
    ],
)
def test_a_procedure_code_is_found(text: str, code: str) -> None:
    assert find_procedure_code(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "phí 1.500.000 đồng",
        "lương 2.000.815 một tháng",
        "số 1234567",
        "0912345678",
        "001084012345",
        "H15.50.05.13-261008-0975",
        "31.12.2026",
        "1.001193.5",
        "123/2015/NĐ-CP",
        "điện thoại 1 900 123",
        "",
    ],
)
def test_other_numbers_are_no_procedure_codes(text: str) -> None:
    assert find_procedure_code(text) is None


@given(st.text(max_size=100))
def test_any_text_is_searched_without_error(text: str) -> None:
    code = find_procedure_code(text)
    assert code is None or (len(code) == 8 and code[1] == ".")
