"""The sandbox's dossiers for kiosks, as a back end would give them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from actions.dossiers.outage import OutageSwitch
from actions.dossiers.sandbox import SandboxBackend, SandboxDossier
from centre.snapshots import ProvableDossier
from runtime.clock import VIETNAM

_MORNING: Final = timedelta(hours=7)


class SandboxSource:
    """Gives every invented dossier.

    Args:
        dossiers: of the sandbox.
        clock: the time, with zone.
        switch: makes the sandbox fail.
    """

    def __init__(self, dossiers: Iterable[SandboxDossier], clock: Callable[[], datetime], switch: OutageSwitch) -> None:
        self._dossiers = tuple(dossiers)
        self._clock = clock
        self._backend = SandboxBackend(self._dossiers, self._morning, switch)

    def dossiers(self) -> Iterable[ProvableDossier]:
        """See :class:`centre.snapshots.Source`."""
        for one in self._dossiers:
            found = self._backend.find(one.code)
            if found is not None:
                # Never in the future, as it were for somebody who asks before the morning.
                dossier = replace(found, updated_at=min(found.updated_at, self._clock()))
                yield ProvableDossier(dossier, (one.person.phone[-4:], one.person.identity[-4:]))

    def _morning(self) -> datetime:
        # The sandbox tells hours before now; a real dossier stays as it is until somebody works on it.
        return self._clock().astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0) + _MORNING
