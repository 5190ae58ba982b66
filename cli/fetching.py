"""``motcua catalogue fetch``: ask the national portal what changed, and import it."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from catalogue.fetching import Fetched, imported, waiting
from catalogue.fetching import fetch as ask
from catalogue.portal_link import Account, PortalLink
from catalogue.record import CODE_PATTERN
from catalogue.report import ImportReport, import_to_json, render_import
from installation.opening import opened
from installation.root import Installation
from runtime.messages import Message, tr, translated
from runtime.settings import Settings

errors = Console(stderr=True, highlight=False)


def fetch(
    codes: Annotated[list[str] | None, typer.Argument(help="Only these codes; without: every code known.")] = None,
    rest: Annotated[int, typer.Option(min=0, help="Hours for which a code is left alone after it was asked.")] = 20,
    as_json: Annotated[bool, typer.Option("--json", help="The report as JSON.")] = False,
) -> None:
    """Ask the national portal for what changed, and import it; given again, it goes on where it stopped."""
    if wrong := [code for code in codes or [] if not CODE_PATTERN.match(code)]:
        raise typer.BadParameter(Message("{wrong}: a code looks like 1.001193", wrong=", ".join(wrong)))
    with opened(with_tables=False) as here:
        account = _account(here.settings)
        folder = here.settings.data_path / "catalogue" / "portal"
        found = _asked(here, account, folder, codes or [one.code for one in here.catalogue.light()], rest)
        report = _import(here, folder)
        print(json.dumps(_to_json(found, report), ensure_ascii=False) if as_json else _render(found, report))
    if found.stopped:
        errors.print(translated(found.stopped), markup=False)
        raise typer.Exit(1)


def _account(settings: Settings) -> Account:
    if settings.portal_url is None:
        errors.print(
            tr("MOTCUA_PORTAL_URL is not set: it names the portal's data service, for which you need an account")
        )
        raise typer.Exit(2)
    password = settings.portal_password
    return Account(
        url=str(settings.portal_url),
        login_url=str(settings.portal_login_url) if settings.portal_login_url else None,
        user=settings.portal_user,
        password=password.get_secret_value() if password else "",
        unit=settings.portal_unit,
        target=settings.portal_target,
    )


def _asked(here: Installation, account: Account, folder: Path, codes: list[str], rest: int) -> Fetched:
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
        console=errors, transient=True,
    )  # fmt: skip
    with PortalLink(account) as link, bar:
        task = bar.add_task(tr("asking"), total=None)

        def show(code: str, number: int, total: int) -> None:
            bar.update(task, description=code, completed=number, total=total)

        return ask(
            codes,
            link,
            folder,
            here.now,
            lambda: time.sleep(here.settings.portal_pause),
            rest=timedelta(hours=rest),
            progress=show,
        )


def _import(here: Installation, folder: Path) -> ImportReport:
    files = waiting(folder)
    report = here.catalogue.import_paths(files) if files else ImportReport()
    imported(files)
    return report


def _render(found: Fetched, report: ImportReport) -> str:
    told = [
        tr(
            "asked the portal: {changed} changed, {unchanged} unchanged, {not_there} not there, {failed} failed; "
            "{skipped} were asked a short while ago",
            changed=len(found.changed),
            unchanged=len(found.unchanged),
            not_there=len(found.not_there),
            failed=len(found.failed),
            skipped=found.skipped,
        )
    ]
    told += [f"- {code}: {translated(reason)}" for code, reason in found.failed]
    return "\n".join([*told, render_import(report)])


def _to_json(found: Fetched, report: ImportReport) -> dict[str, object]:
    return {
        "changed": list(found.changed),
        "unchanged": list(found.unchanged),
        "not_there": list(found.not_there),
        "failed": [{"code": code, "reason": reason} for code, reason in found.failed],
        "skipped": found.skipped,
        "stopped": found.stopped,
        "import": import_to_json(report),
    }
