"""Measures understanding on the project's own accuracy sets, by style, with confidence intervals."""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contract.meaning import Meaning

Understand = Callable[[str], Meaning]


@dataclass
class Share:
    """So many right of so many."""

    right: int = 0
    total: int = 0

    def add(self, right: bool) -> None:
        """Count one."""
        self.right += right
        self.total += 1

    @property
    def rate(self) -> float:
        """0 to 1; 0 when nothing was counted."""
        return self.right / self.total if self.total else 0.0

    def interval(self, z: float = 1.96) -> tuple[float, float]:
        """Wilson's interval, which stays honest for small counts and shares near one."""
        if not self.total:
            return 0.0, 1.0
        centre = (self.rate + z * z / (2 * self.total)) / (1 + z * z / self.total)
        spread = math.sqrt(self.rate * (1 - self.rate) / self.total + z * z / (4 * self.total**2))
        half = z * spread / (1 + z * z / self.total)
        return max(0.0, centre - half), min(1.0, centre + half)


@dataclass
class Report:
    """Figures by (set, what), and what was taken for what."""

    shares: dict[tuple[str, str], Share] = field(default_factory=lambda: defaultdict(Share))
    confusions: Counter[tuple[str, str]] = field(default_factory=Counter)
    skipped: int = 0
    """Lines about procedures this installation's catalogue does not hold."""


def read_sets(folder: Path) -> list[dict[str, Any]]:
    """Every line of every set, with the set's name."""
    return [
        {**json.loads(line), "set": path.stem}
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]


def evaluate(lines: Iterable[Mapping[str, Any]], understand: Understand, known: Callable[[str], bool]) -> Report:
    """Judge each line.

    Args:
        lines: of :func:`read_sets`.
        understand: the understanding under test.
        known: whether the catalogue holds a procedure.
    """
    report = Report()
    for line in lines:
        wanted = line.get("procedure")
        if wanted is not None and not known(wanted):
            report.skipped += 1
            continue
        _judge(report, line, understand(line["text"]))
    return report


def _judge(report: Report, line: Mapping[str, Any], got: Meaning) -> None:
    name = line["set"]
    if (wanted := line.get("procedure")) is not None:
        asks = got.intent == "ask_procedure"
        first = got.procedure or next(iter(got.candidates), None)
        right = asks and first == wanted
        report.shares[name, "first"].add(right)
        report.shares[name, "answered"].add(got.procedure == wanted)
        report.shares[name, "among three"].add(asks and wanted in (got.procedure, *got.candidates[:3]))
        report.shares[name, "not wrong"].add(got.procedure in (None, wanted))
        report.shares[name, "not refused"].add(asks and first is not None)
        if not right:
            report.confusions[wanted, first or got.intent or "nothing"] += 1
        if line.get("aspect") and right:
            report.shares[name, "aspect"].add((got.aspect or "overview") == line["aspect"])
    elif "procedure" in line:
        report.shares[name, "not answered"].add(got.procedure is None)
    if "intent" in line and wanted is None:
        report.shares[name, "intent"].add(got.intent == line["intent"])
        if got.intent != line["intent"]:
            report.confusions[line["intent"], got.intent or "nothing"] += 1
    if "knowledge" in line:
        _judge_knowledge(report, name, line["knowledge"], got)
    for key in ("dossier_code", "digits"):
        if key in line:
            report.shares[name, key].add(getattr(got, key) == line[key])


def _judge_knowledge(report: Report, name: str, wanted: str | None, got: Meaning) -> None:
    """Whether the right entry answers, and whether none does where none may."""
    if wanted is None:
        report.shares[name, "not knowledge"].add(got.knowledge is None)
    else:
        report.shares[name, "knowledge"].add(got.knowledge == wanted)
        report.shares[name, "not another entry"].add(got.knowledge in (None, wanted))
    if got.knowledge != wanted:
        report.confusions[wanted or "no knowledge", got.knowledge or got.intent or "nothing"] += 1


def totals(report: Report) -> dict[str, Share]:
    """Each figure over all procedure sets written for the hand-written records, except life situations."""
    direct: dict[str, Share] = defaultdict(Share)
    for (name, what), share in report.shares.items():
        if name.startswith("procedures_") and name != "procedures_indirect":
            direct[what].right += share.right
            direct[what].total += share.total
    return dict(direct)
