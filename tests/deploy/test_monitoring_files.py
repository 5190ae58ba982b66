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
HERE = Path(__file__).parent
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


@pytest.mark.parametrize(
    "given",
    [
        ("check", "rules", FOLDER / "alerts.yml"),
        ("test", "rules", HERE / "alerts_over_time.yml"),
    ],
    ids=["check", "test"],
)
def test_prometheus_own_tool_accepts_the_rules_and_alarms_as_they_say(given: tuple[str | Path, ...]) -> None:
    promtool = shutil.which("promtool")
    if promtool is None:
        pytest.skip("promtool is missing: apt-get install prometheus")
    checked = subprocess.run([promtool, *given], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def against_schema(dashboard: Path) -> str:
    """What Grafana's schema does not take of a dashboard."""
    python = ROOT / ".tools" / "validators" / "bin" / "python"
    if not python.exists():
        pytest.skip("Grafana's schema is missing: make validators")
    checked = subprocess.run([python, HERE / "grafana_schema.py", dashboard], capture_output=True, text=True)
    assert not checked.stderr, checked.stderr
    return checked.stdout


def test_grafana_knows_everything_the_dashboard_says() -> None:
    assert against_schema(FOLDER / "grafana.json") == ""


@pytest.mark.parametrize(
    ("panel", "told"),
    [
        ({"titel": "Turns"}, "titel: not in the schema"),
        ({"title": 5}, "title: int did not match"),
        ({"gridPos": {"x": 0, "y": 0, "w": "wide", "h": 8}}, "grid_pos.w: str is not an instance of int"),
        ({"options": {"legend": {"displayMode": "bottom"}}}, "display_mode: str is not an instance of"),
    ],
    ids=["name", "type", "place", "option"],
)
def test_the_look_at_the_schema_finds_mistakes(tmp_path: Path, panel: dict[str, object], told: str) -> None:
    wrong = tmp_path / "wrong.json"
    first, *others = DASHBOARD["panels"]
    wrong.write_text(json.dumps({**DASHBOARD, "panels": [{**first, **panel}, *others]}), encoding="utf-8")
    assert told in against_schema(wrong)
