"""What the errors of SMPP and the states of its receipts mean in our words (``errors.yml``, ``statuses.yml``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from channels.sms.providers.tables import ErrorMeaning, StatusMeaning, read_errors, read_statuses
from channels.sms.routes.route import Fault

ROUTE = "smpp_link"
"""Beginning of a link's route in rows, logs and figures; the whole of it for links without a name."""

FOLDER = Path(__file__).parent


@cache
def statuses() -> Mapping[str, StatusMeaning]:
    """By the word of the receipt."""
    return read_statuses(FOLDER)


def error_of(status: int) -> ErrorMeaning:
    """The meaning of a ``command_status`` that is not zero."""
    found = _errors().get(f"0x{status:02x}")
    return found or ErrorMeaning(
        Fault.PERMANENT, f"the operator refuses it (status 0x{status:02x})", f"smpp_{status:02x}", elsewhere=True
    )


@cache
def _errors() -> Mapping[str, ErrorMeaning]:
    return read_errors(FOLDER)["command_status"]
