"""A made-up dossier to try the look-up with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SampleDossier:
    """One dossier of the sandbox; nobody's real one."""

    code: str
    last4: str
    """The second factor: last four digits given with the dossier."""
    status_text: str
    """Its state in Vietnamese, as a citizen would hear it."""
    procedure: str
    """What it is about, in a few words."""
