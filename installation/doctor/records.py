"""Records the law wants within a time."""

from __future__ import annotations

from collections.abc import Iterator

from installation.doctor.finding import Finding, Level
from installation.root import Installation
from runtime.clock import VIETNAM
from stores.breaches import Breaches
from stores.rights import Wishes


def breaches(here: Installation) -> Iterator[Finding]:
    """Whether a breach of personal data still has to be told."""
    waiting = [
        (breach, hours) for breach in Breaches(here.audit).all() if (hours := breach.hours_left(here.now())) is not None
    ]
    if not waiting:
        yield Finding("breach", Level.OK, "no breach of personal data waits to be told")
    for breach, hours in waiting:
        when = f"{hours:.0f} hours are left" if hours >= 0 else f"{-hours:.0f} hours too late"
        lacks = f"; not written down yet, and no reason to wait: {', '.join(breach.lacking)}" if breach.lacking else ""
        yield Finding(
            "breach",
            Level.WRONG if hours < 24 else Level.WARNING,
            f"breach {breach.number} is not told to the authority: {when}",
            f"motcua breach report {breach.number}, then motcua breach told {breach.number} authority{lacks}",
        )


def rights(here: Installation) -> Iterator[Finding]:
    """Whether what somebody asked for in writing is due."""
    today = here.now().astimezone(VIETNAM).date()
    late = [wish for wish in Wishes(here.audit).all() if (due := wish.due) is not None and due <= today]
    if not late:
        yield Finding("rights", Level.OK, "nothing that persons asked for about their data is due")
    for wish in late:
        step = "answered" if wish.answered_on is None else "done"
        yield Finding(
            "rights",
            Level.WRONG if wish.due is not None and wish.due < today else Level.WARNING,
            f"wish {wish.number} ({wish.right}, letter {wish.letter}) is to be {step} by {wish.due}",
            f"motcua rights {step} {wish.number}, once it is",
        )
