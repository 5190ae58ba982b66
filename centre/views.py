"""Views of the inbox that officers save for themselves: a name, and what the inbox is narrowed to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, func, select

from centre.tables import OfficerRow, ViewRow
from stores.database import Database
from stores.sealing import Seal, SealBroken

MOST: Final = 12
"""Views of one officer: more find nobody's eye."""
LONGEST: Final = 40
"""Signs of a name."""


class TooMany(ValueError):
    """The officer has as many views as one may have; nothing was changed."""


@dataclass(frozen=True, slots=True)
class View:
    """One view."""

    id: int
    name: str
    address: Mapping[str, str]
    """As :attr:`centre.page.inbox.Asked.address` has it."""


class Views:
    """Safe to share between threads and processes.

    Args:
        database: of the centre.
        seal: hides what is looked for: it may be words of a citizen.
    """

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal

    def of(self, officer: str) -> list[View]:
        """An officer's own, by name."""
        with self._database.reading() as session:
            rows = session.scalars(select(ViewRow).where(ViewRow.officer == officer).order_by(ViewRow.name)).all()
        return [View(row.id, row.name, address) for row in rows if (address := self._address(row)) is not None]

    def save(self, officer: str, name: str, address: Mapping[str, str]) -> None:
        """Keep a view; one of the same name gives way.

        Raises:
            ValueError: it has no name, or too long a one.
            TooMany: see there.
        """
        if not name or len(name) > LONGEST:
            raise ValueError(f"a name has 1 to {LONGEST} signs")
        own = ViewRow.officer == officer
        with self._database.writing() as session:
            # One at a time for an officer: a form that is sent twice at once is no second view.
            session.execute(select(OfficerRow.name).where(OfficerRow.name == officer).with_for_update())
            session.execute(delete(ViewRow).where(own, ViewRow.name == name))
            if (session.scalar(select(func.count()).select_from(ViewRow).where(own)) or 0) >= MOST:
                raise TooMany
            sealed = self._seal.close(json.dumps(dict(address), ensure_ascii=False))
            session.add(ViewRow(officer=officer, name=name, address=sealed))

    def drop(self, officer: str, id: int) -> None:
        """Forget one of an officer's own; nobody else's."""
        with self._database.writing() as session:
            session.execute(delete(ViewRow).where(ViewRow.officer == officer, ViewRow.id == id))

    def _address(self, row: ViewRow) -> dict[str, str] | None:
        try:
            found: dict[str, str] = json.loads(self._seal.open(row.address))
        except SealBroken:
            # Restored without its key.
            return None
        return found
