"""What a source of dossiers must offer, and how it fails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

from actions.dossiers.model import Dossier


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


class DossierBackend(Protocol):
    """A source of dossiers: the national adapter, a ministry, a province, or the sandbox.

    Every method may raise :class:`BackendError`. Calls block; run them off the event loop.
    """

    def find(self, code: str) -> Dossier | None:
        """The dossier with this canonical code, or None when the source knows none."""
        ...

    def matches_second_factor(self, code: str, last4: str) -> bool:
        """Whether ``last4`` ends the phone number or the identity number written on the dossier.

        False for an unknown code. Takes the same time and path for an unknown code as for wrong digits.
        """
        ...

    def codes_with_digits(self, digits: str) -> Sequence[str]:
        """Canonical codes whose digits, in order, are ``digits``: for citizens with only a telephone keypad.

        Empty when none is known or the source cannot tell.
        """
        ...
