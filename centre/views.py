"""Views of the inbox that officers save for themselves: a name, and what the inbox is narrowed to.

Both may hold words about a citizen, so both are sealed; the row is found again by a keyed hash of the name.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import delete, func, select, update

from centre.tables import OfficerRow, ViewRow
from stores.database import Database
from stores.sealing import Seal, SealBroken

MOST: Final = 12
"""Views of one officer: more find nobody's eye."""
LONGEST: Final = 40
"""Signs of a name."""
_NAME: Final = "view"
"""Where the name stands beside what the inbox is narrowed to, which has no field of this name."""


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
        seal: hides name and what is looked for.
    """

    def __init__(self, database: Database, seal: Seal) -> None:
        self._database = database
        self._seal = seal

    def of(self, officer: str) -> list[View]:
        """An officer's own, by name."""
        with self._database.reading() as session:
            rows = session.scalars(select(ViewRow).where(ViewRow.officer == officer)).all()
        found = [(row, view) for row in rows if (view := self._opened(row)) is not None]
        if in_clear := [view for row, view in found if row.name == view.name]:
            self._seal_names(officer, in_clear)
        return sorted((view for _, view in found), key=lambda view: view.name)

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
            session.execute(delete(ViewRow).where(own, ViewRow.name.in_((name, self._mark(officer, name)))))
            if (session.scalar(select(func.count()).select_from(ViewRow).where(own)) or 0) >= MOST:
                raise TooMany
            session.add(ViewRow(officer=officer, name=self._mark(officer, name), address=self._sealed(name, address)))

    def drop(self, officer: str, id: int) -> None:
        """Forget one of an officer's own; nobody else's."""
        with self._database.writing() as session:
            session.execute(delete(ViewRow).where(ViewRow.officer == officer, ViewRow.id == id))

    def _seal_names(self, officer: str, views: list[View]) -> None:
        """Seal what a version before this one kept in clear."""
        with self._database.writing() as session:
            for view in views:
                session.execute(
                    update(ViewRow)
                    .where(ViewRow.id == view.id, ViewRow.name == view.name)
                    .values(name=self._mark(officer, view.name), address=self._sealed(view.name, view.address))
                )

    def _mark(self, officer: str, name: str) -> str:
        return self._seal.hash("saved view", f"{officer}\0{name}")

    def _sealed(self, name: str, address: Mapping[str, str]) -> str:
        return self._seal.close(json.dumps({**address, _NAME: name}, ensure_ascii=False))

    def _opened(self, row: ViewRow) -> View | None:
        try:
            address: dict[str, str] = json.loads(self._seal.open(row.address))
        except SealBroken:
            # Restored without its key.
            return None
        name = address.pop(_NAME, row.name)
        return View(row.id, name, address)
