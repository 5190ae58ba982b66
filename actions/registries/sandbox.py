"""Registries with invented entries, for trying them without any agency: ``MOTCUA_REGISTRIES=sandbox-insurance``.

What they say goes the way of a real answer, through the same parser. They fail while ``motcua sandbox outage`` is on.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from functools import cache, partial
from pathlib import Path
from typing import Any, Final

import yaml

from actions.dossiers.model import Clock, vietnam_date
from actions.dossiers.outage import OutageSwitch
from actions.registries.kind import Kind, OwnRegistry, is_of
from actions.registries.kinds import KINDS
from actions.registries.registry import RegistryContext

FILE: Final = Path(__file__).with_name("sandbox_records.yml")
SANDBOX: Final = "sandbox-"
"""Begins the names of these registries."""
SECONDS: Final = 3.0
_IN_DAYS: Final = "+days"
_AT: Final = time(10, 32)


class SandboxLink:
    """Answers from the invented records.

    Args:
        clock: the time; dates move with it.
        switch: makes it fail.
    """

    seconds = SECONDS

    def __init__(self, clock: Clock, switch: OutageSwitch) -> None:
        self._clock = clock
        self._switch = switch

    def answer(self, kind: Kind, key: str) -> Any:
        """See :class:`actions.registries.kind.Link`."""
        self._switch.check()
        return {"error_code": "00", "data": records_of(kind, key, vietnam_date(self._clock()))}


def records_of(kind: Kind, key: str, today: date) -> list[dict[str, Any]]:
    """The records with a key, as its service would write them."""
    return [written(row, today) for row in sandbox_rows()[kind.matter] if is_of(kind, row[kind.field], key)]


@cache
def sandbox_rows() -> Mapping[str, Sequence[dict[str, Any]]]:
    """Every record by matter, its days still counted from today."""
    content: dict[str, list[dict[str, Any]]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return content


def written(row: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A record with its dates, each in the form of its service."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if name.endswith(_IN_DAYS):
            day = today + timedelta(days=value)
            field = name.removesuffix(_IN_DAYS)
            # Fines are written "10:32, 20/12/2024".
            moment = datetime.combine(day, _AT)
            found[field] = f"{moment:%H:%M, %d/%m/%Y}" if field == "thoiGian" else f"{day:%d/%m/%Y}"
        elif isinstance(value, list):
            found[name] = [written(one, today) for one in value]
        else:
            found[name] = value
    return found


def _open(kind: Kind, _settings: Any, context: RegistryContext) -> OwnRegistry:
    return OwnRegistry(kind, SandboxLink(context.clock, OutageSwitch(context.redis)), context.words, context.clock)


population = partial(_open, KINDS["population"])
insurance = partial(_open, KINDS["insurance"])
land = partial(_open, KINDS["land"])
business = partial(_open, KINDS["business"])
vehicle = partial(_open, KINDS["vehicle"])
