"""The dashboard and the alert rules ask only for figures there are, and the tools that read them accept them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy" / "monitoring"
ALERTS = yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))
DASHBOARD = json.loads((FOLDER / "grafana.json").read_text(encoding="utf-8"))
RULES = [rule for group in ALERTS["groups"] for rule in group["rules"]]
EXPRESSIONS = [rule["expr"] for rule in RULES] + [
    target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]
]


def figures() -> dict[str, set[str]]:
    """Every figure of docs/metrics.md as Prometheus stores it, with its labels."""
    found: dict[str, set[str]] = {}
    page = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    for name, kind, labels in re.findall(r"^\| `(\w+)` \| (\w+) \| ([^|]*) \|", page, re.MULTILINE):
        endings = ("_bucket", "_sum", "_count") if kind == "histogram" else ("",)
        for ending in endings:
            found[name + ending] = set(re.findall(r"\w+", labels)) | ({"le"} if ending == "_bucket" else set())
    return found


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_only_figures_and_labels_there_are_get_asked_for(expression: str) -> None:
    known = figures()
    names = set(re.findall(r"\bmotcua_\w+", expression))
    assert names
    assert names <= known.keys()
    labels = {label for group in re.findall(r"by \(([^)]*)\)", expression) for label in re.findall(r"\w+", group)}
    labels |= set(re.findall(r"[{,]\s*(\w+)\s*=", expression))
    assert labels <= set().union(*(known[name] for name in names))
    assert expression.count("(") == expression.count(")")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_each_alert_says_how_grave_it_is_and_what_to_do(rule: dict[str, dict[str, str]]) -> None:
    assert rule["labels"]["severity"] in {"warning", "critical"}
    assert rule["annotations"]["summary"]
    assert rule["annotations"]["cure"]
    used = set(re.findall(r"\$labels\.(\w+)", rule["annotations"]["summary"]))
    assert used <= set().union(*(figures()[name] for name in re.findall(r"\bmotcua_\w+", str(rule["expr"]))))


def test_panels_have_ids_of_their_own_and_lie_beside_each_other() -> None:
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(set(ids)) == len(ids)
    taken: set[tuple[int, int]] = set()
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert place["x"] + place["w"] <= 24
        assert not taken & cells
        taken |= cells


def test_prometheus_own_tool_accepts_the_rules() -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is missing: apt-get install prometheus")
    checked = subprocess.run([promtool, "check", "rules", FOLDER / "alerts.yml"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr
