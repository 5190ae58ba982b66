"""Records the law wants within a time."""

from __future__ import annotations

from collections.abc import Iterator

from installation.doctor.finding import Finding, Level
from installation.root import Installation
from stores.breaches import Breaches


def breaches(here: Installation) -> Iterator[Finding]:
    """Whether a breach of personal data still has to be told."""
    waiting = [
        (breach, hours)
        for breach in Breaches(here.database, here.audit).all()
        if (hours := breach.hours_left(here.now())) is not None
    ]
    if not waiting:
        yield Finding("breach", Level.OK, "no breach of personal data waits to be told")
    for breach, hours in waiting:
        when = f"{hours:.0f} hours are left" if hours >= 0 else f"{-hours:.0f} hours too late"
        lacks = f", after {', '.join(breach.lacking)} are written down" if breach.lacking else ""
        yield Finding(
            "breach",
            Level.WRONG if hours < 24 else Level.WARNING,
            f"breach {breach.number} is not told to the authority: {when}",
            f"motcua breach report {breach.number}{lacks}; then motcua breach told {breach.number} authority",
        )
