"""``python -m benchmarks.calls``: media streams at once, some speaking, and how fast they are answered."""

from __future__ import annotations

import asyncio
import random
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Annotated

import aiohttp
import typer
import uvloop
from rich.console import Console

from benchmarks import machine
from benchmarks.__main__ import RESULTS
from benchmarks.calls.callers import Times, listen, talk
from benchmarks.calls.material import utterances
from benchmarks.calls.system import ANSWERS, LATE, StreamingSystem, percentile_of
from benchmarks.figures import Figure, Results, Target, percentile
from benchmarks.processes import PortTaken, ProcessFailed
from benchmarks.table import show

ONE_SPEAKS_IN = 5


def main(
    calls: Annotated[int, typer.Option(help="Streams at once.", min=1)] = 50,
    seconds: Annotated[float, typer.Option(help="How long they last.", min=10)] = 60,
    workers: Annotated[int, typer.Option(help="Recognition processes.", min=1)] = 1,
    port: Annotated[int, typer.Option(help="First of two free ports on loopback.")] = 18180,
    results: Annotated[Path, typer.Option(help="Folder for the JSON file.")] = RESULTS,
) -> None:
    """Measure calls as media streams against the real system; one caller in five speaks."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=150)
    sounds, spoken = utterances()
    found = Results(machine.facts(), quick=seconds < 30)
    found.notes += [
        f"{calls} streams for {seconds:.0f} s, one in {ONE_SPEAKS_IN} speaking: {spoken}; "
        f"{workers} recognition process(es). The callers run on the same cores.",
        "answers to speech are counted from the end of the pause that ends a sentence.",
    ]
    try:
        with tempfile.TemporaryDirectory(prefix="motcua-calls-") as scratch:
            system = StreamingSystem(port, Path(scratch), workers)
            try:
                system.wait()
                _measure(system, found, calls, seconds, sounds)
            finally:
                system.stop()
    except (PortTaken, ProcessFailed) as failure:
        console.print(f"[red]{failure}[/red]", markup=True)
        raise typer.Exit(1) from None
    show(found, console)
    console.print(f"written: {found.write(results / 'calls', datetime.now().astimezone())}")


def _measure(system: StreamingSystem, found: Results, calls: int, seconds: float, sounds: list[bytes]) -> None:
    # The first call makes what all others hear; no figure should be about an empty cache.
    uvloop.run(_calls(system, 2, 10, sounds))
    late, own, whole = (system.buckets(LATE), *(system.buckets(ANSWERS, part=part) for part in ("own", "whole")))
    times = uvloop.run(_calls(system, calls, seconds, sounds))
    late_p99 = percentile_of(late, system.buckets(LATE), 0.99)
    own_p95 = percentile_of(own, system.buckets(ANSWERS, part="own"), 0.95)
    whole_p95 = percentile_of(whole, system.buckets(ANSWERS, part="whole"), 0.95)
    add = found.figures.append
    for name, values in (
        ("key to first sound of the answer", times.key_to_sound),
        ("key to silence", times.key_to_clear),
        ("speech to silence (barge-in)", times.speech_to_clear),
        ("end of speech to first sound", times.speech_to_sound),
    ):
        if values:
            add(Figure(f"{name}, median of {len(values)}", "ms", (1000 * percentile(values, 0.5),)))
            add(Figure(f"{name}, p95", "ms", (1000 * percentile(values, 0.95),)))
    add(Figure("end of turn to first sound without recogniser, p95 (server)", "ms", (1000 * own_p95,)))
    add(Figure("end of turn to first sound, whole, p95 (server)", "ms", (1000 * whole_p95,)))
    add(Figure("frame late, p99 (server)", "ms", (1000 * late_p99,)))
    add(Figure(f"pieces of sound that came too late, of {times.pieces}", "", (float(len(times.gaps)),)))
    why = f"load {found.machine['load before']} before the run" if float(found.machine["load before"]) > 1 else ""
    wanted = [
        ("end of turn to first sound, recogniser excluded, p95", 250.0, 1000 * own_p95),
        ("end of turn to first sound, p95", 900.0, 1000 * whole_p95),
        ("a frame late, p99", 40.0, 1000 * late_p99),
    ]
    if times.speech_to_clear:
        wanted.append(("speech to silence, p95", 200.0, 1000 * percentile(times.speech_to_clear, 0.95)))
    found.targets = [Target(promise, limit, got, "ms", False, why) for promise, limit, got in wanted]


async def _calls(system: StreamingSystem, calls: int, seconds: float, sounds: list[bytes]) -> Times:
    times, chance = Times(), random.Random(7)
    async with aiohttp.ClientSession(trust_env=False, connector=aiohttp.TCPConnector(limit=0)) as session:
        callers = []
        for _ in range(calls):
            callers.append(await system.call(session))
            await asyncio.sleep(0.05)
        doing = [
            talk(caller, seconds, times, random.Random(chance.random()), sounds)
            if place % ONE_SPEAKS_IN == 0
            else listen(caller, seconds, times, random.Random(chance.random()))
            for place, caller in enumerate(callers)
        ]
        await asyncio.gather(*doing)
        for caller in callers:
            times.gaps += caller.gaps
            times.pieces += len(caller.arrivals)
            await caller.stop()
            await caller.finish()
    return times


if __name__ == "__main__":
    typer.run(main)
