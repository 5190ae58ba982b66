"""``motcua catalogue``: import, list, show and check procedures."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
import yaml
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from catalogue.changes_text import changes_to_json, render_changes
from catalogue.check import check as run_check
from catalogue.check_text import render_text, to_json
from catalogue.field_changes import Subject
from catalogue.record import Origin, Procedure
from catalogue.report import Progress as ImportProgress
from catalogue.report import import_to_json, render_import
from channels.rendering.plainness import plainness
from channels.rendering.render import render
from cli.fetching import fetch
from cli.reach import reach as measured
from cli.reach import reach_to_json, render_reach
from cli.reading_text import reading_to_json, render_reading
from contract.aspects import Aspect
from contract.turn import Channel
from installation.opening import opened
from runtime.messages import Message, tr

MOST_ASKED = "most_asked.yml"
"""Codes of the procedures people ask for most, in the folder of language data."""

app = typer.Typer(help="The procedures the assistant answers from.", no_args_is_help=True, add_completion=False)
app.command()(fetch)
console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


@app.command("import")
def import_(
    paths: Annotated[list[Path], typer.Argument(help="Files or folders of published records; the format is detected.")],
    as_json: Annotated[bool, typer.Option("--json", help="The report as JSON.")] = False,
) -> None:
    """Import published records into the data folder's database; importing twice changes nothing."""
    if missing := [str(path) for path in paths if not path.exists()]:
        raise typer.BadParameter(Message("no such file or folder: {missing}", missing=", ".join(missing)))
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[records]} " + tr("records")),
        TimeRemainingColumn(), console=errors, transient=True,
    )  # fmt: skip
    with opened(with_tables=False) as here, bar:
        task = bar.add_task(tr("reading"), total=1.0, records=0)

        def show(progress: ImportProgress) -> None:
            bar.update(task, description=progress.file, completed=progress.fraction, records=progress.records)

        report = here.catalogue.import_paths(paths, show)
        told = json.dumps(import_to_json(report), ensure_ascii=False) if as_json else render_import(report)
    print(told)


@app.command("list")
def list_(
    search: Annotated[str, typer.Argument(help="Only names or codes that contain this.")] = "",
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """List all procedures."""
    with opened(with_tables=False) as here:
        rows = [
            row
            for row in here.catalogue.light()
            if search.casefold() in f"{row.code} {row.short_name} {row.official_name}".casefold()
        ]
    if as_json:
        fields = [{"code": r.code, "name": r.short_name, "field": r.field, "origin": r.origin} for r in rows]
        print(json.dumps(fields, ensure_ascii=False, indent=1))
        return
    table = Table(box=None, header_style="bold")
    for heading in (tr("code"), tr("name"), tr("field"), tr("origin")):
        table.add_column(heading)
    for row in rows:
        table.add_row(row.code, row.short_name, row.field, row.origin)
    console.print(table)
    console.print(tr("{count} procedures", count=len(rows)))


@app.command()
def show(
    code: Annotated[str, typer.Argument(help="National code, e.g. 1.001193.")],
    aspect: Annotated[Aspect, typer.Option(help="What to ask for.")] = Aspect.OVERVIEW,
    channel: Annotated[Channel, typer.Option(help="Rendered for this channel.")] = Channel.KIOSK,
    as_json: Annotated[bool, typer.Option("--json", help="The whole record instead.")] = False,
) -> None:
    """Show a procedure as a citizen would get it."""
    with opened(with_tables=False) as here:
        procedure = here.catalogue.get(code) if as_json else here.catalogue.current(code)
        if procedure is None:
            errors.print(
                tr(
                    "no procedure {code}; `motcua catalogue list` shows all, `motcua catalogue import` adds some",
                    code=code,
                )
            )
            raise typer.Exit(1)
        if as_json:
            print(json.dumps(procedure.to_json(), ensure_ascii=False, indent=1))
            return
        reply = here.procedure_answers.reply(procedure, aspect, asked_code=code)
        rendered = render(reply, channel, here.settings)
    for page in (rendered.text, *[page.text for page in rendered.more]):
        console.print(page, markup=False)
        console.print()


@app.command()
def check(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Report what is stale, flagged, superseded or incomplete."""
    with opened(with_tables=False) as here:
        report = run_check(here.catalogue, here.today(), stale_after_days=here.settings.stale_after_days)
        print(json.dumps(to_json(report), ensure_ascii=False, indent=1) if as_json else render_text(report))


_SIDES = {
    Subject.DECISION: Aspect.LEGAL_BASIS,
    Subject.FEE: Aspect.FEE,
    Subject.TIME: Aspect.TIME,
    Subject.PAPERS: Aspect.PAPERS,
    Subject.AGENCY: Aspect.WHERE,
}


@app.command()
def changes(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """List what newer records change, field by field, and what citizens hear meanwhile."""
    with opened(with_tables=False) as here:
        store, answers = here.catalogue, here.procedure_answers

        def meanwhile(procedure: Procedure, subject: Subject) -> str:
            now = store.current(procedure.code) or procedure
            reply = answers.reply(now, _SIDES[subject], first=False)
            return " ".join([reply.short, *reply.details])

        found, replaced = store.differences(), store.replaced()
        if as_json:
            print(json.dumps(changes_to_json(found, replaced, meanwhile), ensure_ascii=False, indent=1))
        else:
            console.print(render_changes(found, replaced, meanwhile), markup=False)


_READ = (Aspect.OVERVIEW, Aspect.PAPERS, Aspect.FEE, Aspect.TIME, Aspect.WHERE, Aspect.CONDITIONS, Aspect.STEPS)


@app.command()
def read(
    code: Annotated[str, typer.Argument(help="National code, e.g. 1.001193.")],
    aspect: Annotated[list[Aspect] | None, typer.Option(help="Only these sides; may be given several times.")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Read an answer as an editor does: on every channel, with segments, seconds and long sentences marked."""
    with opened(with_tables=False) as here:
        procedure = here.catalogue.current(code)
        if procedure is None:
            errors.print(tr("no procedure {code}; `motcua catalogue list` shows all", code=code))
            raise typer.Exit(1)
        found = {
            side: plainness(here.procedure_answers.reply(procedure, side, first=False), here.settings)
            for side in aspect or _READ
        }
    if as_json:
        told = {side: reading_to_json(one) for side, one in found.items()}
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return
    for side, one in found.items():
        console.print(render_reading(side, one), markup=False)
        console.print()


@app.command()
def reach(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Measure how far the answers are usable and plain, each figure beside its goal; fails where one is missed."""
    with opened(with_tables=False) as here:
        named = here.settings.nlu_data_path / MOST_ASKED
        file = yaml.safe_load(named.read_text(encoding="utf-8")) if named.exists() else None
        codes = (file or {}).get("codes") or ()
        written = [one for one in here.catalogue.all() if one.origin is Origin.HANDWRITTEN]
        if not {one.code for one in written} & {*codes}:
            errors.print(
                tr(
                    "{file} names no procedure that is written here: put the codes of those asked most there",
                    file=named,
                )
            )
            raise typer.Exit(1)
        answers = here.procedure_answers
        found = measured(
            written, codes, lambda one, side: answers.reply(one, side, first=False), here.settings, here.today()
        )
        told = json.dumps(reach_to_json(found), ensure_ascii=False, indent=1) if as_json else render_reach(found)
    print(told)
    if not all(one.reached for one in found):
        raise typer.Exit(1)
