"""``python -m benchmarks.calls``: media streams at once, some speaking, and how fast they are answered."""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import aiohttp
import typer
import uvloop

from benchmarks import machine
from benchmarks.__main__ import RESULTS
from benchmarks.calls.callers import Times, listen, talk
from benchmarks.calls.material import utterances
from benchmarks.calls.stream_caller import StreamCaller
from benchmarks.calls.system import ANSWERS, LATE, PREPARED, StreamingSystem, percentile_of, share_above
from benchmarks.figures import Figure, Results, Target, percentile
from benchmarks.processes import PortTaken, ProcessFailed
from benchmarks.table import console_for_people, show
from channels.phone.calls.session import WAITS
from installation.recognition import models_of
from runtime.settings import Settings
from runtime.settings import load as load_settings
from speech.errors import EngineMissing
from speech.recognition import engines

ONE_SPEAKS_IN = 5
FEW = (1, 10)
"""Calls at once that a commune has; measured before many."""
WAIT_SECONDS = WAITS[0][0]
DEAF = ("no engine", "none")
"""What recognition is called where nothing is recognised: then no figure is about answers to speech."""


def main(
    calls: Annotated[int, typer.Option(help="Streams at once.", min=1)] = 50,
    seconds: Annotated[float, typer.Option(help="How long they last.", min=10)] = 60,
    workers: Annotated[int | None, typer.Option(help="Recognition processes; default: as set up.", min=1)] = None,
    prepared: Annotated[int | None, typer.Option(help="Answers prepared at pauses; default: as set up.", min=0)] = None,
    port: Annotated[int, typer.Option(help="First of two free ports on loopback.")] = 18180,
    results: Annotated[Path, typer.Option(help="Folder for the JSON file.")] = RESULTS,
) -> None:
    """Measure calls as media streams against the real system; one caller in five speaks."""
    console = console_for_people()
    given = {"recogniser_workers": workers, "voice_prepared": prepared}
    settings = load_settings(voice_stream=True, **{name: value for name, value in given.items() if value is not None})
    engine = _engine(settings)
    sounds, spoken = utterances()
    found = Results(machine.facts(), quick=seconds < 30)
    found.notes += [
        f"{FEW}, then {calls} streams for {seconds:.0f} s each, one in {ONE_SPEAKS_IN} speaking: {spoken}; "
        f"{settings.recognisers} recognition process(es), {engine}, {settings.voice_prepared} answers prepared. "
        "The callers run on the same cores.",
        "answers to speech are counted from the last syllable where that is said, else from the end of the turn.",
    ]
    try:
        with tempfile.TemporaryDirectory(prefix="motcua-calls-") as scratch:
            system = StreamingSystem(port, Path(scratch), settings.recognisers, settings.voice_prepared)
            try:
                system.wait()
                _measure(system, found, calls, seconds, sounds, hears=engine not in DEAF)
            finally:
                system.stop()
    except (PortTaken, ProcessFailed) as failure:
        console.print(f"[red]{failure}[/red]", markup=True)
        raise typer.Exit(1) from None
    show(found, console)
    console.print(f"written: {found.write(results / 'calls', datetime.now().astimezone())}")


def _engine(settings: Settings) -> str:
    """What the calls are recognised with."""
    try:
        return engines.choose(settings.speech_engine, models_of(settings)).spec.name
    except EngineMissing:
        return DEAF[0]


@dataclass(frozen=True)
class Phase:
    """What some calls at once came to; times in milliseconds."""

    times: Times
    own_p50: float
    own_p95: float
    whole_p95: float
    waited: float
    """Share of answers that took so long that callers were asked to wait."""
    late_p99: float
    voice_share: float
    """Of one processor core, used by the voice process."""
    recogniser_share: float
    prepared: tuple[float, float]
    """Turns whose answer was prepared, and those for which that of fewer words was."""


def _phase(system: StreamingSystem, calls: int, seconds: float, sounds: list[bytes]) -> Phase:
    def answers(part: str) -> dict[float, float]:
        return system.buckets(ANSWERS, part=part)

    ahead = [system.count(PREPARED, used=used) for used in ("yes", "no")]
    late, own, whole = system.buckets(LATE), answers("own"), answers("whole")
    began, voice, recogniser = time.monotonic(), system.voice_seconds(), system.recogniser_seconds()
    times = uvloop.run(_calls(system, calls, seconds, sounds))
    took = time.monotonic() - began
    return Phase(
        times,
        1000 * percentile_of(own, answers("own"), 0.5),
        1000 * percentile_of(own, answers("own"), 0.95),
        1000 * percentile_of(whole, answers("whole"), 0.95),
        share_above(whole, answers("whole"), WAIT_SECONDS),
        1000 * percentile_of(late, system.buckets(LATE), 0.99),
        (system.voice_seconds() - voice) / took,
        (system.recogniser_seconds() - recogniser) / took,
        (system.count(PREPARED, used="yes") - ahead[0], system.count(PREPARED, used="no") - ahead[1]),
    )


def _measure(
    system: StreamingSystem, found: Results, calls: int, seconds: float, sounds: list[bytes], *, hears: bool
) -> None:
    # The first calls make what all others hear; no figure should be about an empty cache.
    uvloop.run(_calls(system, 2, 10, sounds))
    phases = {count: _phase(system, count, seconds, sounds) for count in dict.fromkeys((*FEW, calls))}
    for count, phase in phases.items():
        found.figures += _figures(count, phase)
    few, many = phases[FEW[-1]], phases[calls]
    busy = float(found.machine["load before"]) > 1
    why = f"The machine was busy before the run: load {found.machine['load before']}." if busy else ""
    found.targets = [
        Target(promise, limit, got, "ms", False, why)
        for promise, limit, got in (
            ("end of turn to first sound, recogniser excluded, p95", 250.0, few.own_p95),
            *(
                (f"{count} calls: last syllable to first sound, {name}", limit, got if hears else float("nan"))
                for count in FEW
                for name, limit, got in (
                    ("median", 600.0, _middle(phases[count].times.speech_to_sound)),
                    ("p95", 900.0, _p95(phases[count].times.speech_to_sound)),
                )
            ),
            (f"{calls} calls: end of turn to first sound, p95", 1500.0, many.whole_p95 if hears else float("nan")),
            (f"a frame late with {calls} calls, p99", 40.0, many.late_p99),
        )
    ]


def _figures(calls: int, phase: Phase) -> list[Figure]:
    times = phase.times
    measured = {
        "key to first sound of the answer, p95": _p95(times.key_to_sound),
        "key to silence, p95": _p95(times.key_to_clear),
        "speech to silence, p95": _p95(times.speech_to_clear),
        "last syllable to first sound, median": _middle(times.speech_to_sound),
        "last syllable to first sound, p95": _p95(times.speech_to_sound),
        "end of turn to first sound, recogniser excluded, median": phase.own_p50,
        "end of turn to first sound, recogniser excluded, p95": phase.own_p95,
        "end of turn to first sound, p95": phase.whole_p95,
        "a frame late, p99": phase.late_p99,
    }
    found = [Figure(f"{calls} calls: {name}", "ms", (value,)) for name, value in measured.items()]
    found.append(Figure(f"{calls} calls: pieces of sound too late, of {times.pieces}", "", (float(len(times.gaps)),)))
    found.append(Figure(f"{calls} calls: answers after being asked to wait", "%", (100 * phase.waited,)))
    for name, value in zip(("in time", "in vain"), phase.prepared, strict=True):
        found.append(Figure(f"{calls} calls: answers prepared {name}", "", (value,)))
    found.append(Figure(f"{calls} calls: sentences not answered", "", (float(times.unanswered),)))
    found.append(Figure(f"{calls} calls: ended by the system", "", (float(times.ended),)))
    found.append(Figure(f"{calls} calls: voice process", "% of a core", (100 * phase.voice_share,)))
    found.append(Figure(f"{calls} calls: recognisers", "% of a core", (100 * phase.recogniser_share,)))
    return found


def _p95(values: list[float]) -> float:
    return 1000 * percentile(values, 0.95) if values else float("nan")


def _middle(values: list[float]) -> float:
    return 1000 * percentile(values, 0.5) if values else float("nan")


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
        await asyncio.gather(*(_hold(caller, held, times) for caller, held in zip(callers, doing, strict=True)))
    return times


async def _hold(caller: StreamCaller, doing: Coroutine[Any, Any, None], times: Times) -> None:
    """One call to its end. Who has done hangs up at once: a line without sound is given up by the other side."""
    try:
        await doing
        await caller.stop()
    except aiohttp.ClientConnectionError:
        times.ended += 1
    finally:
        times.gaps += caller.gaps
        times.pieces += len(caller.arrivals)
        await caller.finish()


if __name__ == "__main__":
    typer.run(main)
