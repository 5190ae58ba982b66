"""Pictures of the decision: what the thresholds do and cost, and whether the chance can be believed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import matplotlib
import numpy as np

matplotlib.use("Agg")
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from assistant.evaluation import Share
from benchmarks.approaches import costs
from benchmarks.approaches.cases import cases_of
from benchmarks.approaches.costs import Case, expected_cost
from benchmarks.approaches.material import Material
from understanding.decision import ANSWER, OFFER

GRID = np.round(np.arange(0.0, 1.0001, 0.01), 2)
BLUE, ORANGE, PURPLE, GREY = "#0b5fa5", "#c8500a", "#7a3b9a", "#555555"
"""Told apart by the colour-blind and in print; lines differ in shape, too."""
BINS = 10
"""Points of the reliability diagram, one for each tenth of the chance."""

STYLE = {
    "font.size": 12,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "savefig.dpi": 110,
    "savefig.bbox": "tight",
    "svg.hashsalt": "motcua",
}


def draw(material: Material, folder: Path) -> Iterator[Path]:
    """Draw every picture into a folder and yield its path.

    Args:
        material: what the joined ranking is trained on.
        folder: made when missing.
    """
    folder.mkdir(parents=True, exist_ok=True)
    cases = cases_of(material.examples)
    with plt.rc_context(STYLE):
        yield _thresholds(cases, folder / "decision-thresholds.png")
        yield _reliability(cases, folder / "chance-reliability.png")


def cheapest(cases: Sequence[Case]) -> tuple[float, float, float]:
    """The pair of thresholds with the smallest expected cost: answer, offer, cost."""
    pairs = [(answer, offer) for answer in GRID[1:] for offer in GRID if offer <= answer]
    cost, answer, offer = min((expected_cost(cases, answer, offer), answer, offer) for answer, offer in pairs)
    return float(answer), float(offer), cost


def _thresholds(cases: Sequence[Case], path: Path) -> Path:
    figure, (shares, prices) = plt.subplots(2, 1, figsize=(9, 9), sharex=True, height_ratios=(3, 2))
    questions = [case for case in cases if not case.is_stranger]
    strangers = [case for case in cases if case.is_stranger]
    for label, chosen, of, colour, dashes in (
        ("questions answered rightly at once", [c for c in questions if c.place == 0], questions, BLUE, "-"),
        (
            "questions answered with another procedure",
            [c for c in questions if c.place != 0],
            questions,
            ORANGE,
            "--",
        ),
        ("messages out of scope answered all the same", strangers, strangers, PURPLE, "-."),
    ):
        share = [100 * sum(c.is_read and c.chance >= at for c in chosen) / len(of) for at in GRID]
        shares.plot(GRID, share, dashes, color=colour, linewidth=2.2, label=label)
    shares.set_ylabel("share, %")
    shares.set_ylim(0, 100)
    shares.legend(loc="center left", bbox_to_anchor=(0.02, 0.5), framealpha=0.95)
    shares.set_title(
        f"What the thresholds do ({len(questions)} questions, {len(strangers)} messages out of scope)",
        pad=26,
    )

    by_answer = [expected_cost(cases, at, min(at, OFFER)) for at in GRID]
    by_offer = [expected_cost(cases, ANSWER, at) if at <= ANSWER else np.nan for at in GRID]
    prices.plot(GRID, by_answer, "-", color=BLUE, linewidth=2.2, label=f"answer from here, ask back from {OFFER}")
    prices.plot(GRID, by_offer, ":", color=GREY, linewidth=2.6, label=f"ask back from here, answer from {ANSWER}")
    answer, offer, cost = cheapest(cases)
    prices.plot(answer, cost, "o", color=ORANGE, markersize=9, label=f"cheapest pair: {answer:.2f} and {offer:.2f}")
    prices.set_ylabel("cost, messages")
    prices.set_ylim(0, 1.2)
    prices.set_xlabel("chance that the best procedure is right, cross-validated")
    prices.legend(loc="upper center", framealpha=0.95)
    prices.set_title(
        f"What a message costs (wrong answer {costs.WRONG_ANSWER:g}, asking back {costs.ASKING_BACK:g}, "
        f"refusing {costs.REFUSED_QUESTION:g}, answering a stranger {costs.ANSWERED_STRANGER:g})",
        fontsize=12,
    )
    for axes in (shares, prices):
        _mark(axes, ANSWER, "answer" if axes is shares else "")
        _mark(axes, OFFER, "ask back" if axes is shares else "")
    figure.align_ylabels()
    figure.savefig(path, metadata={"Software": None})
    plt.close(figure)
    return path


def _reliability(cases: Sequence[Case], path: Path) -> Path:
    figure, axes = plt.subplots(figsize=(7.5, 7.5))
    axes.plot((0, 1), (0, 1), "--", color=GREY, label="a chance that keeps its word")
    for tenth in range(BINS):
        part = [case for case in cases if min(int(case.chance * BINS), BINS - 1) == tenth]
        if not part:
            continue
        share = Share()
        for case in part:
            share.add(case.place == 0)
        low, high = share.interval()
        said = float(np.mean([case.chance for case in part]))
        axes.errorbar(
            said,
            share.rate,
            yerr=[[max(0.0, share.rate - low)], [max(0.0, high - share.rate)]],
            fmt="o",
            color=BLUE,
            capsize=4,
            markersize=7,
        )
        axes.annotate(str(len(part)), (said, share.rate), xytext=(7, -4), textcoords="offset points")
    axes.errorbar([], [], [], fmt="o", color=BLUE, capsize=4, label="messages (number), 95 % interval")
    axes.set_xlabel("chance computed, cross-validated")
    axes.set_ylabel("best procedure right")
    axes.set_xlim(-0.02, 1.06)
    axes.set_ylim(-0.02, 1.06)
    axes.set_aspect("equal")
    for threshold, label in ((ANSWER, "answer"), (OFFER, "ask back")):
        _mark(axes, threshold, label)
    axes.legend(loc="lower right", framealpha=0.95)
    axes.set_title(f"Can the chance be believed? (Brier score {_brier(cases):.3f})", pad=26)
    figure.savefig(path, metadata={"Software": None})
    plt.close(figure)
    return path


def _mark(axes: Axes, at: float, label: str) -> None:
    axes.axvline(at, color="black", linewidth=1.2)
    if label:
        axes.text(at, 1.01, f"{label} from {at}", transform=axes.get_xaxis_transform(), ha="center")


def _brier(cases: Sequence[Case]) -> float:
    return float(np.mean([(case.chance - (case.place == 0)) ** 2 for case in cases]))
