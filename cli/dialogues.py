"""What ``motcua eval`` does with the development dialogues: plays them, prints figures, failures and samples."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import typer
import yaml
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from assistant.dialogues import DialoguesUnreadable, Judged, figures_of, read_dialogues, shares_of
from assistant.evaluation import Share
from installation.dialogues import play
from runtime.messages import reason_of, tr, translated
from runtime.settings import Settings

errors = Console(stderr=True, highlight=False)


KEPT_BACK = "kept_back"
"""Folder of the dialogues that no weight is fitted on."""


def played(settings: Settings, kept_back: bool = False) -> list[Judged]:
    """Every judged turn of the installation's dialogues, with a bar for whoever waits.

    Args:
        settings: of the installation.
        kept_back: those no weight is fitted on instead of the others.
    """
    folder = settings.nlu_data_path / "eval" / "dialogues"
    try:
        dialogues = read_dialogues(folder / KEPT_BACK if kept_back else folder)
    except DialoguesUnreadable as error:
        errors.print(f"[red]{translated(error)}[/red]")
        raise typer.Exit(1) from None
    with Progress(console=errors, transient=True) as bar:
        task = bar.add_task(tr("dialogues"), total=len(dialogues))
        return play(dialogues, settings, lambda: bar.advance(task))


def figures_by_name(judged: Sequence[Judged]) -> dict[str, Share]:
    """The shares as ``--json`` and the baseline name them."""
    return {f"dialogues/{name}": share for name, share in shares_of(figures_of(judged)).items()}


def print_figures(judged: Sequence[Judged]) -> None:
    """The table by kind, and a line that says how many were judged."""
    table = Table(box=None, header_style="bold")
    table.add_column(tr("dialogues"))
    for heading in (tr("right"), tr("of"), tr("95 % interval")):
        table.add_column(heading, justify="right")
    for name, share in shares_of(figures_of(judged)).items():
        low, high = share.interval()
        table.add_row(name, f"{share.rate:.1%}", str(share.total), tr("{low:.1%} to {high:.1%}", low=low, high=high))
    Console().print(table)
    conversations = len({one.dialogue.name for one in judged})
    caused = sum(one.had_side_effect for one in judged)
    ordinary = sum(one.turn.expect.no_side_effect for one in judged)
    Console().print(
        tr("side effects: {caused} of {ordinary} sentences that must have none", caused=caused, ordinary=ordinary)
    )
    Console().print(
        tr("judged: {count} turns of {conversations} conversations", count=len(judged), conversations=conversations)
    )


def sample(judged: Sequence[Judged], count: int, seed: int) -> str:
    """So many replies with the talk before them as YAML, for people to grade from 0 (harmful) to 3 (exact)."""
    chosen = random.Random(seed).sample(list(judged), min(count, len(judged)))
    return yaml.safe_dump([_entry(one) for one in chosen], allow_unicode=True, sort_keys=False, width=110)


def _entry(one: Judged) -> Mapping[str, object]:
    said = [turn.say or turn.digits or str(turn.event) for turn in one.dialogue.turns[: one.number]]
    # Written apart from the conversation's number: a file that has grown since still says what was asked.
    return {
        "turn": f"{one.dialogue.name}.{one.number}",
        "channel": str(one.dialogue.channel),
        "said": said,
        "reply": one.heard.shown,
        "grade": None,
    }


def write(path: Path, text: str) -> None:
    """Write a file, or say in a sentence why not."""
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        errors.print(f"[red]{tr('{path} cannot be written: {reason}', path=path, reason=reason_of(error))}[/red]")
        raise typer.Exit(1) from None
