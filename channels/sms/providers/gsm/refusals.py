"""What a refused submission means, read from ``errors.yml``."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from channels.sms.routes.route import Fault, SendFailed

NO_CODE = -1
"""What smsd notes when the modem gave no answer."""


def refusal(code: int) -> SendFailed:
    """The error for a code of the modem; :data:`NO_CODE` where it gave none."""
    if code <= 0:
        return SendFailed(Fault.UNSURE, "no_answer", "the modem did not say whether it sent the message")
    fault, meaning = _table().get(code, (Fault.RETRYABLE, "a cause of this modem's maker"))
    return SendFailed(fault, f"cms_{code}", meaning)


@cache
def _table() -> dict[int, tuple[Fault, str]]:
    document = yaml.safe_load((Path(__file__).parent / "errors.yml").read_text(encoding="utf-8"))
    return {code: (Fault(fault), meaning) for fault, codes in document.items() for code, meaning in codes.items()}
