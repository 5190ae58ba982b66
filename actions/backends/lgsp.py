"""A ministry behind its LGSP: a token for the asking system, then one question in JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from actions.backends.access import Access, let_in
from actions.backends.answers import check_fine, rows, the_one
from actions.backends.https import Https
from actions.backends.synchronised import is_of, synchronised
from actions.dossiers.backend import ProvableDossier
from actions.dossiers.model import Clock


class LgspSource:
    """Ministries since 2026: the fields of a synchronised dossier under ``data``.

    Args:
        https: the ministry's LGSP.
        access: its token.
        clock: the time.
        path: of the look-up.
        unit: ``MaDonVi``: who asks.
    """

    def __init__(self, https: Https, access: Access, clock: Clock, *, path: str, unit: str) -> None:
        self._https = https
        self._access = access
        self._clock = clock
        self._path = path
        self._unit = unit

    def find(self, code: str) -> ProvableDossier | None:
        """See :class:`actions.dossiers.backend.DossierBackend`."""

        def ask(headers: Mapping[str, str]) -> Any:
            question = {"MaHoSo": code, "MaDonVi": self._unit}
            return self._https.exchange("POST", self._path, headers=headers, body=question)

        return parse(let_in(self._access, ask), code, self._clock())

    def codes_with_digits(self, digits: str) -> Sequence[str]:
        """It cannot tell."""
        return ()


def parse(answer: Any, code: str, asked_at: datetime) -> ProvableDossier | None:
    """What an answer says of one code; pure.

    Raises:
        BackendError: it says nothing that can be used.
    """
    check_fine(answer)
    found = [record for record in rows(answer, "data") if is_of(record, code)]
    return the_one(found, lambda record: synchronised(record, code, asked_at))
