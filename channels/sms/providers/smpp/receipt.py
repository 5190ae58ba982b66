"""A delivery report, and the address at which we ask Kannel to report.

Kannel reports with GET and knows no other way, so everything stands in the address: our reference, a type, the
operator's id and error code. Its ``%A`` is left out, for it repeats the beginning of the message.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import unquote_to_bytes, urlsplit, urlunsplit

from channels.sms.providers.smpp.message import FormError
from channels.sms.providers.smpp.tables import ROUTE, receipt_kinds
from channels.sms.routes.messages import Delivery, Receipt

PATH = "/sms/kannel/status"

REPORTS = 1 + 2 + 8 + 16
"""Types we ask for: all but 4, the state in between, which some operators charge for."""

USER = "kannel"
"""Who Kannel says it is; the password alone counts."""

_REFERENCE = re.compile(r"[A-Za-z0-9]{1,64}")
_OPERATORS_ID = re.compile(r"[\x21-\x7e]{1,64}")
_ERROR = re.compile(rb"dlr_err=(.)(..)", re.DOTALL)
"""``network_error_code`` of SMPP 3.4 (5.3.2.31): a byte for the kind of network, two for its error."""


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
    return urlunsplit((parts.scheme, host, parts.path + PATH, query, ""))


def read_receipt(query: Mapping[str, str]) -> Receipt:
    """Read one report.

    Raises:
        FormError: it names no message of ours, or a type that does not exist.
    """
    reference, kind = query.get("message", ""), receipt_kinds().get(query.get("type", ""))
    problems = []
    if not _REFERENCE.fullmatch(reference):
        problems.append("message is missing: our reference")
    if kind is None:
        problems.append(f"type must be one of {', '.join(receipt_kinds())}")
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


def _error(detail: str) -> str | None:
    """The network's error number; 0 stands for none."""
    found = _ERROR.search(unquote_to_bytes(detail))
    number = int.from_bytes(found[2], "big") if found else 0
    return str(number) if number else None
