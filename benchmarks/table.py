"""The table people read."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from benchmarks.figures import Figure, Results


def console_for_people() -> Console:
    """Where the table is printed; in a file or a log it keeps one line a figure."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=150)


def show(results: Results, console: Console) -> None:
    """Print machine, figures, targets and notes."""
    console.print("  ".join(f"[bold]{name}[/bold] {value}" for name, value in results.machine.items()))
    table = Table(header_style="bold", box=None)
    table.add_column("")
    ours, reference = ("Một Cửa", "spread"), ("reference, this run", "times better")
    for heading in (*ours, *reference, "stock Rasa, recorded", "times better"):
        table.add_column(heading, justify="right")
    for figure in results.figures:
        table.add_row(*_row(figure))
    console.print(table)
    for target in results.targets:
        if math.isnan(target.got):
            console.print(f"[red]not measured[/red] {target.promise}")
            continue
        verdict = "[green]met    [/green]" if target.is_met else "[red]not met[/red]"
        sign = "at least" if target.at_least else "at most"
        wanted = f"{sign} {target.wanted:.4g} {target.unit} wanted"
        console.print(f"{verdict} {target.promise}: {target.got:.3g}, {wanted}")
        if not target.is_met and target.why_not:
            console.print(f"        {target.why_not}")
    for failure in results.failures:
        console.print(failure, style="red", markup=False)
    for note in results.notes:
        console.print(note, style="dim")


def _row(figure: Figure) -> list[str]:
    ratios = figure.ratios()
    recorded = figure.recorded_ratio()
    return [
        figure.name,
        f"{number(figure.value)} {figure.unit}",
        spread(figure.samples),
        number(sorted(figure.reference)[len(figure.reference) // 2]) if figure.reference else "",
        f"{number(sorted(ratios)[len(ratios) // 2])} ({spread(ratios) or 'once'})" if ratios else "",
        number(figure.recorded) if figure.recorded else "",
        number(recorded) if recorded else "",
    ]


def spread(values: Sequence[float]) -> str:
    """Smallest and largest of several values."""
    return f"{number(min(values))} to {number(max(values))}" if len(values) > 1 else ""


def number(value: float) -> str:
    """Three digits that mean something."""
    if math.isnan(value):
        return "not measured"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
