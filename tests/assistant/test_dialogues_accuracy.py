"""Conversations do not get worse: no figure of the development dialogues falls more than three points.

After an improvement the baseline is written anew: ``motcua eval --dialogues --json`` in a data folder of its own, into
``dialogues_baseline.json``.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from places import NLU_DATA

from assistant.dialogues import figures_of, read_dialogues, shares_of
from installation.dialogues import play
from runtime.settings import Settings

pytestmark = pytest.mark.xdist_group("core")

BASELINE = Path(__file__).with_name("dialogues_baseline.json")
TOLERATED = 0.03


def test_no_figure_of_the_dialogues_fell(trained: None, tmp_path: Path) -> None:
    judged = play(read_dialogues(NLU_DATA / "eval" / "dialogues"), Settings(data_dir=tmp_path))
    found = {f"dialogues/{name}": share.rate for name, share in shares_of(figures_of(judged)).items()}
    recorded: dict[str, float] = json.loads(BASELINE.read_text(encoding="utf-8"))
    fallen = {
        name: f"{found[name]:.1%} instead of {rate:.1%}"
        for name, rate in recorded.items()
        # A conversation of four turns is lost by one of them: only turns are held.
        if "conversations" not in name and name in found and found[name] < rate - TOLERATED
    }
    assert not fallen
    assert found.keys() == recorded.keys(), "the dialogues have changed: write the baseline anew"
