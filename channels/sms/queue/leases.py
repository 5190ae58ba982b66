"""Leases (visibility timeouts): who works on a row, and until when nobody else may."""

from __future__ import annotations

from dataclasses import dataclass

LEASE_SECONDS = 30.0
"""How long a row stays with a process that gives no sign of life. A living one renews its leases three times in it."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A process' hold on rows."""

    owner: str
    until: float
    """Seconds since 1970."""
