"""``python -m benchmarks.kiosk``: power-on to a usable page, the page's own time and weight, and memory."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from playwright.sync_api import Playwright, sync_playwright

from assistant.model import is_stale
from benchmarks import machine
from benchmarks.__main__ import RESULTS
from benchmarks.figures import Figure, Results, Target
from benchmarks.kiosk.box import Box, enrol_far_away, interactive, wait_for_page, wake_ups, weight
from benchmarks.kiosk.sound import heard_visit
from benchmarks.kiosk.visits import CHROMIUM, browser_of_box, spoken_visits, visit
from benchmarks.processes import PortTaken, ProcessFailed
from benchmarks.table import console_for_people, show

PAGES = 7
HEARD = 2
MEMORY = {"vosk": 450, "viet-asr": 600}
"""MB a box may take, its browser apart, with each recogniser."""


def main(
    engine: Annotated[
        list[str] | None,
        typer.Option(help="Recogniser to measure; none: a box without one. Left out: none and the best."),
    ] = None,
    visits: Annotated[int, typer.Option(help="Visits before memory is read.", min=1)] = 12,
    port: Annotated[int, typer.Option(help="First of two free ports on loopback.")] = 18280,
    results: Annotated[Path, typer.Option(help="Folder for the JSON file.")] = RESULTS,
) -> None:
    """Measure a box: ``motcua kiosk`` as it stands in a commune, and visitors at its page in a real browser."""
    console = console_for_people()
    engines = engine or ["none", "viet-asr" if find_spec("vietasr") else "auto"]
    found = Results(machine.facts(), quick=visits < 10)
    found.notes.append(f"{visits} visits before memory is read; the browser's own memory is not counted.")
    try:
        if not Path(CHROMIUM).exists():
            raise ProcessFailed(f"{CHROMIUM} is missing: apt-get install chromium")
        if is_stale():
            raise ProcessFailed("no model of the present data: run `motcua train` first")
        with sync_playwright() as playwright:
            for name in engines:
                # Nobody waits for the end to see what is measured already.
                console.print(f"{name}: {datetime.now():%H:%M:%S}", style="dim")
                before = len(found.figures)
                _measure(playwright, found, name, visits, port, rests=name == engines[-1])
                for figure in found.figures[before:]:
                    console.print(f"  {figure.name}: {figure.value:.3g} {figure.unit}", style="dim")
    except (PortTaken, ProcessFailed) as failure:
        console.print(f"[red]{failure}[/red]", markup=True)
        raise typer.Exit(1) from None
    show(found, console)
    console.print(f"written: {found.write(results / 'kiosk', datetime.now().astimezone())}")


def _measure(playwright: Playwright, found: Results, engine: str, visits: int, port: int, *, rests: bool) -> None:
    """Measure a box with one recogniser.

    Args:
        rests: whether to watch it at rest, too, more than a minute: the last one, which has all processes.
    """
    bare = engine == "none"
    label = "box without recogniser" if bare else f"box with {engine}"
    browser = browser_of_box(playwright)
    with tempfile.TemporaryDirectory(prefix="motcua-box-") as scratch:
        enrol_far_away(Path(scratch))
        began = time.monotonic()
        box = Box(port, Path(scratch), engine)
        try:
            wait_for_page(browser, box)
            usable = time.monotonic() - began
            box.wait_until_ready()
            touchable = [interactive(browser, box) for _ in range(PAGES)]
            requests, kilobytes = weight(browser, box)
            rested = box.memory()
            heard = visit(playwright, box, visits, spoken=not bare)
            used = box.memory()
            at_rest = [wake_ups(browser, box)] if rests else []
            spoken = [heard_visit(browser, box) for _ in range(HEARD)] if bare else []
        finally:
            box.stop()
            browser.close()
    found.figures += [
        Figure(f"{label}: memory before visits (PSS)", "MB", (rested[0],)),
        Figure(f"{label}: memory after visits (PSS)", "MB", (used[0],)),
        Figure(f"{label}: the same, RSS added up", "MB", (used[1],)),
    ]
    # What is promised of each is in docs/decisions/0106-a-lean-box.md.
    _promised(found, f"{label}: start to an answer at its page", 20, (usable,), "s")
    _promised(found, f"{label}: page opened to touchable", 1, touchable, "s")
    if at_rest:
        _promised(found, f"{label}: wake-ups a second at rest", 10, at_rest, "")
    if engine in MEMORY:
        _promised(found, f"{label}: memory after {visits} visits", MEMORY[engine], (used[0],), "MB")
    if bare:
        _promised(found, "first visit without sound: requests", 30, (requests,), "")
        _promised(found, "first visit without sound: weight", 120, (kilobytes,), "kB")
        _promised(found, "visit heard to its end: sound", 300, [one.kilobytes for one in spoken], "kB")
        begins = [seconds for one in spoken for seconds in one.begins]
        _promised(found, "a text wanted to its sound", 0.15, begins, "s")
    else:
        found.notes.append(f"{engine}: speech became text in {heard} of {spoken_visits(visits)} spoken visits.")


def _promised(found: Results, name: str, most: float, samples: Sequence[float], unit: str) -> None:
    """A figure and, by its middle, the promise about it."""
    found.figures.append(Figure(name, unit, tuple(samples)))
    found.targets.append(Target(name, most, statistics.median(samples), unit, False))


if __name__ == "__main__":
    typer.run(main)
