"""``python -m benchmarks``: measure, print the table, write the JSON file."""

from __future__ import annotations

import tempfile
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from assistant.model import is_stale
from benchmarks import machine, reference_system
from benchmarks.figures import Figure, Results
from benchmarks.load import WrongAnswer
from benchmarks.measuring import Bench
from benchmarks.plan import QUICK, Plan
from benchmarks.processes import PortTaken, ProcessFailed, check_port
from benchmarks.sms import SmsBench
from benchmarks.table import console_for_people, show
from benchmarks.targets import judge, judge_sms

RESULTS = Path(__file__).parent / "results"
NOTES = (
    "reference, this run: Rasa's stock components without TensorFlow, custom action over its HTTP action "
    "server, conversations in memory.",
    "stock Rasa, recorded: 3.6.21 as `rasa init` makes it, TensorFlow and DIET, Python 3.10, two cores; "
    "plain utterances only; measured once, not in this run.",
)


def main(
    quick: Annotated[bool, typer.Option("--quick", help="A few turns of everything: does it work?")] = False,
    reference: Annotated[bool, typer.Option(help="Measure stock Rasa's shape beside ours.")] = True,
    sms_only: Annotated[bool, typer.Option("--sms-only", help="Measure text messages alone.")] = False,
    port: Annotated[int, typer.Option(help="First of four free ports on loopback.")] = 18080,
    results: Annotated[Path, typer.Option(help="Folder for the JSON file.")] = RESULTS,
) -> None:
    """Measure speed and memory of the real system beside stock Rasa's shape."""
    console = console_for_people()
    try:
        _measure(console, QUICK if quick else Plan(), quick, reference, sms_only, port, results)
    except (PortTaken, ProcessFailed, WrongAnswer, TimeoutError) as failure:
        console.print(f"[red]{str(failure) or 'a load was not over in time'}[/red]", markup=True)
        raise typer.Exit(1) from None


def _measure(
    console: Console, plan: Plan, quick: bool, reference: bool, sms_only: bool, port: int, folder: Path
) -> None:
    if is_stale():
        # `motcua up` would train first, and the start and its memory would be those of a training.
        raise ProcessFailed("no model of the present data: run `motcua train` first")
    for wanted in range(port, port + 4):
        check_port(wanted)
    found = Results(machine.facts(), quick, notes=list(NOTES))
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed}/{task.total} turns"),
    )
    with (
        tempfile.TemporaryDirectory(prefix="motcua-bench-") as scratch,
        Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar,
    ):
        total = plan.texts if sms_only else plan.steps(reference)
        task = bar.add_task("training the reference" if reference and not sms_only else "", total=total)

        def progress(what: str, turns: int) -> None:
            bar.update(task, advance=turns, description=what or None)

        if sms_only:
            found.add("text messages", SmsBench(plan, port, Path(scratch) / "sms", progress).run)
        else:
            model: list[Path] = []

            def train_reference() -> list[Figure]:
                model.append(reference_system.trained_model(Path(scratch)))
                return []

            if reference:
                found.add("the reference, which was not trained", train_reference)
            Bench(plan, port, Path(scratch), next(iter(model), None), progress).run(found)
    found.targets = judge_sms(found) if sms_only else judge(found)
    show(found, console)
    console.print(f"written: {found.write(folder, datetime.now().astimezone())}")
    if found.failures:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
