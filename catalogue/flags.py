"""Known flaws of the published procedure data, and what each of them forbids an answer to say."""

from __future__ import annotations

from collections.abc import Iterable

FEE_IN_DOUBT = frozenset(
    {
        "fee_zero_but_note_says_fee_may_apply",
        "fee_amount_conflicts_with_note",
        "fee_implausibly_small",
        "fee_note_mentions_expired_period",
        "methods_not_parsed",
    }
)
"""The published amount must not be told as a fact."""

TIME_IN_DOUBT = frozenset({"time_unit_missing_on_portal", "methods_not_parsed"})
"""A number without a unit: hours, days or working days are not known."""

CHANGED_PERHAPS = "newer_record_differs"
"""Put on a record over which a newer one was imported that differs without a newer decision."""

LAW_IN_DOUBT = frozenset({"cites_repealed_law", "probably_superseded_or_abolished_2026-27", CHANGED_PERHAPS})
"""The record may rest on rules that changed; the answer says so."""

NAME_ONLY = "name_only"
"""A list gives the name and whose it is, and nothing else."""

FEE_ENDS = {"fee_note_expires_2026-12-31": "2026-12-31", "fee_valid_until_2026-12-31": "2026-12-31"}
"""Amounts that hold only until the given day."""


def doubts_fee(flags: Iterable[str]) -> bool:
    """Whether a record with these flags has a fee that must not be stated."""
    return not FEE_IN_DOUBT.isdisjoint(flags)


def doubts_law(flags: Iterable[str]) -> bool:
    """Whether a record with these flags may rest on repealed rules."""
    return not LAW_IN_DOUBT.isdisjoint(flags)


FORBIDS = {
    "fee": FEE_IN_DOUBT,
    "time": TIME_IN_DOUBT,
    "law": LAW_IN_DOUBT,
}
"""The flags by what they forbid an answer to state as fact."""
