"""What Kannel's errors and types of delivery reports mean in our words (``errors.yml``, ``statuses.yml``)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from channels.sms.providers.tables import ErrorMeaning, StatusMeaning, read_errors, read_statuses

ROUTE = "smpp"
"""The route's name, in rows, logs and figures."""

FOLDER = Path(__file__).parent


@cache
def statuses() -> Mapping[str, StatusMeaning]:
    """By the number Kannel writes for ``%d``."""
    return read_statuses(FOLDER)


def error_of(status: int, text: str) -> ErrorMeaning | None:
    """The meaning of a refusal of ``sendsms``; None for answers Kannel does not give.

    Args:
        status: of HTTP.
        text: the answer; the longest line of the table that it begins with, status first, counts.
    """
    answer = f"{status} {text}"
    fitting = [begins for begins in _answers() if answer.startswith(begins)]
    return _answers()[max(fitting, key=len)] if fitting else None


@cache
def _answers() -> Mapping[str, ErrorMeaning]:
    return read_errors(FOLDER)["answers"]
