"""A message as Kannel's ``post-url`` brings it: sender and recipient in header fields, the text as body, the id
in the query. So no number and no word of a citizen stands in an address, which servers and proxies log.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from werkzeug.datastructures import Headers
from werkzeug.http import parse_options_header

from channels.sms.providers.smpp.tables import ROUTE
from channels.sms.routes.messages import IncomingMessage

_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_EIGHT_BIT = "1"
_BINARY = "application/octet-stream"


class FormError(ValueError):
    """A request lacks something; the message says what and which line of Kannel's file cures it, and holds no
    value.
    """


def read_message(headers: Headers, query: Mapping[str, str], body: bytes, reached_us_at: datetime) -> IncomingMessage:
    """Read one message.

    A message of bytes instead of letters (a ringtone, a business card) counts as media: its sender learns
    that only text is read.

    Args:
        headers: of the request.
        query: of the request's address.
        body: as it came.
        reached_us_at: stands in where Kannel gives no time, or one that is still to come.

    Raises:
        FormError: naming everything that is missing.
    """
    problems = []
    sender, recipient = headers.get("X-Kannel-From", "").strip(), headers.get("X-Kannel-To", "").strip()
    if not sender:
        problems.append("X-Kannel-From is missing: the sms-service needs send-sender = true")
    if not recipient:
        problems.append("X-Kannel-To is missing: Kannel must call with post-url")
    if not _ID.fullmatch(query.get("id", "")):
        problems.append("id is missing: post-url must end with ?id=%I")
    if problems:
        raise FormError("; ".join(problems))
    kind, options = parse_options_header(headers.get("Content-Type", ""))
    is_text = kind != _BINARY and headers.get("X-Kannel-Coding", "").strip() != _EIGHT_BIT
    return IncomingMessage(
        route=ROUTE,
        sender=sender,
        recipient=recipient,
        body=_decode(body, options.get("charset", "")) if is_text else "",
        received_at=_time(headers.get("X-Kannel-Time", ""), reached_us_at),
        provider_id=query["id"],
        media=0 if is_text else 1,
    )


def _decode(body: bytes, charset: str) -> str:
    """The text; a broken byte costs one sign, never the message."""
    try:
        return body.decode(charset.strip() or "utf-8", "replace")
    except (LookupError, ValueError):
        # No alphabet has that name.
        return body.decode("utf-8", "replace")


def _time(written: str, reached_us_at: datetime) -> datetime:
    """Kannel writes Greenwich time without saying so."""
    try:
        taken = datetime.strptime(written.strip(), "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return reached_us_at
    return min(taken, reached_us_at).astimezone(reached_us_at.tzinfo)
