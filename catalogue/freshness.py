"""Whether an imported record is newer than what is told, what differs, and what is told meanwhile.

A newer decision is certain: its record answers at once, in the words a neighbour uses, and the hand-written one waits
for an officer. Other numbers under the same decision are a doubt: the fact is told no more as certain. Nothing is
changed in any file; whoever reads the newer record and writes the day into the hand-written one ends the matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from catalogue.field_changes import FieldChange, Subject, field_changes
from catalogue.flags import CHANGED_PERHAPS, doubts_law
from catalogue.notices import Changed
from catalogue.record import Fee, Procedure, ProcessingTime, Submission
from catalogue.wording import fact


@dataclass(frozen=True)
class Difference:
    """One hand-written record over which a newer one was imported."""

    told: Procedure
    newer: Procedure
    changes: tuple[FieldChange, ...]
    certain: bool
    """True: the newer record answers. False: what differs is told as doubtful."""


def difference(told: Procedure, newer: Procedure, changed: Changed | None = None) -> Difference | None:
    """What a newer record says otherwise, or None where it is not newer or says the same.

    Args:
        told: the hand-written record.
        newer: the imported one of the same code.
        changed: what the last import of this record changed over the one before, where there was one; papers are
            compared only by it, because hand-written papers stand in our own words.
    """
    if not is_newer(newer, told):
        return None
    changes = [
        one for one in field_changes(told, newer) if one.subject is not Subject.PAPERS and not _settled(told, one)
    ]
    if changed is not None and changed.after_checked_on > told.checked_on:
        changes += [one for one in changed.changes if one.subject is Subject.PAPERS]
    if not changes:
        return None
    decided = any(one.subject is Subject.DECISION for one in changes)
    return Difference(told, newer, tuple(changes), certain=decided and not doubts_law(newer.flags))


def is_newer(newer: Procedure, told: Procedure) -> bool:
    """Whether a record was read later, or rests on a decision issued later."""
    days = [one.decision.issued_on if one.decision else None for one in (newer, told)]
    if days[0] is not None and days[1] is not None and days[0] != days[1]:
        return days[0] > days[1]
    return newer.checked_on > told.checked_on


def told_meanwhile(found: Difference) -> Procedure:
    """The record citizens are answered from until an officer has read the newer one."""
    return in_words_of(found.told, found.newer) if found.certain else _in_doubt(found)


def _settled(told: Procedure, change: FieldChange) -> bool:
    """Whether the fact rests on a rule of its own: a decision that publishes a list does not overrule a circular."""
    if change.subject not in (Subject.FEE, Subject.TIME):
        return False
    facts: list[Fee | ProcessingTime] = []
    for submission in told.submissions:
        facts += submission.fees if change.subject is Subject.FEE else submission.times
    return bool(facts) and all(fact.basis is not None for fact in facts) and not change.certain


def in_words_of(told: Procedure, newer: Procedure) -> Procedure:
    """The newer facts under the name, the ways of asking and the summary of the hand-written record."""
    return newer.model_copy(
        update={
            "short_name": told.short_name,
            "english_name": told.english_name,
            "summary": told.summary,
            "asked_as": told.asked_as,
            "advises": told.advises,
            "where": newer.where or told.where,
            "source": newer.source or told.source,
            "exemptions": told.exemptions,
            "besides": told.besides,
            "receive": told.receive,
            "submissions": tuple(_completed(submission, told.submissions) for submission in newer.submissions),
            "replaces": tuple(dict.fromkeys(told.replaces + newer.replaces)),
            "origin": told.origin,
        }
    )


def _completed(submission: Submission, told: Iterable[Submission]) -> Submission:
    """Where the newer record leaves a fee or time in doubt, the fact that rests on a rule of its own stays."""
    own = next((one for one in told if one.way is submission.way), None)
    if own is None:
        return submission
    changes: dict[str, object] = {}
    if not any(fee.certain and fee.amount is not None for fee in submission.fees):
        ruled = tuple(fee for fee in own.fees if fee.basis is not None)
        if ruled:
            changes["fees"] = ruled
    if not any(time.is_stated for time in submission.times):
        timed = tuple(time for time in own.times if time.basis is not None)
        if timed:
            changes["times"] = timed
    return submission.model_copy(update=changes) if changes else submission


def _in_doubt(found: Difference) -> Procedure:
    """The hand-written record, what differs no more told as certain."""
    subjects = {one.subject for one in found.changes}
    submissions = found.told.submissions
    if Subject.FEE in subjects:
        submissions = tuple(
            one.model_copy(update={"fees": (Fee(certain=False, note=fact("fee_changed")),)}) if one.fees else one
            for one in submissions
        )
    if Subject.TIME in subjects:
        submissions = tuple(
            one.model_copy(update={"times": (ProcessingTime(note=fact("time_changed")),)}) if one.times else one
            for one in submissions
        )
    flags = found.told.flags
    if subjects - {Subject.FEE, Subject.TIME}:
        flags = tuple(dict.fromkeys([*flags, CHANGED_PERHAPS]))
    return found.told.model_copy(update={"submissions": submissions, "flags": flags})
