"""The look-up itself: a code, four digits, and one of four outcomes.

What a caller can learn about codes that are not theirs:

* An unknown code and wrong digits give the same outcome, cost the same try, and put the same questions to
  the back end, in the same order. Four digits not matching does not show that the code exists.
* A lock shows only that wrong digits were sent, for a code that may or may not exist. Fewer tries left
  than one has used shows that somebody else tried, too.
* While the back end is down nothing is compared and no try is lost.
* Digits keyed for a code that fits no dossier are an unknown code. Where they fit several, the four digits decide;
  only who knows those of more than one of them hears that there are several.
* A right guess remains possible: four digits against two numbers, three tries in 15 minutes, come to one
  chance in seventeen for somebody who tries one dossier all day from ever new conversations. Channels must
  limit how often one sender may ask, and operators watch the number of locks.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from actions.dossiers.backend import BackendError, DossierBackend
from actions.dossiers.freetext import without_personal_data
from actions.dossiers.lockout import Lockout, LockoutUnavailable, Refused
from actions.dossiers.model import Clock, Dossier, DossierView, vietnam_date, view_of

_FOUR_DIGITS: Final = re.compile(r"[0-9]{4}")
_ONLY_DIGITS: Final = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Found:
    """Code and digits belong together."""

    view: DossierView
    as_of: datetime | None = None
    """When the data were fetched, where they are not asked for live: a kiosk without a line. In Vietnamese time."""


@dataclass(frozen=True, slots=True)
class NotFoundOrMismatch:
    """No dossier has this code with these digits; which of the two is wrong is not said."""

    tries_left: int
    """At least 1; the try that uses up the last gives :class:`Locked`."""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The keyed digits of the code fit several dossiers, and the four digits more than one of these: the whole code,
    with its letters, is needed."""


@dataclass(frozen=True, slots=True)
class Locked:
    """Too many wrong tries on this code or in this conversation."""

    until: datetime
    """In Vietnamese time."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Nothing could be looked up; the code and digits given are as good as before."""

    cause: str
    """For the operator; holds no personal data."""
    retryable: bool
    """Whether trying again later may work without a repair."""


Outcome = Found | NotFoundOrMismatch | Ambiguous | Locked | Unavailable

MOST_CODES: Final = 8
"""Codes with the same digits that are compared; the letters of a code leave room for hardly two."""


class LookUp(Protocol):
    """What a conversation asks: :class:`DossierService`, or a kiosk's own way over its line."""

    def look_up(self, code: str, last4: str, conversation: str) -> Outcome:
        """See :meth:`DossierService.look_up`."""
        ...


class DossierService:
    """Looks a dossier up for someone who proves to belong to it."""

    def __init__(
        self,
        backend: DossierBackend,
        lockout: Lockout,
        clock: Clock,
        clean: Callable[[str], str] = without_personal_data,
    ) -> None:
        self._backend = backend
        self._lockout = lockout
        self._clock = clock
        self._clean = clean

    def look_up(self, code: str, last4: str, conversation: str) -> Outcome:
        """Where the dossier stands, if ``last4`` ends the phone or identity number on it.

        Args:
            code: the canonical code, or only its digits when it was keyed on a telephone.
            last4: exactly four digits.
            conversation: opaque id of the conversation.

        Raises:
            ValueError: ``last4`` is not four digits; ask again, no try is taken.
        """
        if not _FOUR_DIGITS.fullmatch(last4):
            raise ValueError("the second factor is four digits")
        try:
            attempt = self._lockout.take(code, conversation)
        except LockoutUnavailable as error:
            return Unavailable(str(error), retryable=True)
        if isinstance(attempt, Refused):
            return Locked(attempt.until)
        try:
            proven = self._proven(code, last4)
        except BackendError as error:
            # A try that cannot be given back only expires later: no reason to fail differently.
            with suppress(LockoutUnavailable):
                self._lockout.give_back(code, conversation)
            return Unavailable(str(error), retryable=error.retryable)
        if proven:
            with suppress(LockoutUnavailable):
                self._lockout.forgive(code, conversation)
            if len(proven) > 1:
                return Ambiguous()
            return Found(view_of(proven[0], vietnam_date(self._clock()), self._clean))
        return NotFoundOrMismatch(attempt.tries_left) if attempt.tries_left else Locked(attempt.locked_until)

    def _proven(self, code: str, last4: str) -> list[Dossier]:
        """The dossiers with this code, or with these digits in their code, to which the four digits belong."""
        keyed = self._backend.codes_with_digits(code)[:MOST_CODES] if _ONLY_DIGITS.fullmatch(code) else ()
        # Both questions are always asked, so that neither time nor load tells an unknown code from another.
        asked = [(self._backend.find(one), self._backend.matches_second_factor(one, last4)) for one in keyed or (code,)]
        return [dossier for dossier, matches in asked if matches and dossier is not None]
