"""What this project promises about its speed and memory, and whether a run kept it."""

from __future__ import annotations

from benchmarks.figures import Results, Target
from benchmarks.measuring import (
    CORE_MEMORY,
    HELP,
    RECORDED_MEMORY,
    RECORDED_TURNS,
    START,
    TURNS_AT_ONCE,
    UTTERANCE,
)
from benchmarks.sms import GROWTH, HANDED, IN_TIME, STORED


def judge(results: Results) -> list[Target]:
    """The promises, with the figures of this run."""

    def got(name: str) -> float:
        return results.value(name)

    busy = _excuse(results)
    return [
        Target(
            "four times the turns of stock Rasa (recorded), 16 conversations at once",
            4 * RECORDED_TURNS,
            got(TURNS_AT_ONCE),
            "turns/s",
            True,
            busy,
        ),
        Target("a quarter of stock Rasa's memory, recorded", RECORDED_MEMORY / 4, got(CORE_MEMORY), "MB", False),
        Target("first answer after the core's start", 15, got(START), "s", False, busy),
        Target("understanding an utterance", 3, got(UTTERANCE), "ms", False, busy),
        Target("motcua --help", 1, got(HELP), "s", False, busy),
        *judge_sms(results),
    ]


def judge_sms(results: Results) -> list[Target]:
    """What is promised of text messages."""

    def got(name: str) -> float:
        return results.value(name)

    busy = _excuse(results)
    return [
        Target(STORED, 50, got(STORED), "ms", False, busy),
        Target(IN_TIME, 95, got(IN_TIME), "%", True, busy),
        Target(HANDED, 300, got(HANDED), "messages/s", True, busy),
        # A megabyte in 10,000 would be ten in 100,000: a heap that settles, no leak.
        Target(GROWTH, 1, got(GROWTH), "MB", False, busy),
    ]


def _excuse(results: Results) -> str:
    load = float(results.machine["load before"])
    cores = int(results.machine["cores"])
    if results.quick:
        return "A quick run is too short to tell."
    return f"The machine was busy before the run: load {load:.1f} on {cores} cores." if load > cores / 2 else ""
