"""What the provider's refusals mean for a message (``errors.yml``)."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from channels.sms.routes.route import Fault, SendFailed

LONGEST_WAIT = 3600.0
"""Seconds; a provider that asks for more is asked again after an hour all the same."""

_SENDER = "sender"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One line of the table."""

    fault: Fault
    text: str
    """For the operator."""
    wrong_sender: bool = False
    """Our number is at fault; the message may go from another one."""


@dataclass(frozen=True, slots=True)
class _Table:
    codes: dict[int, Meaning]
    statuses: dict[int, Meaning]
    others: dict[int, Meaning]


class WrongSender(SendFailed):
    """The provider does not let us send from that number."""


def refusal(status: int, body: str, retry_after: str | None, now: datetime) -> SendFailed:
    """Read an answer that is not 2xx.

    Args:
        status: of HTTP.
        body: Twilio's JSON with a ``code``, or anything else.
        retry_after: the header field of that name: seconds or a date.
        now: aware, to read a date.
    """
    table = _table()
    code = _code(body)
    meaning = table.codes.get(code or 0) or table.statuses.get(status) or table.others.get(status // 100)
    # The status outweighs a code that is not known to be harmless: what failed inside may have been queued.
    if meaning is None or (status >= 500 and meaning.fault is Fault.PERMANENT):
        meaning = table.others[5]
    kind = WrongSender if meaning.wrong_sender else SendFailed
    return kind(meaning.fault, str(code or f"http-{status}"), meaning.text, _wait(retry_after, now))


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
def _table() -> _Table:
    content = yaml.safe_load(Path(__file__).with_name("errors.yml").read_text(encoding="utf-8"))
    return _Table(*({int(key): _meaning(line) for key, line in content[part].items()} for part in _Table.__slots__))


def _meaning(line: dict[str, Any]) -> Meaning:
    wrong_sender = line["fault"] == _SENDER
    return Meaning(Fault.PERMANENT if wrong_sender else Fault(line["fault"]), str(line["meaning"]), wrong_sender)
