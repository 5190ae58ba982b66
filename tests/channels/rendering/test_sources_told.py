"""Where an answer's facts stand, as it is read and as it is heard."""

from __future__ import annotations

from datetime import date

import pytest

from channels.rendering.lines import short_rule, source_line, spoken_source
from contract.reply import Source

DAY = date(2026, 7, 20)


@pytest.mark.parametrize(
    ("decision", "read", "heard"),
    [
        ("163/QĐ-BTP", "Nguồn: QĐ 163, 7/2026.", "Theo quyết định 163."),
        ("Thông tư 75/2022/TT-BTC, Điều 4", "Nguồn: TT 75/2022, 7/2026.", "Theo thông tư 75 năm 2022."),
        ("60/2014/QH13", "Nguồn: Luật 60/2014, 7/2026.", "Theo luật 60 năm 2014."),
        # A kind that has no longer name is said as it is written.
        ("12/2021/CT-TTg", "Nguồn: CT 12/2021, 7/2026.", "Theo CT 12 năm 2021."),
        # Where no rule stands, both are told the same.
        ("Cổng dịch vụ công", "Nguồn: Cổng dịch vụ công, 7/2026.", "Nguồn: Cổng dịch vụ công, 7/2026."),
        (None, "Nguồn: thủ tục 1.001193, 7/2026.", "Nguồn: thủ tục 1.001193, 7/2026."),
    ],
)
def test_a_source_is_quoted_short_for_readers_and_said_in_words_for_listeners(
    decision: str | None, read: str, heard: str
) -> None:
    source = Source(procedure_code="1.001193", decision=decision, checked_on=DAY)
    assert source_line(source, "vi") == read
    assert spoken_source(source, "vi") == heard


def test_listeners_of_another_language_hear_what_its_readers_read() -> None:
    source = Source(procedure_code="1.001193", decision="163/QĐ-BTP", checked_on=DAY)
    assert spoken_source(source, "en") == source_line(source, "en") != source_line(source, "vi")


@pytest.mark.parametrize(
    ("number", "short"),
    [
        ("163/QĐ-BTP", "QĐ 163"),
        ("Nghị định 1.123/2015/NĐ-CP", "NĐ 1.123/2015"),
        ("36/NQ. về việc", "NQ 36"),
        ("01/HD-UB", "HD 01"),
        ("không có số", "không có số"),
    ],
)
def test_a_rule_is_quoted_by_kind_number_and_year(number: str, short: str) -> None:
    assert short_rule(number) == short
