"""A province's one-stop system, VNPT iGate 2: Keycloak tokens, Spring pages, states by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import yaml

from actions.backends.access import Access, let_in
from actions.backends.answers import Record, procedure, rows, the_one
from actions.backends.fields import day, endings, moment, named, phone, same_code, state_key
from actions.backends.https import Https
from actions.dossiers.backend import ProvableDossier
from actions.dossiers.model import Clock, Dossier, DossierStatus

States = Mapping[str, DossierStatus]
"""States by :func:`state_key` of their names."""

STATES_FILE: Final = Path(__file__).with_name("igate_states.yml")
_SEARCH: Final = "/pa/dossier/search"
_PAGE: Final[Mapping[str, str | int]] = {"spec": "page", "page": 0, "size": 20, "sort": "updatedDate,desc"}
_PHONES: Final = ("phoneNumber", "phone")
_IDENTITIES: Final = ("identityNumber", "identity")
_MINISTRY: Final = "G"


def states_of(own: Mapping[str, int]) -> States:
    """The names seen in several provinces, and those of one; its own go before.

    Args:
        own: name to national code (1 to 10).
    """
    known: dict[str, int] = yaml.safe_load(STATES_FILE.read_text(encoding="utf-8"))["states"]
    return {state_key(name): DossierStatus(code) for name, code in {**known, **own}.items()}


class IgateSource:
    """One province.

    Args:
        https: its API.
        access: its Keycloak, or a provincial LGSP in front of it.
        clock: the time.
        states: of :func:`states_of`.
    """

    def __init__(self, https: Https, access: Access, clock: Clock, states: States) -> None:
        self._https = https
        self._access = access
        self._clock = clock
        self._states = states

    def find(self, code: str) -> ProvableDossier | None:
        """See :class:`actions.dossiers.backend.DossierBackend`.

        A dossier several agencies work on has a second code: where a ministry's is asked for, the province may know the
        dossier by it.
        """
        found = self._search("code", code)
        return self._search("nation-code", code) if found is None and code.startswith(_MINISTRY) else found

    def codes_with_digits(self, digits: str) -> Sequence[str]:
        """It cannot tell."""
        return ()

    def _search(self, key: str, code: str) -> ProvableDossier | None:
        def ask(headers: Mapping[str, str]) -> Any:
            return self._https.exchange("GET", _SEARCH, headers=headers, params={key: code, **_PAGE})

        return parse(let_in(self._access, ask), code, self._states, self._clock())


def parse(answer: Any, code: str, states: States, asked_at: datetime) -> ProvableDossier | None:
    """What a page of a search says of one code; pure. An empty page is how it says "not found".

    Raises:
        BackendError: it says nothing that can be used.
    """
    found = [
        record
        for record in rows(answer, "content")
        if isinstance(record, dict)
        and (same_code(record.get("code"), code) or same_code(record.get("nationCode"), code))
    ]
    return the_one(found, lambda record: _parsed(record, code, states, asked_at))


def _parsed(record: Record, code: str, states: States, asked_at: datetime) -> ProvableDossier:
    about = record.get("procedure")
    what: Record = about if isinstance(about, dict) else {}
    procedure_code, procedure_name = procedure(what.get("code"), named(what.get("translate")) or named(what))
    applicant = record.get("applicant")
    person = applicant.get("data") if isinstance(applicant, dict) else None
    people: Record = person if isinstance(person, dict) else {}
    phones = [people.get(name) for name in _PHONES]
    received_at = moment(record.get("acceptedDate"))
    known = [found for name in ("updatedDate", "appliedDate") if (found := moment(record.get(name))) is not None]
    codes = [one for one in (record.get("code"), record.get("nationCode")) if isinstance(one, str)]
    dossier = Dossier(
        code=code,
        procedure_code=procedure_code,
        procedure_name=procedure_name,
        status=_status(record, states),
        received_on=received_at.date() if received_at is not None else None,
        received_at=received_at,
        appointment_on=day(record.get("appointmentDate")) or day(record.get("dueDate")),
        finished_on=day(record.get("completedDate")),
        supplement=None,
        office=named(record.get("agency")),
        updated_at=max((one for one in known if one <= asked_at), default=asked_at),
        other_code=next((one for one in codes if not same_code(one, code)), None),
    )
    proofs = endings(phones, [people.get(name) for name in _IDENTITIES])
    return ProvableDossier(dossier, proofs, next(filter(None, map(phone, phones)), None))


def _status(record: Record, states: States) -> DossierStatus:
    """The state by name: a step that waits for the citizen says more than "in work", and numbers say nothing."""
    names = [named(record.get("dossierTaskStatus")), named(record.get("dossierStatus"))]
    found = [states.get(state_key(name), DossierStatus.UNKNOWN) for name in names if name is not None]
    step = found[0] if len(names) == len(found) else DossierStatus.UNKNOWN
    if found and step.awaits_citizen and not found[-1].is_final:
        return step
    return next((one for one in reversed(found) if one), DossierStatus.UNKNOWN)
