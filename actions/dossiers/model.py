"""Values of the dossier look-up.

None of them has a place for an applicant's name, phone, identity number or address: what a type cannot hold
cannot leave the service by mistake.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import IntEnum

from runtime.clock import VIETNAM
from runtime.working_time import working_time

Clock = Callable[[], datetime]
"""The present moment, with a time zone."""


def vietnam_date(moment: datetime) -> date:
    """The calendar day in Vietnam at ``moment``, on which dates of a dossier are compared."""
    return moment.astimezone(VIETNAM).date()


def code_digits(code: str) -> str:
    """The digits of a dossier code alone: what a telephone keypad can enter of it."""
    return re.sub(r"[^0-9]", "", code)


class DossierStatus(IntEnum):
    """The ten states of a dossier as synchronised with the National Public Service Portal."""

    UNKNOWN = 0
    """A state of a system that nobody has mapped: told as unknown, never guessed."""
    SUBMITTED = 1
    RECEIVED = 2
    REFUSED = 3
    PROCESSING = 4
    SUPPLEMENT_NEEDED = 5
    PAYMENT_DUE = 6
    WITHDRAWAL_ASKED = 7
    STOPPED = 8
    READY = 9
    RETURNED = 10

    @property
    def clock_runs(self) -> bool:
        """Whether the agency's time limit is running, so that a passed appointment means the agency is late.

        It does not run before intake, nor while papers or money of the citizen are awaited (circular
        03/2025/TT-VPCP, form 02; time for supplements is deducted, decision 766/QD-TTg).
        """
        return self in (DossierStatus.RECEIVED, DossierStatus.PROCESSING)

    @property
    def is_final(self) -> bool:
        """Whether the agency has nothing left to do."""
        return self in (DossierStatus.REFUSED, DossierStatus.STOPPED, DossierStatus.READY, DossierStatus.RETURNED)

    @property
    def awaits_citizen(self) -> bool:
        """Whether nothing moves until the citizen adds papers or pays."""
        return self in (DossierStatus.SUPPLEMENT_NEEDED, DossierStatus.PAYMENT_DUE)

    @property
    def result_to_come(self) -> bool:
        """Whether there is, or will be, a result to collect."""
        return self.clock_runs or self.awaits_citizen or self is DossierStatus.READY


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """A dossier as a back end knows it, without the people in it."""

    code: str
    """Canonical: upper case, with its dots and hyphens."""
    procedure_code: str
    """National code such as ``1.001193``."""
    procedure_name: str
    status: DossierStatus
    received_on: date | None
    """None until the one-stop desk has received it."""
    appointment_on: date | None
    """The day promised for the result, as the agency set it; never computed here."""
    finished_on: date | None
    supplement: str | None
    """What the citizen is asked to add, in the officer's words."""
    office: str | None
    """Where the result is collected and questions are answered; None when the back end does not say."""
    updated_at: datetime
    """When the back end last heard about the dossier; with a time zone."""
    received_at: datetime | None = None
    """The moment of :attr:`received_on`, where it is known; with a time zone."""
    fee_due: int | None = None
    """Đồng still to be paid; None when the back end does not say."""
    other_code: str | None = None
    """A second code of the same dossier: the national one of a dossier that several agencies work on."""

    def __post_init__(self) -> None:
        if self.updated_at.tzinfo is None:
            raise ValueError("updated_at needs a time zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class DossierView:
    """What may be told to someone who knows the code and the second factor."""

    procedure_code: str
    procedure_name: str
    status: DossierStatus
    received_on: date | None
    appointment_on: date | None
    finished_on: date | None
    overdue_days: int
    """Calendar days since the appointment while the agency's clock runs; 0 when on time or when it stands."""
    appointment_passed: bool
    """The promised day is over, whoever is awaited."""
    supplement: str | None
    """Cleaned of numbers and names of people."""
    collect_at: str | None
    updated_at: datetime
    """In Vietnamese time."""
    overdue_working_days: int | None = None
    """Of :attr:`overdue_days` those on which offices worked; 0 over a weekend. None where nobody counted."""
    received_at: datetime | None = None
    """The moment of :attr:`received_on`, where it is known."""
    expected_on: date | None = None
    """When the legal time limit ends, where the agency has set no day; said as a calculation, never as a promise."""
    fee_due: int | None = None
    """Đồng still to be paid, where the back end says so."""


def view_of(dossier: Dossier, today: date, clean: Callable[[str], str]) -> DossierView:
    """What may be told of ``dossier`` on ``today``; ``clean`` takes personal data out of free text.

    Only the request for papers is free text; procedure and office come from public catalogues.
    """
    passed = dossier.appointment_on is not None and dossier.appointment_on < today
    overdue = (today - dossier.appointment_on).days if dossier.appointment_on and passed else 0
    is_late = bool(overdue) and dossier.status.clock_runs
    supplement = clean(dossier.supplement) if dossier.supplement else ""
    return DossierView(
        procedure_code=dossier.procedure_code,
        procedure_name=_one_line(dossier.procedure_name),
        status=dossier.status,
        received_on=dossier.received_on,
        appointment_on=dossier.appointment_on,
        finished_on=dossier.finished_on,
        overdue_days=overdue if is_late else 0,
        appointment_passed=passed,
        supplement=supplement or None,
        collect_at=_one_line(dossier.office or "") or None,
        updated_at=dossier.updated_at.astimezone(VIETNAM),
        overdue_working_days=working_time().between(dossier.appointment_on, today)
        if dossier.appointment_on and is_late
        else None,
        received_at=dossier.received_at,
        fee_due=dossier.fee_due,
    )


def _one_line(text: str) -> str:
    return unicodedata.normalize("NFC", " ".join(text.split()))
