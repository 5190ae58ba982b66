"""Understanding does not get worse: no figure falls more than two points below the recorded one.

After an improvement the baseline is written anew with ``python tests/assistant/test_accuracy.py``.
"""

from __future__ import annotations

import json
import math
import os
from pathlib import Path

import pytest
from places import NLU_DATA

from runtime.settings import Settings

pytestmark = pytest.mark.xdist_group("core")

BASELINE = Path(__file__).with_name("accuracy_baseline.json")
TOLERATED = 2
"""Points; about three messages of a set of a hundred."""


def measured() -> dict[str, float]:
    """Each figure in per cent, by set and what was judged."""

    from assistant.evaluation import evaluate, read_sets, totals
    from installation.core import understander
    from installation.root import Installation

    here = Installation(Settings())
    report = evaluate(
        read_sets(NLU_DATA / "eval"),
        understander(here).meaning,
        known=lambda code: here.catalogue.get(code) is not None,
    )
    shares = {f"{name}: {what}": share for (name, what), share in report.shares.items()}
    shares |= {f"all but indirect: {what}": share for what, share in totals(report).items()}
    return {name: 100 * share.rate for name, share in sorted(shares.items())}


def test_no_figure_fell(trained: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(tmp_path))
    found = measured()
    recorded: dict[str, int] = json.loads(BASELINE.read_text(encoding="utf-8"))
    fallen = {
        name: f"{found.get(name, 0.0):.1f} instead of {points}"
        for name, points in recorded.items()
        if found.get(name, 0.0) < points - TOLERATED
    }
    assert not fallen
    assert found.keys() == recorded.keys(), "the sets have changed: write the baseline anew"


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        os.environ["MOTCUA_DATA_DIR"] = folder
        figures = {name: math.floor(points) for name, points in measured().items()}
    BASELINE.write_text(json.dumps(figures, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
