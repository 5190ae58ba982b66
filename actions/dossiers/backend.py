"""What a source of dossiers must offer, and how it fails."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Protocol, runtime_checkable

from redis import Redis

from actions.dossiers.model import Clock, Dossier, DossierStatus
from stores.sealing import Seal


class BackendError(Exception):
    """The source gave no usable answer.

    The message is for operators and never holds a code, a number or a name, so it may be logged.
    """

    retryable: ClassVar[bool]
    """Whether the same question may be answered a little later."""


class BackendUnavailable(BackendError):
    """Nobody answered: line down, time-out, HTTP 502 or 503. Asking again later is worthwhile."""

    retryable = True


class BackendRejected(BackendError):
    """The source will not serve us, or answers in a form we cannot read. Someone must repair it first."""

    retryable = False


MOST_ENDINGS = 4
"""Numbers of a dossier that are compared: applicant and who handed it in, telephone and identity card."""


@dataclass(frozen=True, slots=True)
class ProvableDossier:
    """A dossier with what its citizen may prove it by."""

    dossier: Dossier
    endings: tuple[str, ...] = field(repr=False)
    """Last four digits of the telephone and identity numbers on it."""
    phone: str | None = field(default=None, repr=False)
    """The telephone number on it, as ``0900000101``: for a one-time code and for news of it; never told."""
    as_of: datetime | None = None
    """When it was fetched, where the source could not be asked now; with a time zone."""


def proves(found: ProvableDossier | None, last4: str) -> bool:
    """Whether ``last4`` ends a number on the dossier; takes as long where there is none."""
    return proves_one(found.endings if found is not None else (), last4)


def proves_one(known: Sequence[str], last4: str) -> bool:
    """Whether ``last4`` is one of the known endings; takes as long where there are none."""
    endings = (*known, *["????"] * MOST_ENDINGS)[:MOST_ENDINGS]
    # Each is compared, whichever fits.
    return sum(hmac.compare_digest(ending.encode(), last4.encode()) for ending in endings) > 0


class UnusableRecord(BackendRejected):
    """The system works, but what it holds under this code cannot be told: other dossiers may be asked for."""


class DossierBackend(Protocol):
    """A source of dossiers: the national adapter, a ministry, a province, or the sandbox.

    Every method may raise :class:`BackendError`. Calls block; run them off the event loop.
    """

    def find(self, code: str) -> ProvableDossier | None:
        """The dossier with this canonical code and what it is proven by, or None when the source knows none.

        Whether somebody may hear of it is for :class:`actions.dossiers.service.DossierService` to say.
        """
        ...

    def codes_with_digits(self, digits: str) -> Sequence[str]:
        """Canonical codes whose digits, in order, are ``digits``: for citizens with only a telephone keypad.

        Empty when none is known or the source cannot tell.
        """
        ...


@runtime_checkable
class FindsWithin(Protocol):
    """What a source offers beside, when it keeps to a time itself and knows what to say when that is over."""

    def find_within(self, code: str, seconds: float) -> ProvableDossier | None:
        """See :meth:`DossierBackend.find`; takes no longer than ``seconds``."""
        ...


@runtime_checkable
class KeepsAnswers(Protocol):
    """What a source offers beside, when it tells for a while what it was told before."""

    def outdate(self, code: str) -> None:
        """The dossier has changed: the next question is put anew."""
        ...


@runtime_checkable
class ForKiosks(Protocol):
    """What a source offers beside, when kiosks may keep its dossiers for days without a line. Without it they keep
    none."""

    def for_kiosks(self) -> Iterable[ProvableDossier]:
        """Those in work or finished lately, of the communes whose kiosks these are. Raises :class:`BackendError`."""
        ...


@dataclass(frozen=True, slots=True)
class Said:
    """What one of several sources says of a dossier."""

    source: str
    status: DossierStatus
    updated_at: datetime
    is_told: bool
    """Whether citizens are told this; of none where the records are of different people."""


class NotesDisagreement(Protocol):
    """Where sources that disagree are noted for an officer; never raises."""

    def note(self, code: str, said: Sequence[Said]) -> None:
        """They say different things of a dossier."""
        ...

    def agreed(self, code: str) -> None:
        """They say the same."""
        ...


@dataclass(frozen=True, slots=True)
class SourceContext:
    """What an installation hands to a source."""

    clock: Clock
    redis: Redis
    """Shared by every process of the installation; keys begin with ``motcua:`` and the source's name."""
    seal: Seal
    """Hides what is kept there."""
    sources: Path | None = None
    """The file of ``MOTCUA_DOSSIER_SOURCES``."""
    disagreements: NotesDisagreement | None = None
    """Told of dossiers on which several sources disagree."""


SourceFactory = Callable[[Any, SourceContext], DossierBackend]
"""What ``motcua.dossier_sources`` names, given the source's own settings and what it may use. It must not ask anybody
yet: the system starts although a source is down."""
