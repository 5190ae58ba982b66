"""What ``motcua catalogue reach`` prints: how far the answers are usable and plain, each figure beside its goal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from statistics import mean
from typing import Any, Final

from catalogue.record import Procedure
from catalogue.wording import say
from channels.rendering.plainness import LONGEST_SENTENCE, plainness, sentences
from contract.aspects import Aspect
from contract.reply import Reply
from runtime.settings import Settings

SIDES: Final = (Aspect.PAPERS, Aspect.FEE, Aspect.TIME, Aspect.WHERE)
"""What nearly everybody asks for."""
FEW_SEGMENTS: Final = 3

Told = Callable[[Procedure, Aspect], Reply]


@dataclass(frozen=True)
class Figure:
    """One figure and what it must reach."""

    name: str
    """Key of its name in the wording."""
    got: float
    goal: float
    at_least: bool = True
    """False: it must not exceed the goal."""
    share: bool = True
    """Whether it is a share, shown in percent."""

    @property
    def reached(self) -> bool:
        """Whether the goal is reached."""
        return self.got >= self.goal if self.at_least else self.got <= self.goal


def reach(
    procedures: Sequence[Procedure], most_asked: Iterable[str], told: Told, settings: Settings, today: date
) -> list[Figure]:
    """The figures, in the order they are shown.

    Args:
        procedures: the hand-written records, as citizens are told of them.
        most_asked: codes of those asked most.
        told: the answer to one side of a procedure.
        settings: of the channels.
        today: the day the answers are of.
    """
    by_code = {one.code: one for one in procedures}
    often = [by_code[code] for code in most_asked if code in by_code]
    measured = {side: [plainness(told(one, side), settings) for one in often] for side in SIDES}
    segments = [one.segments for found in measured.values() for one in found]
    spoken = [text for one in procedures for side in SIDES for text in sentences(told(one, side))]
    paused = {side: mean(one.first_pause for one in found) for side, found in measured.items()}
    return [
        Figure("reach_fee", mean(one.tells_fee(today) for one in procedures), 0.9),
        Figure("reach_fee_often", mean(one.tells_fee(today) for one in often), 0.95),
        Figure("reach_time", mean(one.tells_time(today) for one in procedures), 0.9),
        Figure("reach_few_segments", mean(count <= FEW_SEGMENTS for count in segments), 0.95),
        Figure("reach_segments", mean(segments), 2.0, at_least=False, share=False),
        Figure("reach_paper_segments", mean(one.segments for one in measured[Aspect.PAPERS]), 3.0, False, False),
        Figure("reach_fee_seconds", paused[Aspect.FEE], 12.0, at_least=False, share=False),
        Figure("reach_time_seconds", paused[Aspect.TIME], 12.0, at_least=False, share=False),
        Figure("reach_paper_seconds", paused[Aspect.PAPERS], 30.0, at_least=False, share=False),
        Figure("reach_sentences", mean(len(one.split()) <= LONGEST_SENTENCE for one in spoken), 0.95),
    ]


def render_reach(figures: Iterable[Figure]) -> str:
    """One line a figure; "!" marks what misses its goal."""
    return "\n".join(_line(one) for one in figures)


def reach_to_json(figures: Iterable[Figure]) -> list[dict[str, Any]]:
    """The same as plain JSON values."""
    return [{**asdict(one), "got": round(one.got, 3), "reached": one.reached} for one in figures]


def _line(one: Figure) -> str:
    got, goal = (f"{100 * value:.1f} %" if one.share else f"{value:.2f}" for value in (one.got, one.goal))
    mark = " " if one.reached else "!"
    return f"{mark} {got:>8}  {'≥' if one.at_least else '≤'} {goal:<8}  {say(one.name)}"
