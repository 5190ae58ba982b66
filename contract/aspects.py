"""What can be asked about a procedure."""

from __future__ import annotations

from enum import StrEnum


class Aspect(StrEnum):
    """One side of a procedure a citizen asks for."""

    PAPERS = "papers"
    FEE = "fee"
    TIME = "time"
    WHERE = "where"
    STEPS = "steps"
    CONDITIONS = "conditions"
    RESULT = "result"
    LEGAL_BASIS = "legal_basis"
    ONLINE = "online"
    FORM = "form"
    RECEIVE = "receive"
    """What the citizen gets: the amount of an allowance, the rule of a pension."""
    BESIDES = "besides"
    """What is paid besides the fee: a tax, a registration fee, a premium."""
    OVERVIEW = "overview"
