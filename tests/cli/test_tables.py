"""Tables of commands: what is read or searched for is never broken."""

from __future__ import annotations

from io import StringIO

import pytest
from rich.console import Console

from cli.tables import print_table, widths

HEADINGS = ("Ngày", "Số giờ có liên lạc", "Bản dữ liệu", "Ổ đĩa", "Máy in", "Người giao [?]")
ROWS = [(f"{day:02}/11/2026", "24", f"12{day}, 12{day + 1}", "12,3 GB", "không có giấy", "lan [b]") for day in (1, 2)]


def printed(width: int, *, terminal: bool = True) -> list[str]:
    out = StringIO()
    print_table(Console(file=out, width=width, force_terminal=terminal, color_system=None), HEADINGS, ROWS)
    return out.getvalue().splitlines()


@pytest.mark.parametrize("width", [60, 80, 200])
def test_every_word_stands_whole_on_one_line_of_the_terminal(width: int) -> None:
    lines = printed(width)
    assert max(map(len, lines)) <= width
    whole = [word for line in lines for word in line.split()]
    for row in (HEADINGS, *ROWS):
        for cell in row:
            assert set(cell.split()) <= set(whole), cell


def test_in_a_file_each_row_is_one_line() -> None:
    lines = printed(80, terminal=False)
    assert len(lines) == 1 + len(ROWS)
    assert all(cell in line for row, line in zip(ROWS, lines[1:], strict=True) for cell in row)


def test_cells_are_kept_whole_before_headings_are() -> None:
    assert widths([5, 5], ([5, 12], [20, 12]), 20) == [8, 12]
    assert widths([5, 5], ([5, 12], [20, 12]), 90) == [20, 12]
    assert widths([30, 5], ([30, 5], [30, 5]), 20) == [15, 5]
