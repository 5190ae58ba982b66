"""``motcua settings``: every setting with its default and meaning."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from runtime import settings as settings_module
from runtime.messages import tr
from runtime.plugin_settings import models, prefix_of, read
from runtime.secret_files import without_password
from runtime.settings import PREFIX, Settings


def settings(
    values: Annotated[bool, typer.Option("--values", help="Show the values in force instead of the defaults.")] = False,
) -> None:
    """List all settings; they are environment variables."""
    current = settings_module.load() if values else None
    table = Table(box=None, header_style="bold")
    for heading in (tr("setting"), tr("value") if values else tr("default"), tr("meaning")):
        table.add_column(heading, overflow="fold")
    for name, field in Settings.model_fields.items():
        shown = getattr(current, name) if current is not None else field.get_default()
        table.add_row(PREFIX + name.upper(), _shown(shown), tr(field.description or ""))
    for plugin, model in models().items():
        own = read(plugin, model) if values else None
        for name, field in model.model_fields.items():
            shown = getattr(own, name) if own is not None else "" if field.is_required() else field.get_default()
            meaning = tr("{meaning} (of {plugin})", meaning=field.description or "", plugin=plugin).strip()
            table.add_row(prefix_of(plugin) + name.upper(), _shown(shown), meaning)
    Console().print(table)


def _shown(value: object) -> str:
    # pydantic hides secrets by itself; an address may hold a password, too.
    return "" if value is None else without_password(str(value))
