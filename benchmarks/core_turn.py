"""``python -m benchmarks.core_turn``: what a turn of the core costs beside one in which Rasa decides by itself.

Both cores run at once on the same model and store, and are spoken to in turns, so that whatever else the machine does
meets both; the ratio of each pair counts, not the figures.
"""

from __future__ import annotations

import asyncio
import secrets
import statistics
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from assistant.model import is_stale
from benchmarks import ways_in
from benchmarks.load import Load, WrongAnswer, talk
from benchmarks.processes import HOST, PortTaken, Process, ProcessFailed, check_port, descendants, processor_seconds
from benchmarks.system import first_answer
from benchmarks.utterances import MIX
from installation.tables import migrate
from stores.redis_server import RedisServer

CONVERSATIONS = 16
TURNS = 20
EARLY, LATE = 2, 202
"""Two turns in which a conversation of the benchmark says the same."""
OFTEN = 5
"""So many late turns that say the same, and turns 2 of conversations begun right after them: one turn is chance, and
the machine's own speed changes within a long conversation."""
START_LIMIT = 180.0


@dataclass(frozen=True)
class Promise:
    """A ratio of now to before, and what it must reach."""

    name: str
    ratios: tuple[float, ...]
    wanted: float
    at_least: bool

    @property
    def value(self) -> float:
        """The middle one."""
        return statistics.median(self.ratios)

    @property
    def is_kept(self) -> bool:
        """Whether it reaches what it must."""
        return self.value >= self.wanted if self.at_least else self.value <= self.wanted


class Core:
    """A core of its own over a given store.

    Args:
        module: what to run.
        port: the one before the core's.
        folder: for its data and log.
        redis_url: of the store.
    """

    def __init__(self, module: str, port: int, folder: Path, redis_url: str) -> None:
        check_port(port + 1)
        folder.mkdir()
        secret = secrets.token_hex(16)
        database = f"sqlite:///{folder / 'motcua.db'}"
        migrate(database)
        settings = {
            "SECRET_KEY": secret,
            "LOG_LEVEL": "WARNING",
            "PORT": str(port),
            "DATA_DIR": str(folder),
            "DATABASE_URL": database,
            "REDIS_URL": redis_url,
        }
        environment = {f"MOTCUA_{name}": value for name, value in settings.items()} | {"OMP_NUM_THREADS": "1"}
        self._process = Process([sys.executable, "-m", module], environment, folder / "core.log")
        self.say = ways_in.core(f"http://{HOST}:{port + 1}", secret)

    def wait(self) -> None:
        """Wait for a right answer.

        Raises:
            ProcessFailed: when it ends instead.
        """
        asyncio.run(first_answer(self.say, self._process, START_LIMIT))

    def load(self, name: str) -> tuple[Load, float]:
        """Sixteen conversations at once, and the processor time of a turn in ms."""
        pids = descendants(self._process.pid)
        before = processor_seconds(pids)
        load = asyncio.run(
            talk(self.say, MIX, conversations=CONVERSATIONS, turns=TURNS, name=name, on_turn=lambda: None)
        )
        return load, (processor_seconds(pids) - before) * 1000 / (CONVERSATIONS * TURNS)

    def late_to_early(self, name: str) -> float:
        """The middle of a long conversation's last turns to that of the same turn of conversations begun after it."""
        late = self._one(f"{name}-long", LATE)[LATE - 1 :: -len(MIX)][:OFTEN]
        early = [self._one(f"{name}-begun-{number}", EARLY)[EARLY - 1] for number in range(OFTEN)]
        return statistics.median(late) / statistics.median(early)

    def _one(self, name: str, turns: int) -> Sequence[float]:
        load = asyncio.run(talk(self.say, MIX, conversations=1, turns=turns, name=name, on_turn=lambda: None))
        return load.turn_seconds

    def stop(self) -> None:
        """Stop it."""
        self._process.stop()


def measure(
    cores: Mapping[str, Core], pairs: int, long: int, progress: Callable[[str], None]
) -> tuple[list[Promise], dict[str, tuple[float, float]]]:
    """The promises, and of each core its middle processor time of a turn in ms and turns a second.

    Args:
        cores: "before" and "now".
        pairs: loads of each, in turns.
        long: long conversations with the one of now.
        progress: takes what is done now.
    """
    used: dict[str, list[float]] = {name: [] for name in cores}
    speed: dict[str, list[float]] = {name: [] for name in cores}
    for number in range(pairs + 1):
        for name in sorted(cores, reverse=number % 2 == 1):
            progress(f"{name}, load {number} of {pairs}")
            load, milliseconds = cores[name].load(f"{name}-{number}")
            # The first one meets what is built on first use.
            if number:
                used[name].append(milliseconds)
                speed[name].append(load.turns_a_second)
    late: list[float] = []
    for number in range(long):
        progress(f"long conversation {number + 1} of {long}")
        late.append(cores["now"].late_to_early(str(number)))
    return (
        [
            Promise("processor time of a turn, now to before", _ratios(used["now"], used["before"]), 0.55, False),
            Promise("turns a second, now to before", _ratios(speed["now"], speed["before"]), 1.7, True),
            Promise(f"turn {LATE} to turn {EARLY}", tuple(late), 1.1, False),
        ],
        {name: (statistics.median(used[name]), statistics.median(speed[name])) for name in cores},
    )


def _ratios(ours: Sequence[float], its: Sequence[float]) -> tuple[float, ...]:
    return tuple(one / other for one, other in zip(ours, its, strict=True))


def main(
    pairs: Annotated[int, typer.Option(help="Loads of each core.")] = 5,
    long: Annotated[int, typer.Option(help="Long conversations.")] = 5,
    port: Annotated[int, typer.Option(help="First of four free ports on loopback.")] = 18180,
) -> None:
    """Measure the core's turn beside Rasa's own."""
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)
    if is_stale():
        console.print("no model of the present data: run `motcua train` first")
        raise typer.Exit(1)
    with tempfile.TemporaryDirectory(prefix="motcua-bench-") as scratch, RedisServer(Path(scratch) / "redis") as redis:
        cores: dict[str, Core] = {}
        try:
            for number, (name, module) in enumerate(
                (("before", "benchmarks.core_before"), ("now", "cli.core_process"))
            ):
                cores[name] = Core(module, port + 2 * number, Path(scratch) / name, redis.url)
            for core in cores.values():
                core.wait()
            with console.status("") as status:
                promises, figures = measure(cores, pairs, long, status.update)
        except (PortTaken, ProcessFailed, WrongAnswer, TimeoutError) as failure:
            console.print(str(failure) or "a load was not over in time")
            raise typer.Exit(1) from None
        finally:
            for core in cores.values():
                core.stop()
    _show(console, promises, figures)


def _show(console: Console, promises: Sequence[Promise], figures: Mapping[str, tuple[float, float]]) -> None:
    table = Table(title=f"A turn of the core, {CONVERSATIONS} conversations at once", title_justify="left")
    for heading in ("ratio", "median", "least", "most", "promised", ""):
        table.add_column(heading)
    for one in promises:
        table.add_row(
            one.name,
            f"{one.value:.2f}",
            f"{min(one.ratios):.2f}",
            f"{max(one.ratios):.2f}",
            f"{'at least' if one.at_least else 'at most'} {one.wanted}",
            "kept" if one.is_kept else "NOT KEPT",
        )
    console.print(table)
    for name, (milliseconds, turns) in figures.items():
        console.print(f"{name}: {milliseconds:.1f} ms of processor time a turn, {turns:.0f} turns/s")


if __name__ == "__main__":
    typer.run(main)
