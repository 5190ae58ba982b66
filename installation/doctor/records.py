"""Records the law wants within a time."""

from __future__ import annotations

from collections.abc import Iterator

from installation.doctor.finding import Finding, Level
from installation.root import Installation
from runtime.clock import VIETNAM
from runtime.messages import tr
from stores.breaches import Breaches
from stores.rights import Wishes


def breaches(here: Installation) -> Iterator[Finding]:
    """Whether a breach of personal data still has to be told."""
    waiting = [
        (breach, hours) for breach in Breaches(here.audit).all() if (hours := breach.hours_left(here.now())) is not None
    ]
    if not waiting:
        yield Finding("breach", Level.OK, tr("no breach of personal data waits to be told"))
    for breach, hours in waiting:
        when = (
            tr("{hours:.0f} hours are left", hours=hours)
            if hours >= 0
            else tr("{hours:.0f} hours too late", hours=-hours)
        )
        lacks = (
            tr("; not written down yet, and no reason to wait: {lacking}", lacking=", ".join(breach.lacking))
            if breach.lacking
            else ""
        )
        yield Finding(
            "breach",
            Level.WRONG if hours < 24 else Level.WARNING,
            tr("breach {number} is not told to the authority: {when}", number=breach.number, when=when),
            tr(
                "motcua breach report {number}, then motcua breach told {number} authority{lacks}",
                number=breach.number,
                lacks=lacks,
            ),
        )


def rights(here: Installation) -> Iterator[Finding]:
    """Whether what somebody asked for in writing is due."""
    today = here.now().astimezone(VIETNAM).date()
    late = [wish for wish in Wishes(here.audit).all() if (due := wish.due) is not None and due <= today]
    if not late:
        yield Finding("rights", Level.OK, tr("nothing that persons asked for about their data is due"))
    for wish in late:
        is_answered = wish.answered_on is not None
        named = {"number": wish.number, "right": wish.right, "letter": wish.letter, "due": wish.due}
        yield Finding(
            "rights",
            Level.WRONG if wish.due is not None and wish.due < today else Level.WARNING,
            tr("wish {number} ({right}, letter {letter}) is to be done by {due}", **named)
            if is_answered
            else tr("wish {number} ({right}, letter {letter}) is to be answered by {due}", **named),
            tr(
                "motcua rights {step} {number}, once it is",
                step="done" if is_answered else "answered",
                number=wish.number,
            ),
        )
