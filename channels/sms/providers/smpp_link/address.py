"""``smpp://system_id:password@host:2775?number=8088``: where an operator's message centre is, and who we are there."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

from runtime.messages import Message

PORTS = {"smpp": 2775, "smpps": 3550}
"""By scheme; ``smpps`` is TLS, and the port operators use for it."""
MOST_BINDS = 8


class WrongAddress(ValueError):
    """The address says something it cannot; the message holds no password."""


@dataclass(frozen=True, slots=True)
class LinkAddress:
    """One operator's message centre."""

    host: str
    port: int
    system_id: str
    password: str = field(repr=False)
    tls: bool = False
    number: str = ""
    """Our number there: answers to what was sent to it go by this link. Empty: any."""
    system_type: str = ""
    binds: int = 1
    """Connections at once."""
    window: int = 10
    """Messages without an answer at once, on each connection."""


def read_addresses(text: str) -> tuple[LinkAddress, ...]:
    """The links of the setting, separated by spaces or line ends.

    Raises:
        WrongAddress: naming what is wrong.
    """
    links = tuple(_read(word) for word in text.split())
    if not links:
        raise WrongAddress(Message("there is no address"))
    return links


def _read(word: str) -> LinkAddress:
    try:
        parts = urlsplit(word)
        port = parts.port
    except ValueError as error:
        raise WrongAddress(str(error)) from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise WrongAddress(Message("must be smpp://SYSTEM_ID:PASSWORD@HOST:PORT, or smpps:// for TLS"))
    if not parts.username or parts.password is None:
        raise WrongAddress(
            Message(
                "{hostname}: system id and password are missing: smpp://SYSTEM_ID:PASSWORD@HOST",
                hostname=parts.hostname,
            )
        )
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    try:
        return LinkAddress(
            host=parts.hostname,
            port=port or PORTS[parts.scheme],
            system_id=_short(unquote(parts.username), 15, Message("the system id")),
            # SMPP 3.4, 5.2.2: an octet string of 9 with its end.
            password=_short(unquote(parts.password), 8, Message("the password")),
            tls=parts.scheme == "smpps",
            number=options.pop("number", ""),
            system_type=_short(options.pop("type", ""), 12, "type"),
            binds=_number(options.pop("binds", "1"), MOST_BINDS, "binds"),
            window=_number(options.pop("window", "10"), 1000, "window"),
        )
    finally:
        if options.keys() - {"number", "type", "binds", "window"}:
            raise WrongAddress(
                Message("unknown: {options}; there are number, type, binds, window", options=", ".join(sorted(options)))
            )


def _short(text: str, most: int, what: str) -> str:
    if len(text) > most or not text.isascii():
        raise WrongAddress(Message("{what} has at most {most} plain letters and digits", what=what, most=most))
    return text


def _number(text: str, most: int, what: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= most):
        raise WrongAddress(Message("{what} is a number from 1 to {most}", what=what, most=most))
    return int(text)
