"""The measurements, in the order they are taken; ours and the reference's in turns."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import commands
from benchmarks.figures import Figure, Results
from benchmarks.load import Load, Say, talk
from benchmarks.plan import Plan
from benchmarks.processes import processor_seconds
from benchmarks.reference_system import Reference
from benchmarks.sms import SmsBench
from benchmarks.system import System
from benchmarks.utterances import MIX, REFERENCE_MIX, Said

# Stock Rasa 3.6.21, `rasa init`, TensorFlow and DIET, Python 3.10, on two cores of the same kind of machine.
RECORDED_START = 59.0
RECORDED_MEMORY = 1142.0
RECORDED_TURNS = 21.0
RECORDED_TURN = 41.0

TURNS_AT_ONCE = "turns, core"
CORE_MEMORY = "memory of the core (PSS)"
START = "start to first answer"
UTTERANCE = "understanding an utterance, median"
HELP = "motcua --help"


@dataclass
class Bench:
    """One run.

    Args:
        plan: how much.
        port: first of four ports.
        folder: for everything that is written.
        model: the reference's; None leaves the reference out.
        progress: takes what is done now, and how many turns were taken.
    """

    plan: Plan
    port: int
    folder: Path
    model: Path | None
    progress: Callable[[str, int], None]

    def run(self, results: Results) -> None:
        """Measure everything that can be measured; all processes are stopped whatever happens."""
        results.add("turns, starts and memory", lambda: self._turns(results))
        results.add("text messages", SmsBench(self.plan, self.port, self.folder / "sms", self.progress).run)
        results.add("commands", self._commands)

    def _turns(self, results: Results) -> list[Figure]:
        started: list[float] = []
        its_start: list[float] = []
        system: System | None = None
        reference: Reference | None = None
        try:
            for number in range(self.plan.starts):
                if system is not None:
                    system.stop()
                if reference is not None:
                    reference.stop()
                self.progress(f"start {number + 1}", 0)
                system = System(self.port, self._folder(f"system-{number}"))
                started.append(system.wait_for_first_answer())
                if self.model is not None:
                    reference = Reference(self.port + 2, self._folder(f"reference-{number}"), self.model)
                    its_start.append(reference.wait_for_first_answer())
            assert system is not None
            ours, its = system, reference
            results.add("speed", lambda: self._speed(ours, its))
            results.add("a long conversation", lambda: self._long_conversation(ours, its))
            results.add("memory", lambda: self._memory(ours, its))
            return [Figure(START, "s", tuple(started), tuple(its_start), RECORDED_START)]
        finally:
            if system is not None:
                system.stop()
            if reference is not None:
                reference.stop()

    def _folder(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir()
        return folder

    def _talk(self, say: Say, mix: Sequence[Said], conversations: int, turns: int, name: str) -> Load:
        return asyncio.run(
            talk(
                say,
                mix,
                conversations=conversations,
                turns=turns,
                name=name,
                on_turn=lambda: self.progress("", 1),
            )
        )

    def _speed(self, system: System, reference: Reference | None) -> list[Figure]:
        plan = self.plan
        ways: dict[str, tuple[Say, Sequence[Said]]] = {
            "core": (system.core, MIX),
            "API": (system.gateway, MIX),
            "SMS": (system.sms, MIX),
        }
        if reference is not None:
            ways["reference"] = (reference.rest, REFERENCE_MIX)
        at_once: dict[str, list[Load]] = {name: [] for name in ways}
        single: dict[str, list[Load]] = {name: [] for name in ways}
        pids = {"core": system.core_pids(), "reference": reference.pids() if reference is not None else []}
        used: dict[str, list[float]] = {name: [] for name in ways}
        for number in range(plan.repetitions):
            for name, (say, mix) in ways.items():
                self.progress(f"{name}: {plan.conversations} conversations at once", 0)
                before = processor_seconds(pids.get(name, []))
                at_once[name].append(self._talk(say, mix, plan.conversations, plan.turns, f"at-once-{name}-{number}"))
                seconds = processor_seconds(pids.get(name, [])) - before
                used[name].append(seconds * 1000 / (plan.conversations * plan.turns))
                if name in ("core", "reference"):
                    # Six turns a conversation, as people have, so that its length plays no part.
                    self.progress(f"{name}: one conversation after the other", 0)
                    single[name].append(self._one_after_the_other(say, mix, f"single-{name}-{number}"))
        its = at_once.get("reference", [])
        figures = []
        for name in ("core", "API", "SMS"):
            recorded = RECORDED_TURNS if name == "core" else None
            figures.append(
                Figure(
                    f"turns, {name}",
                    "turns/s",
                    _each(at_once[name], "turns_a_second"),
                    _each(its, "turns_a_second"),
                    recorded,
                    more_is_better=True,
                )
            )
            figures += [
                Figure(
                    f"a turn of {plan.conversations} at once, {name}, {label}",
                    "ms",
                    _each(at_once[name], what),
                    _each(its, what),
                )
                for label, what in (("median", "median_ms"), ("p95", "p95_ms"))
            ]
        figures.append(
            Figure("processor time of a turn, core", "ms", tuple(used["core"]), tuple(used.get("reference", [])))
        )
        alone = single.get("reference", [])
        figures.append(
            Figure(
                "a turn alone, core, median",
                "ms",
                _each(single["core"], "median_ms"),
                _each(alone, "median_ms"),
                RECORDED_TURN,
            )
        )
        figures.append(Figure("a turn alone, core, p95", "ms", _each(single["core"], "p95_ms"), _each(alone, "p95_ms")))
        return figures

    def _one_after_the_other(self, say: Say, mix: Sequence[Said], name: str) -> Load:
        loads = [
            self._talk(say, mix, 1, min(6, self.plan.single_turns), f"{name}-{number}")
            for number in range(max(1, self.plan.single_turns // 6))
        ]
        times = tuple(seconds for load in loads for seconds in load.turn_seconds)
        return Load(times, sum(load.seconds for load in loads))

    def _long_conversation(self, system: System, reference: Reference | None) -> list[Figure]:
        """Turns 3 to 10 and the last eight of long conversations; the first two open the session."""
        self.progress("long conversations", 0)
        early: dict[str, list[float]] = {"ours": [], "reference": []}
        late: dict[str, list[float]] = {"ours": [], "reference": []}
        for number in range(self.plan.long_conversations):
            ways = [("ours", system.core, MIX)]
            if reference is not None:
                ways.append(("reference", reference.rest, REFERENCE_MIX))
            for name, say, mix in ways:
                load = self._talk(say, mix, 1, self.plan.long_turns, f"long-{name}-{number}")
                early[name].append(statistics.median(load.turn_seconds[2:10]) * 1000)
                late[name].append(statistics.median(load.turn_seconds[-8:]) * 1000)
        turns = self.plan.long_turns
        return [
            Figure("a turn early in a conversation", "ms", tuple(early["ours"]), tuple(early["reference"])),
            Figure(f"the same at turn {turns}", "ms", tuple(late["ours"]), tuple(late["reference"])),
        ]

    def _memory(self, system: System, reference: Reference | None) -> list[Figure]:
        turns = self.plan.memory_turns
        self.progress(f"memory after {turns} turns", 0)
        conversations = min(10, turns)
        self._talk(system.core, MIX, conversations, turns // conversations, "memory")
        core, whole = system.core_memory(), system.whole_memory()
        its = its_whole = None
        if reference is not None:
            self._talk(reference.rest, REFERENCE_MIX, conversations, turns // conversations, "memory")
            its, its_whole = reference.server_memory(), reference.whole_memory()

        def figure(name: str, ours: float, theirs: float | None, recorded: float | None = None) -> Figure:
            return Figure(name, "MB", (ours,), () if theirs is None else (theirs,), recorded)

        return [
            figure(CORE_MEMORY, core[0], its[0] if its else None, RECORDED_MEMORY),
            figure("memory of the core (RSS)", core[1], its[1] if its else None),
            figure("memory of the whole system (PSS)", whole[0], its_whole[0] if its_whole else None),
            figure("memory of the whole system (RSS)", whole[1], its_whole[1] if its_whole else None),
        ]

    def _commands(self) -> list[Figure]:
        plan, folder = self.plan, self._folder("commands")
        self.progress("understanding, and the command line", 0)
        repetitions = range(plan.repetitions)
        alone = [commands.understanding(plan.utterances, folder) for _ in repetitions]
        lines = [commands.lines_a_second(plan.utterances, folder) for _ in repetitions]
        helped = [commands.seconds_of(["--help"], folder) for _ in repetitions]
        listed = [commands.seconds_of(["settings"], folder) for _ in repetitions]
        return [
            Figure(UTTERANCE, "ms", tuple(found.median_ms for found in alone)),
            Figure("understanding an utterance, p95", "ms", tuple(found.p95_ms for found in alone)),
            Figure("motcua understand", "lines/s", tuple(lines), more_is_better=True),
            Figure(HELP, "s", tuple(helped)),
            Figure("motcua settings", "s", tuple(listed)),
        ]


def _each(loads: Sequence[Load], what: str) -> tuple[float, ...]:
    return tuple(getattr(load, what) for load in loads)
