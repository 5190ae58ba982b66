"""``motcua learn``: what was not understood, reviewed and labelled."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Final

import typer
from rich.console import Console, JustifyMethod
from rich.table import Table

from catalogue.store import CatalogueStore
from contract.meaning import Candidate
from installation.labels import labels_of
from installation.opening import opened
from learning.kept import KeptUtterance
from learning.labels import LabelRefused
from learning.review import Group, grouped
from runtime.messages import Message, tr, translated

SHOWN_CANDIDATES = 3
_RATING_COLUMNS: Final[tuple[tuple[Message, JustifyMethod], ...]] = (
    (Message("about"), "left"),
    (Message("helped"), "right"),
    (Message("did not"), "right"),
    (Message("name"), "left"),
)
_REVIEW_COLUMNS: Final[tuple[tuple[Message, JustifyMethod], ...]] = (
    (Message("id"), "right"),
    (Message("times"), "right"),
    (Message("last"), "left"),
    (Message("why"), "left"),
)

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="""Teach the assistant what it did not understand.

    Questions that were refused, asked back or answered wrongly are kept without personal data. Look at them,
    say what each means, and the running system answers it from then on:

    \b
    motcua learn review
    motcua learn label 12 1.001193      12 means the procedure 1.001193
    motcua learn label 13 goodbye       13 is a goodbye; `motcua train` learns it
    motcua learn drop 14                14 teaches nothing
    motcua learn ratings                what people said helped, and what did not
    """,
)
console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)

Number = Annotated[int, typer.Argument(help="Id, as `motcua learn review` shows it.", metavar="ID")]


@app.command()
def review(
    as_json: Annotated[bool, typer.Option("--json", help="Groups and utterances as JSON.")] = False,
    limit: Annotated[int, typer.Option(min=1, help="At most so many utterances, the most frequent first.")] = 50,
) -> None:
    """List what waits for a label, grouped by the nearest procedure, the most frequent first.

    Example:  motcua learn review --limit 20
    """
    with opened() as here:
        here.learning.forget_before(here.today() - timedelta(days=here.settings.learning_days))
        groups = grouped(here.learning.open(limit))
        if as_json:
            print(json.dumps([_group_json(group, here.catalogue) for group in groups], ensure_ascii=False, indent=1))
            return
        if not groups:
            console.print(tr("nothing waits for a label"))
            return
        for group in groups:
            _print_group(group, here.catalogue)
    console.print(
        tr("motcua learn label ID CODE|INTENT says what one means; motcua learn drop ID takes it off the list")
    )


@app.command()
def label(
    number: Number,
    meaning: Annotated[str, typer.Argument(help="Code of a procedure, or an intent.", metavar="CODE|INTENT")],
) -> None:
    """Say what an utterance means; it becomes training data.

    Example:  motcua learn label 12 1.001193
    """
    with opened() as here:
        try:
            done = labels_of(here).label(number, meaning)
        except LabelRefused as refused:
            errors.print(translated(refused), markup=False, soft_wrap=True)
            raise typer.Exit(1) from None
    means = f"{done.label} {done.name}" if done.at_once else done.label
    console.print(tr("“{phrase}” means {means}", phrase=done.phrase, means=means), markup=False, soft_wrap=True)
    console.print(tr("written to {file}", file=done.file), markup=False, soft_wrap=True)
    if not done.at_once:
        console.print(tr("`motcua train` learns it; restart the system afterwards"))


@app.command()
def drop(number: Number) -> None:
    """Take an utterance off the list and erase its text.

    Example:  motcua learn drop 14
    """
    with opened() as here:
        dropped = here.learning.drop(number)
    if not dropped:
        errors.print(tr("no utterance {number}: `motcua learn review` lists them with their ids", number=number))
        raise typer.Exit(1)
    console.print(tr("dropped {number}", number=number))


@app.command()
def ratings(
    as_json: Annotated[bool, typer.Option("--json", help="The same as JSON.")] = False,
) -> None:
    """What people said when they were asked whether it helped, by what was told; what did not help comes first.

    Example:  motcua learn ratings
    """
    with opened() as here:
        here.ratings.forget_before(here.today() - timedelta(days=here.settings.learning_days))
        told = here.ratings.told()
        if as_json:
            print(json.dumps([asdict(one) for one in told], ensure_ascii=False, indent=1))
            return
        if not told:
            console.print(tr("nobody was asked yet; MOTCUA_RATING_SHARE says how many are"))
            return
        table = Table(box=None, header_style="bold")
        for heading, justify in _RATING_COLUMNS:
            table.add_column(translated(heading), justify=justify)
        for one in told:
            found = here.catalogue.get(one.about) if one.about else None
            table.add_row(one.about or "-", str(one.helped), str(one.did_not), found.short_name if found else "")
    console.print(table)


def _name(code: str, catalogue: CatalogueStore) -> str:
    found = catalogue.get(code)
    return found.short_name if found is not None else tr("no longer in the catalogue")


def _group_json(group: Group, catalogue: CatalogueStore) -> dict[str, object]:
    near = {"code": group.nearest, "name": _name(group.nearest, catalogue)} if group.nearest else None
    return {
        "nearest": near,
        "times": group.times,
        "utterances": [_utterance_json(utterance, catalogue) for utterance in group.utterances],
    }


def _utterance_json(utterance: KeptUtterance, catalogue: CatalogueStore) -> dict[str, object]:
    kept = utterance.kept
    return {
        "id": utterance.id,
        "text": kept.text,
        "normalised": kept.normalised,
        "times": utterance.times,
        "reason": kept.reason,
        "channel": kept.channel,
        "intent": kept.intent,
        "answered": kept.answered,
        "first_day": utterance.first_day.isoformat(),
        "last_day": kept.day.isoformat(),
        "candidates": [
            {"code": one.code, "name": _name(one.code, catalogue), "chance": one.chance} for one in kept.candidates
        ],
    }


def _print_group(group: Group, catalogue: CatalogueStore) -> None:
    near, times = group.nearest, group.times
    title = tr("near {code} {name}", code=near, name=_name(near, catalogue)) if near else tr("near no procedure")
    console.print(tr("{title} ({times} times)", title=title, times=times), style="bold", markup=False, soft_wrap=True)
    table = Table(box=None, header_style="dim", pad_edge=False)
    for heading, justify in _REVIEW_COLUMNS:
        table.add_column(translated(heading), justify=justify, no_wrap=True)
    table.add_column(tr("said"), overflow="fold", ratio=3)
    table.add_column(tr("may mean"), overflow="fold", ratio=2)
    for utterance in group.utterances:
        kept = utterance.kept
        nearest = "\n".join(_candidate(one, catalogue) for one in kept.candidates[:SHOWN_CANDIDATES])
        cells = (
            str(utterance.id),
            str(utterance.times),
            kept.day.isoformat(),
            f"{kept.reason}, {kept.channel}",
        )
        table.add_row(*cells, _plain(kept.text), _plain(nearest))
    console.print(table)
    console.print()


def _candidate(candidate: Candidate, catalogue: CatalogueStore) -> str:
    return f"{candidate.chance:4.0%} {candidate.code} {_name(candidate.code, catalogue)}"


def _plain(text: str) -> str:
    """Without rich's markup: "[tên]" is a tag of ours."""
    return text.replace("[", r"\[")
