"""``python -m benchmarks.capacity``: the busiest hour of a commune, a province and a country, simulated.

With ``--check`` the simulation stands beside the real small system, in one run: text messages come by signed webhooks
at moments drawn from a seed; first a flood that shows how many the machine answers a second and a trickle that shows
how long one takes, then loads the simulation is asked about with those two figures: half of what the machine answers,
four fifths of it, a rush of more than it answers with a lull behind it, and an operator who takes few a second. What
the provider took, and when, is held against what was predicted.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer

from benchmarks import machine
from benchmarks.capacity_model import Hour, Machines, People, Station, answered, simulate
from benchmarks.figures import percentile
from benchmarks.load import WrongAnswer
from benchmarks.processes import PortTaken, ProcessFailed
from benchmarks.sms import SmsSystem
from benchmarks.sms_arrivals import Arriving

RESULTS: Final = Path(__file__).parent / "results"
USUAL: Final = {"ask": 0.002, "busiest": 0.15}
STORM: Final = {"ask": 0.05, "busiest": 0.25, "rush": 1 / 3}
"""On a storm day a third of the busiest hour comes in its first ten minutes, behind a warning."""
COMMUNE: Final = Machines(cores=2, sound_cores=2, recognisers=2, texts_a_second=0.25)
PROVINCE: Final = Machines(cores=4, sound_cores=6, recognisers=8, texts_a_second=30.0, hosts=2)
COUNTRY: Final = Machines(cores=10, sound_cores=50, recognisers=79, texts_a_second=210.0, hosts=5)
CASES: Final = {
    "commune, usual": (People(10_000, **USUAL), COMMUNE),
    "commune, storm, one modem": (People(10_000, **STORM), COMMUNE),
    "commune, storm, two modems": (People(10_000, **STORM), Machines(2, 2, 2, 0.5)),
    "province, usual": (People(1_000_000, **USUAL), PROVINCE),
    "province, storm, as the table above says": (People(1_000_000, **STORM), PROVINCE),
    "province, storm, with the rush in mind": (People(1_000_000, **STORM), Machines(6, 12, 16, 45.0, 3)),
    "ten million, usual": (People(10_000_000, **USUAL), COUNTRY),
    "ten million, storm, as the table above says": (People(10_000_000, **STORM), COUNTRY),
    "ten million, storm, with the rush in mind": (People(10_000_000, **STORM), Machines(24, 104, 158, 450.0, 12)),
}
COLUMNS: Final = (
    "busiest hour",
    "cores for turns; sound; recognition",
    "texts a second out",
    "answered by text after: median; 95 %; longest",
    "most texts waiting",
    "calls, refused",
    "most calls at once",
    "a caller waits for recognition, 95 %",
)
CHECKED_TIMES: Final = 1.5
"""How many times the prediction a measured time may be, and the other way round."""
CLOSE_SECONDS: Final = 0.3
"""What a measured time may differ by all the same: messages are looked for at intervals."""
FLOOD, TRICKLE, LONG = 400, 30, 40.0
SLOW_OPERATOR: Final = 5.0


def row(name: str, people: People, machines: Machines, hour: Hour) -> tuple[str, ...]:
    """A line of the table in docs/scale.md."""
    times = (hour.answered_median, hour.answered_p95, hour.answered_longest)
    return (
        name,
        f"{machines.cores}; {machines.sound_cores}; {machines.recognisers}",
        f"{machines.texts_a_second:g}",
        "; ".join(_seconds(one) for one in times),
        f"{hour.waiting_most:,}",
        f"{hour.calls:,}, {hour.refused:,}",
        f"{hour.calls_most:,}",
        _seconds(hour.heard_p95),
    )


def table() -> str:
    """The table in docs/scale.md."""
    rows = [COLUMNS, ("---",) * len(COLUMNS)]
    rows += [row(name, people, machines, simulate(people, machines)) for name, (people, machines) in CASES.items()]
    return "\n".join(f"| {' | '.join(one)} |" for one in rows)


def _seconds(seconds: float) -> str:
    if seconds >= 120:
        return f"{seconds / 60:.0f} min"
    return f"{seconds:.0f} s" if seconds >= 10 else f"{max(seconds, 0.0):.1f} s"


@dataclass(frozen=True)
class Compared:
    """One load, predicted and measured, in seconds."""

    load: str
    figure: str
    predicted: float
    measured: float

    @property
    def is_close(self) -> bool:
        """Whether the prediction would have served."""
        less, more = sorted((self.predicted, self.measured))
        return more - less <= CLOSE_SECONDS or more <= CHECKED_TIMES * less


class Small:
    """The real system on this machine, and what the simulation knows of it.

    Args:
        port: first of four free ones.
        folder: for everything that is written.
        texts_a_second: the operator takes.
    """

    def __init__(self, port: int, folder: Path, texts_a_second: float) -> None:
        folder.mkdir()
        self._system = SmsSystem(port, folder, texts_a_second)
        self._arriving = Arriving(f"http://127.0.0.1:{port}", self._system.token, lambda: None)
        self._phones = itertools.count(1)
        self.texts_each = 1.0
        """Texts an answer took, the last time."""
        self._system.wait_for_first_answer()

    def times(self, moments: Sequence[float]) -> list[tuple[float, float]]:
        """Bring messages; for each when it was due and when the provider had its first text, seconds from the start.

        Raises:
            WrongAnswer: somebody was not answered.
        """
        list(self._system.provider.taken())
        first = next(self._phones) * 1_000
        began = time.time() + 0.5
        arrivals = asyncio.run(self._arriving.at_moments([began + one for one in moments], first))
        self._system.settle()
        handed: dict[str, float] = {}
        texts = list(self._system.provider.taken())
        self.texts_each = len(texts) / len(arrivals)
        for text in texts:
            handed.setdefault(text.phone, text.at)
        if missing := sum(one.phone not in handed for one in arrivals):
            raise WrongAnswer(f"{missing} of {len(arrivals)} text messages were not answered")
        return [(one.at - began, handed[one.phone] - began) for one in arrivals]

    def stop(self) -> None:
        """Stop it."""
        self._system.stop()


def drawn(draw: random.Random, *parts: tuple[float, float]) -> list[float]:
    """Moments of parts with a rate a second and a length in seconds, one after the other."""
    found, begins = [], 0.0
    for rate, seconds in parts:
        now = begins + draw.expovariate(rate)
        while now < begins + seconds:
            found.append(now)
            now += draw.expovariate(rate)
        begins += seconds
    return found


def compared(
    load: str, moments: Sequence[float], measured: Sequence[tuple[float, float]], rate: float, least: float
) -> list[Compared]:
    """Times from question to answer, and the moment the last one had it, beside a station that answers at a rate.

    Args:
        load: its name.
        moments: at which messages came.
        measured: as :meth:`Small.times` tells.
        rate: messages a second the machine, or the operator, lets pass.
        least: seconds an answer takes when nobody else asks.
    """
    passed = answered(moments, Station(1), 1 / rate)
    predicted = [one.done - one.came - 1 / rate + least for one in passed]
    real = [out - due for due, out in measured]
    return [
        Compared(load, "median", percentile(predicted, 0.5), percentile(real, 0.5)),
        Compared(load, "95 %", percentile(predicted, 0.95), percentile(real, 0.95)),
        Compared(load, "last one answered", max(one.done for one in passed) + least, max(out for _, out in measured)),
    ]


def check(port: int, folder: Path, seed: int) -> tuple[float, float, list[Compared]]:
    """Messages a second the machine answers, seconds one takes alone, and every load compared."""
    draw = random.Random(seed)
    found: list[Compared] = []
    small = Small(port, folder / "free", 10_000.0)
    try:
        small.times(drawn(draw, (20.0, 5.0)))
        flood = sorted(out for _, out in small.times([one / 200 for one in range(FLOOD)]))
        # From a tenth on: the first ones found nobody before them.
        rate = (len(flood) * 9 // 10 - 1) / (flood[-1] - flood[len(flood) // 10])
        least = statistics.median(out - due for due, out in small.times([float(one) for one in range(TRICKLE)]))
        loads = {
            "half of what it answers": drawn(draw, (rate / 2, LONG)),
            "four fifths": drawn(draw, (rate * 0.8, LONG)),
            "a rush, then a lull": drawn(draw, (rate * 1.5, LONG / 2), (rate * 0.3, LONG)),
        }
        for name, moments in loads.items():
            found += compared(name, moments, small.times(moments), rate, least)
    finally:
        small.stop()
    slow = Small(port, folder / "slow", SLOW_OPERATOR)
    try:
        moments = drawn(draw, (SLOW_OPERATOR * 2, LONG / 2), (SLOW_OPERATOR / 2, LONG / 2))
        measured = slow.times(moments)
        taken = SLOW_OPERATOR / slow.texts_each
        found += compared(f"an operator takes {SLOW_OPERATOR:g} a second", moments, measured, taken, least)
    finally:
        slow.stop()
    return rate, least, found


def main(
    check_it: Annotated[bool, typer.Option("--check", help="Beside the real system on this machine; minutes.")] = False,
    seed: Annotated[int, typer.Option(help="Of the moments messages come at in the check.")] = 1,
    port: Annotated[int, typer.Option(help="First of four free ports on loopback.")] = 18080,
    results: Annotated[Path, typer.Option(help="Folder for the JSON file of a check.")] = RESULTS,
) -> None:
    """Simulate the busiest hour, or hold the simulation against the real system."""
    if not check_it:
        print(table())
        return
    facts = machine.facts()
    with tempfile.TemporaryDirectory(prefix="motcua-capacity-") as scratch:
        try:
            rate, least, found = check(port, Path(scratch), seed)
        except (PortTaken, ProcessFailed, WrongAnswer, TimeoutError) as failure:
            print(str(failure) or "a load was not over in time")
            raise typer.Exit(1) from None
    print(f"load before {facts['load before']}; {rate:.0f} answered a second, one alone after {least:.2f} s")
    print(f"{'':34}{'':20}{'predicted, s':>14}{'measured, s':>14}")
    for one in found:
        print(f"{one.load:34}{one.figure:20}{one.predicted:14.2f}{one.measured:14.2f}{'' if one.is_close else '  FAR'}")
    results.mkdir(parents=True, exist_ok=True)
    file = results / f"{datetime.now().astimezone():%Y-%m-%dT%H%M%S}-capacity.json"
    said = {"machine": facts, "rate": rate, "alone": least, "loads": [asdict(one) for one in found]}
    file.write_text(json.dumps(said, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"written: {file}")
    if far := [f"{one.load}: {one.figure}" for one in found if not one.is_close]:
        print(f"predicted wrongly by more than {CHECKED_TIMES} times: {', '.join(far)}")
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
