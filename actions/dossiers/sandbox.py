"""A back end with invented dossiers, for trying the look-up without any agency.

Everything is the same on every machine and every day, except that dates move with the calendar. The people
are evidently fictional: numbered applicants, phone numbers from one block of zeros, identity numbers of a
province ``000``, which does not exist. They live in this module only; a dossier has no place for them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypedDict

import yaml

from actions.dossiers.backend import ProvableDossier, SourceContext
from actions.dossiers.model import Clock, Dossier, DossierStatus, code_digits, vietnam_date
from actions.dossiers.outage import OutageSwitch
from contract.wording import Wording
from runtime.clock import VIETNAM

_MORNING: Final = timedelta(hours=7)
SANDBOX_FILE: Final = Path(__file__).with_name("sandbox_dossiers.yml")


@dataclass(frozen=True, slots=True)
class SandboxPerson:
    """Who a sandbox dossier belongs to."""

    applicant: str
    phone: str
    identity: str
    address: str

    @classmethod
    def numbered(cls, number: int) -> SandboxPerson:
        """The person of the ``number``-th dossier, 1 to 99."""
        return cls(
            applicant=f"Người nộp mẫu {number:02}",
            phone=f"09000001{number:02}",
            identity=f"0000000070{number:02}",
            address=f"Nhà số {number:02}, xóm Thử Nghiệm",
        )


@dataclass(frozen=True, slots=True)
class SandboxDossier:
    """One invented dossier; dates are days from today."""

    code: str
    procedure_code: str
    procedure_name: str
    status: DossierStatus
    received: int | None
    appointment: int | None
    finished: int | None
    supplement: str | None
    office: str
    updated_hours_ago: int
    person: SandboxPerson


class SandboxRow(TypedDict):
    """One element of what ``motcua sandbox dossiers --json`` prints."""

    code: str
    last4: str
    status: int
    status_text: str
    procedure: str
    applicant: str
    phone: str
    address: str
    received_on: str | None
    appointment_on: str | None
    supplement: str | None


def read_sandbox(path: Path = SANDBOX_FILE) -> tuple[SandboxDossier, ...]:
    """The invented dossiers. Raises ``KeyError`` or ``ValueError`` for a file that does not fit."""
    content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return tuple(
        SandboxDossier(
            code=row["code"],
            procedure_code=row["procedure"],
            procedure_name=content["procedures"][row["procedure"]],
            status=DossierStatus(row["status"]),
            received=row.get("received"),
            appointment=row.get("appointment"),
            finished=row.get("finished"),
            supplement=row.get("supplement"),
            office=content["offices"][row["office"]],
            updated_hours_ago=row["updated_hours_ago"],
            person=SandboxPerson.numbered(number),
        )
        for number, row in enumerate(content["dossiers"], start=1)
    )


def sandbox_rows(dossiers: Sequence[SandboxDossier], wording: Wording, today: date) -> list[SandboxRow]:
    """The dossiers as the command line shows them to people who try the system out."""
    return [
        SandboxRow(
            code=dossier.code,
            last4=dossier.person.phone[-4:],
            status=int(dossier.status),
            status_text=wording.text(wording.default, f"status_{dossier.status:d}"),
            procedure=dossier.procedure_code,
            applicant=dossier.person.applicant,
            phone=dossier.person.phone,
            address=dossier.person.address,
            received_on=_iso(_day(today, dossier.received)),
            appointment_on=_iso(_day(today, dossier.appointment)),
            supplement=dossier.supplement,
        )
        for dossier in dossiers
    ]


class SandboxBackend:
    """Answers from the invented dossiers, unless the outage switch is on."""

    def __init__(self, dossiers: Sequence[SandboxDossier], clock: Clock, switch: OutageSwitch) -> None:
        self._by_code = {dossier.code: dossier for dossier in dossiers}
        self._clock = clock
        self._switch = switch

    def find(self, code: str) -> ProvableDossier | None:
        """See :meth:`actions.dossiers.backend.DossierBackend.find`."""
        self._switch.check()
        known = self._by_code.get(code)
        return None if known is None else _provable(known, self._clock())

    def codes_with_digits(self, digits: str) -> Sequence[str]:
        """See :meth:`actions.dossiers.backend.DossierBackend.codes_with_digits`."""
        self._switch.check()
        return [code for code in self._by_code if code_digits(code) == digits]

    def for_kiosks(self) -> Iterator[ProvableDossier]:
        """See :class:`actions.dossiers.backend.ForKiosks`: all of them."""
        self._switch.check()
        now = self._clock()
        # The sandbox tells hours before now; a real dossier stays as it is until somebody works on it.
        morning = now.astimezone(VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0) + _MORNING
        for known in self._by_code.values():
            told = _provable(known, morning)
            # Never in the future, as it were for somebody who asks before the morning.
            dossier = replace(told.dossier, updated_at=min(told.dossier.updated_at, now))
            yield replace(told, dossier=dossier)


def open_sandbox(_settings: Any, context: SourceContext) -> SandboxBackend:
    """``MOTCUA_DOSSIER_SOURCE=sandbox``."""
    return SandboxBackend(read_sandbox(), context.clock, OutageSwitch(context.redis))


def _provable(known: SandboxDossier, now: datetime) -> ProvableDossier:
    phone, identity = known.person.phone, known.person.identity
    return ProvableDossier(_told(known, now), (phone[-4:], identity[-4:]), phone)


def _told(known: SandboxDossier, now: datetime) -> Dossier:
    today = vietnam_date(now)
    return Dossier(
        code=known.code,
        procedure_code=known.procedure_code,
        procedure_name=known.procedure_name,
        status=known.status,
        received_on=_day(today, known.received),
        appointment_on=_day(today, known.appointment),
        finished_on=_day(today, known.finished),
        supplement=known.supplement,
        office=known.office,
        updated_at=now - timedelta(hours=known.updated_hours_ago),
    )


def _day(today: date, offset: int | None) -> date | None:
    return None if offset is None else today + timedelta(days=offset)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
