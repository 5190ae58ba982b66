"""``motcua limits``: how much each door takes, with what this installation has changed."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from runtime import settings as settings_module
from runtime.messages import Message, tr
from runtime.settings import SettingsError
from stores.limiter import WrongLimit, rules_of


def limits() -> None:
    """How much each door takes; MOTCUA_LIMITS=name=most,… changes it."""
    settings = settings_module.load()
    try:
        table = rules_of(settings)
    except WrongLimit as error:
        raise SettingsError(Message("MOTCUA_LIMITS={limits}: {error}", limits=settings.limits, error=error)) from None
    shown = Table(box=None, header_style="bold")
    for heading in (tr("limit"), tr("most"), tr("seconds"), tr("counted by"), tr("what")):
        shown.add_column(heading, overflow="fold")
    for rule in table.values():
        shown.add_row(rule.name, str(rule.most or "-"), str(rule.seconds), tr(rule.of), tr(rule.what))
    Console().print(shown)
