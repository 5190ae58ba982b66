"""What the page may send: checked fields, and made-up numbers only."""

from __future__ import annotations

import re
from collections.abc import Mapping

from channels.errors import Problem

_FICTIONAL = re.compile(r"\+84900000\d{3}")
"""Numbers the simulator may use: a range kept for it, so that nobody's real number is used."""

_CALL = re.compile(r"CA[0-9a-f]{32}")


def members(body: object) -> Mapping[str, object]:
    """The fields of a JSON object.

    Raises:
        Problem: it is something else.
    """
    if not isinstance(body, dict):
        raise Problem(400, "bad_json", "the body must be a JSON object")
    return body


def own_number(fields: Mapping[str, object]) -> str:
    """The telephone of the page. Raises :class:`Problem` for any number people may have."""
    number = fields.get("from")
    if not isinstance(number, str) or not _FICTIONAL.fullmatch(number):
        raise Problem(400, "bad_fields", "from: must be +84900000 and three digits")
    return number


def call_id(fields: Mapping[str, object]) -> str:
    """The call. Raises :class:`Problem` for what is no id of ours."""
    call = fields.get("call")
    if not isinstance(call, str) or not _CALL.fullmatch(call):
        raise Problem(400, "bad_fields", "call: must be the id this server gave")
    return call


def sequence(fields: Mapping[str, object]) -> int:
    """Number of a move. Raises :class:`Problem` for what is no small number."""
    number = fields.get("sequence")
    if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number < 1_000_000:
        raise Problem(400, "bad_fields", "sequence: must be the number this server gave")
    return number
