"""Tables of commands: lines are broken between words alone, so that a day and a number can be read and searched for."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

GAP = 2
"""Cells left free behind each column."""


def print_table(console: Console, headings: Sequence[str], rows: Sequence[Sequence[str]], title: str = "") -> None:
    """Print rows below their headings, as wide as the terminal is; in a file or a pipe each row is one line."""
    columns = list(zip(headings, *rows, strict=True))
    words = [max(cell_len(word) for cell in column for word in cell.split() or [""]) for column in columns]
    cells = [max(map(cell_len, column[1:]), default=0) for column in columns]
    whole = [max(map(cell_len, column)) for column in columns]
    if not console.is_terminal:
        console = Console(file=console.file, width=max(console.width, sum(whole) + GAP * len(columns)))
    room = console.width - GAP * len(columns)
    table = Table(title=title or None, title_justify="left", box=None, header_style="bold", padding=(0, GAP, 0, 0))
    for heading, width in zip(headings, widths(words, (cells, whole), room), strict=True):
        table.add_column(heading, width=width, overflow="fold")
    for row in rows:
        # As text: a name may hold brackets.
        table.add_row(*map(Text, row))
    console.print(table)


def widths(shortest: Sequence[int], wanted: Sequence[Sequence[int]], room: int) -> list[int]:
    """How wide each column is to be.

    Args:
        shortest: widths at which no word is broken.
        wanted: what is better than that, the most important first: widths at which no cell is broken, then no heading.
        room: for all of them; where not even the shortest fit, words are broken in the widest columns.

    Returns:
        Widths that need the room and no more; what is left beyond the shortest goes to whoever lacks most.
    """
    given = list(shortest)
    while sum(given) > max(room, len(given)):
        given[given.index(max(given))] -= 1
    for better in wanted:
        while sum(given) < room and (lacking := [place for place, width in enumerate(given) if width < better[place]]):
            given[max(lacking, key=lambda place: better[place] / max(1, given[place]))] += 1
    return given
