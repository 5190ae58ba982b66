"""What Kannel brings, each read once into a typed value, and the address at which we ask it to report.

A message comes by ``post-url``: sender and recipient in header fields, the text as body, the id in the query. So no
number and no word of a citizen stands in an address, which servers and proxies log. A delivery report comes with GET,
for Kannel knows no other way, so everything stands in the address: our reference, a type, the operator's id and error
code. Its ``%A`` is left out, for it repeats the beginning of the message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import unquote_to_bytes, urlsplit, urlunsplit

from werkzeug.datastructures import Headers
from werkzeug.http import parse_options_header

from channels.sms.providers.provider import FormError
from channels.sms.providers.smpp.tables import ROUTE, statuses
from channels.sms.routes.messages import Delivery, IncomingMessage, Receipt

MESSAGE_PATH = "/sms/kannel"
STATUS_PATH = "/sms/kannel/status"

REPORTS = 1 + 2 + 8 + 16
"""Types we ask for: all but 4, the state in between, which some operators charge for."""

USER = "kannel"
"""Who Kannel says it is; the password alone counts."""

_REFERENCE = re.compile(r"[A-Za-z0-9]{1,64}")
_OPERATORS_ID = re.compile(r"[\x21-\x7e]{1,64}")
_ERROR = re.compile(rb"dlr_err=(.)(..)", re.DOTALL)
"""``network_error_code`` of SMPP 3.4 (5.3.2.31): a byte for the kind of network, two for its error."""

_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_EIGHT_BIT = "1"
_BINARY = "application/octet-stream"


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


def receipt_url(base: str, secret: str | None, reference: str) -> str:
    """The address for the reports about one message.

    Args:
        base: where Kannel reaches us, without trailing slash.
        secret: shown as password of HTTP's basic scheme, which servers do not log; letters, digits, - and _.
        reference: ours.
    """
    parts = urlsplit(base)
    host = f"{USER}:{secret}@{parts.netloc}" if secret else parts.netloc
    query = f"message={reference}&type=%d&id=%F&detail=%D"
    return urlunsplit((parts.scheme, host, parts.path + STATUS_PATH, query, ""))


def read_receipt(query: Mapping[str, str]) -> Receipt:
    """Read one report.

    Raises:
        FormError: it names no message of ours, or a type that does not exist.
    """
    reference, kind = query.get("message", ""), statuses().get(query.get("type", ""))
    problems = []
    if not _REFERENCE.fullmatch(reference):
        problems.append("message is missing: our reference")
    if kind is None:
        problems.append(f"type must be one of {', '.join(statuses())}")
    if problems or kind is None:
        raise FormError("; ".join(problems))
    code = _error(query.get("detail", "")) or kind.code if kind.delivery is Delivery.FAILED else None
    operators_id = query.get("id", "").strip()
    return Receipt(
        route=ROUTE,
        delivery=kind.delivery,
        provider_id=operators_id if _OPERATORS_ID.fullmatch(operators_id) else None,
        reference=reference,
        code=code,
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


def _error(detail: str) -> str | None:
    """The network's error number; 0 stands for none."""
    found = _ERROR.search(unquote_to_bytes(detail))
    number = int.from_bytes(found[2], "big") if found else 0
    return str(number) if number else None
