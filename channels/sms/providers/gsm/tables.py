"""What a refused submission means in our words, read from ``errors.yml``. What smsd says about deliveries
(``DeliveryOK`` and its like) is counted over the parts of a message in :mod:`channels.sms.providers.gsm.spool`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from channels.sms.providers.tables import ErrorMeaning, read_errors
from channels.sms.routes.route import Fault, SendFailed

ROUTE = "gsm"
"""Beginning of a modem's route in rows, logs and figures; the whole of it for the one modem that needs no name."""

NO_CODE = -1
"""What smsd notes when the modem gave no answer."""

_UNKNOWN = ErrorMeaning(Fault.RETRYABLE, "a cause of this modem's maker")


def refusal(code: int) -> SendFailed:
    """The error for a code of the modem; :data:`NO_CODE` where it gave none."""
    if code <= 0:
        return SendFailed(Fault.UNSURE, "no_answer", "the modem did not say whether it sent the message")
    return _errors().get(str(code), _UNKNOWN).failed(f"cms_{code}")


@cache
def _errors() -> Mapping[str, ErrorMeaning]:
    return read_errors(Path(__file__).parent)["codes"]
