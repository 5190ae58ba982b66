"""``motcua train``, ``eval`` and ``rasa``: making, measuring and inspecting the model."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from actions.services import provide
from assistant.calibration import Fit, fit
from assistant.dialogues import failures_text
from assistant.evaluation import Report, read_sets, totals
from assistant.evaluation import evaluate as measure
from assistant.model import CONFIG, DOMAIN, MODELS, PipelineRefused, training_files
from contract.meaning import Meaning
from installation.opening import opened
from installation.root import Installation
from runtime import settings as settings_module
from runtime.messages import tr, translated
from understanding.knowledge import using

if TYPE_CHECKING:
    from assistant.offline import OfflineUnderstander

errors = Console(stderr=True, highlight=False)


def train(
    force: Annotated[bool, typer.Option(help="Train again although nothing changed.")] = False,
    trial: Annotated[
        bool, typer.Option("--trial", help="Put it in place only if it understands no worse than the one before.")
    ] = False,
) -> None:
    """Train and package the Rasa model."""
    try:
        with opened(with_tables=trial) as here, errors.status(tr("Training …")):
            if trial:
                _try_out(here)
                return
            path = here.train(force)
    except PipelineRefused as refused:
        errors.print(f"[red]{translated(refused)}[/red]")
        raise typer.Exit(1) from None
    errors.print(
        tr(
            "model {path}",
            path=path.relative_to(MODELS.parent) if path.is_relative_to(MODELS.parent) else path,
        )
    )


def _try_out(here: Installation) -> None:
    from installation.trial import train_on_trial

    done = train_on_trial(here)
    for what, now in done.now.items():
        before = done.before.get(what)
        told = tr("{right} of {total} before, ", right=before.right, total=before.total) if before is not None else ""
        errors.print(tr("{what}: {told}{right} of {total} now", what=what, told=told, right=now.right, total=now.total))
    if done.fallen:
        errors.print(
            tr(
                "refused, the model before goes on answering; fallen: {fallen}",
                fallen=", ".join(done.fallen),
            ),
            style="red",
        )
        raise typer.Exit(1)
    errors.print(tr("the new model answers"))


def rasa(context: typer.Context) -> None:
    """Rasa's own commands (train, test, shell, run ...) with this project's files filled in.

    Example:  motcua rasa shell nlu
    """
    from assistant.lean_rasa import quiet_rasa

    quiet_rasa()
    from rasa.__main__ import main as rasa_main

    sys.argv = ["rasa", *with_project_files(context.args)]
    with opened(with_tables=False) as here, using(here.knowledge):
        provide(lambda: here.services)
        rasa_main()


def with_project_files(arguments: list[str]) -> list[str]:
    """Rasa's arguments with our places added where the caller names none."""
    command = arguments[0] if arguments else ""
    filled = list(arguments)

    def add(option: str, *values: str) -> None:
        if option not in filled:
            filled.extend([option, *values])

    if command == "train":
        add("--domain", str(DOMAIN))
        add("--config", str(CONFIG))
        add("--data", *[str(path) for path in training_files(settings_module.load())])
        add("--out", str(MODELS))
    if command == "run" and "actions" in arguments:
        add("--actions", "actions.registry")
    elif command in {"run", "shell", "test"}:
        add("--model", str(MODELS))
    return filled


def evaluate(
    as_json: Annotated[bool, typer.Option("--json", help="The figures as JSON.")] = False,
    calibrate: Annotated[bool, typer.Option(help="Fit the decision anew and show what thresholds cost.")] = False,
    weigh: Annotated[
        Path | None, typer.Option(help="Fit the weights of readings anew and write them to this file.")
    ] = None,
    dialogues: Annotated[bool, typer.Option("--dialogues", help="Only the dialogues.")] = False,
    kept_back: Annotated[
        bool, typer.Option("--kept-back", help="Those dialogues that nothing is fitted on, instead of the others.")
    ] = False,
    failures: Annotated[
        Path | None, typer.Option(help="Write the dialogues' wrong turns, by kind, to this file.")
    ] = None,
    replies: Annotated[Path | None, typer.Option(help="Write replies for people to grade to this YAML file.")] = None,
    count: Annotated[int, typer.Option(min=1, help="How many replies to grade.")] = 100,
    seed: Annotated[int, typer.Option(help="Which replies to grade; the same seed chooses the same.")] = 1,
    page: Annotated[Path | None, typer.Option(help="Write the page of accuracy to this file.")] = None,
) -> None:
    """Measure understanding on the sets and dialogues in nlu_data/eval and write confusions into the data folder."""
    from cli.dialogues import figures_by_name, played, print_figures, sample, write
    from installation.core import understander

    with opened(with_tables=False) as here:
        lines = read_sets(here.settings.nlu_data_path / "eval")
        if calibrate:
            _print_fit(fit(lines, understander(here).scores))
            return
        if weigh is not None:
            from cli.weights import fit_weights

            errors.print(fit_weights(here, lines, weigh))
            return
        single = page is not None or not (dialogues or kept_back)
        report = _measured(here, lines, understander(here)) if single else None
        judged = played(here.settings, kept_back)
        unseen = played(here.settings, kept_back=True) if page is not None else []
        today = here.today()
    if failures is not None:
        write(failures, failures_text(judged))
    if replies is not None:
        write(replies, sample(judged, count, seed))
    if page is not None and report is not None:
        from cli.accuracy_page import accuracy_page

        write(page, accuracy_page(judged, unseen, report, today))
    if as_json:
        shares = figures_by_name(judged)
        if report is not None:
            shares |= {f"{name}/{what}": share for (name, what), share in report.shares.items()}
        print(json.dumps({name: round(share.rate, 4) for name, share in sorted(shares.items())}, ensure_ascii=False))
        return
    if report is not None:
        _print_report(here, report)
    print_figures(judged)


def _measured(here: Installation, lines: list[dict[str, Any]], understander: OfflineUnderstander) -> Report:
    with Progress(console=errors, transient=True) as bar:
        task = bar.add_task(tr("understanding"), total=len(lines))

        def understand(text: str) -> Meaning:
            bar.advance(task)
            return understander.meaning(text)

        return measure(lines, understand, known=lambda code: here.catalogue.get(code) is not None)


def _print_report(here: Installation, report: Report) -> None:
    confusions = [{"wanted": w, "got": g, "times": n} for (w, g), n in report.confusions.most_common()]
    target = here.settings.data_path / "eval" / "confusions.json"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(confusions, indent=1), encoding="utf-8")
    _print_table(report)
    errors.print(tr("confusions: {target}", target=target))
    if report.skipped:
        errors.print(tr("{skipped} lines skipped: their procedures are not imported here", skipped=report.skipped))


def _print_fit(fitted: Fit) -> None:
    table = Table(box=None, header_style="bold")
    for heading in (tr("answer from"), tr("right"), tr("wrong"), tr("strangers answered")):
        table.add_column(heading, justify="right")
    for trade in fitted.trades:
        table.add_row(f"{trade.threshold:.2f}", f"{trade.right:.1%}", f"{trade.wrong:.1%}", f"{trade.strangers:.1%}")
    Console().print(f"WEIGHTS = {fitted.weights}", f"BIAS = {fitted.bias}", table, sep="\n")


def _print_table(report: Report) -> None:
    table = Table(box=None, header_style="bold")
    for heading in (tr("set"), tr("figure")):
        table.add_column(heading)
    for heading in (tr("right"), tr("of"), tr("95 % interval")):
        table.add_column(heading, justify="right")
    everything = [(tr("all but indirect"), what, share) for what, share in sorted(totals(report).items())]
    for name, what, share in [(*key, share) for key, share in sorted(report.shares.items())] + everything:
        low, high = share.interval()
        table.add_row(
            name, what, f"{share.rate:.1%}", str(share.total), tr("{low:.1%} to {high:.1%}", low=low, high=high)
        )
    Console().print(table)
