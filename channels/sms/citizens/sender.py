"""Who sent a message: a subscriber who can be answered, or a machine that must not be."""

from __future__ import annotations

import re

from language.phone_number import InvalidPhoneNumber, PhoneNumber

_E164 = re.compile(r"\+[1-9]\d{7,14}")


def subscriber_of(sender: str) -> str | None:
    """The sender's number in E.164; None for short codes and names, which have no subscriber behind them.

    A number in international form that no numbering plan knows yet is a subscriber all the same: operators
    open new prefixes faster than plans are corrected, and whoever texts gets an answer.
    """
    try:
        return PhoneNumber.parse(sender).e164
    except InvalidPhoneNumber:
        return sender if _E164.fullmatch(sender) else None
