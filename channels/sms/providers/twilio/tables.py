"""What the provider's errors and statuses mean in our words (``errors.yml``, ``statuses.yml``)."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Self

from channels.sms.providers.tables import ErrorMeaning, StatusMeaning, read_errors, read_statuses
from channels.sms.routes.route import SendFailed

FOLDER = Path(__file__).parent

LONGEST_WAIT = 3600.0
"""Seconds; a provider that asks for more is asked again after an hour all the same."""


class WrongSender(SendFailed):
    """The provider does not let us send from that number."""

    @classmethod
    def of(cls, failed: SendFailed) -> Self:
        """The same error, told apart."""
        return cls(failed.fault, failed.code, failed.message, failed.retry_after)


def refusal(status: int, body: str, retry_after: str | None, now: datetime) -> SendFailed:
    """Read an answer that is not 2xx.

    Args:
        status: of HTTP.
        body: Twilio's JSON with a ``code``, or anything else.
        retry_after: the header field of that name: seconds or a date.
        now: aware, to read a date.
    """
    table = _errors()
    code = _code(body)
    meaning = (
        table["codes"].get(str(code))
        or table["statuses"].get(str(status))
        or table["others"].get(str(status // 100), table["others"]["5"])
    )
    # The status outweighs a code that is not known to be harmless: what failed inside may have been queued.
    if status >= 500 and not meaning.fault.is_retryable:
        meaning = table["others"]["5"]
    failed = meaning.failed(str(code or f"http-{status}"), _wait(retry_after, now))
    return WrongSender.of(failed) if meaning.wrong_sender else failed


@cache
def statuses() -> Mapping[str, StatusMeaning]:
    """Our word for each of the provider's statuses, in lower case."""
    return read_statuses(FOLDER)


def _code(body: str) -> int | None:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return None
    code = answer.get("code") if isinstance(answer, dict) else None
    if isinstance(code, str) and code.isascii() and code.isdigit() and len(code) <= 6:
        code = int(code)
    return code if isinstance(code, int) and not isinstance(code, bool) and 0 < code < 1_000_000 else None


def _wait(value: str | None, now: datetime) -> float | None:
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(value) - now).total_seconds()
        except (ValueError, TypeError, OverflowError):
            return None
    return min(max(seconds, 0.0), LONGEST_WAIT) if math.isfinite(seconds) else None


@cache
def _errors() -> Mapping[str, Mapping[str, ErrorMeaning]]:
    """Sections: error codes, HTTP statuses, and the first digit of statuses not named."""
    return read_errors(FOLDER)
