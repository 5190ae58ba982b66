"""The one place that keeps a doubtful amount from being told as a fact."""

from __future__ import annotations

import re

from catalogue.flags import doubts_fee
from catalogue.money import find_amounts, says_free
from catalogue.record import Fee, Procedure, Submission
from catalogue.wording import fact


def hold_back(procedure: Procedure) -> Procedure:
    """The record, its fees without amounts and not certain when one of its flags doubts them."""
    if not doubts_fee(procedure.flags) or not any(submission.fees for submission in procedure.submissions):
        return procedure
    return procedure.model_copy(
        update={"submissions": tuple(_without_amounts(submission) for submission in procedure.submissions)}
    )


def doubtful(fee: Fee) -> Fee:
    """The fee without its amount; its note stays only as far as it states none either."""
    return fee.model_copy(
        update={
            "amount": None,
            "per": None,
            "certain": False,
            "case": safe_note(fee.case),
            "note": safe_note(fee.note) or fact("fee_unknown"),
        }
    )


def safe_note(note: str | None) -> str | None:
    """The note, or None when it names an amount, a share of one, or says that nothing is paid."""
    if note is None or find_amounts(note) or says_free(note) or re.search(r"\d\s*%|\d{3}", note):
        return None
    return note


def _without_amounts(submission: Submission) -> Submission:
    fees = tuple(dict.fromkeys(doubtful(fee) for fee in submission.fees))
    return submission.model_copy(update={"fees": fees, "note": safe_way_note(submission.note)})


def safe_way_note(note: str | None) -> str | None:
    """A note about a way of submission without the sentences that speak of money."""
    if note is None:
        return None
    kept = [part for part in re.split(r"(?<=[.;])\s+", note) if not find_amounts(part) and not says_free(part)]
    return " ".join(kept) or None
