"""The figures as a table for people and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from assistant.evaluation import Share
from benchmarks.approaches.material import GROUPS
from benchmarks.approaches.measure import Figures

COLUMNS = ("direct", *GROUPS)


def table(title: str, figures: Sequence[Figures]) -> Table:
    """Right first in percent, with the half-width of Wilson's interval for the direct questions."""
    drawn = Table(title=title, box=None, header_style="bold", title_justify="left")
    drawn.add_column("approach")
    for heading in (*COLUMNS, "train s", "ms", "MB"):
        drawn.add_column(heading, justify="right")
    for row in figures:
        cells = [_cell(row.shares.get(group), with_interval=group in ("direct", "indirect")) for group in COLUMNS]
        drawn.add_row(
            row.approach,
            *cells,
            f"{row.training_seconds:.1f}",
            f"{row.utterance_milliseconds:.1f}",
            f"{row.bytes_on_disk / 1e6:.1f}",
        )
    return drawn


def as_json(figures: Sequence[Figures]) -> list[dict[str, Any]]:
    """Every figure with count and interval."""
    return [
        {
            "approach": row.approach,
            "learns_imported": row.learns_imported,
            "training_seconds": round(row.training_seconds, 2),
            "utterance_milliseconds": round(row.utterance_milliseconds, 3),
            "bytes_on_disk": row.bytes_on_disk,
            "right_first": {group: _share(share) for group, share in row.shares.items()},
            "right_first_among_procedures": {group: _share(share) for group, share in row.procedures_alone.items()},
        }
        for row in figures
    ]


def _cell(share: Share | None, with_interval: bool) -> str:
    if share is None:
        return "-"
    low, high = share.interval()
    return f"{share.rate:.1%} ({low:.0%}-{high:.0%})" if with_interval else f"{share.rate:.1%}"


def _share(share: Share) -> dict[str, Any]:
    low, high = share.interval()
    return {"rate": round(share.rate, 4), "of": share.total, "low": round(low, 4), "high": round(high, 4)}
