"""``smpp://system_id:password@host:2775?number=8088``: where an operator's message centre is, and who we are there."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from channels.sms.providers.line_options import (
    WrongAddress,
    day_of,
    name_of,
    number_of,
    options_of,
    per_second_of,
    refuse_twice,
)
from runtime.messages import Message

PORTS = {"smpp": 2775, "smpps": 3550}
"""By scheme; ``smpps`` is TLS, and the port operators use for it."""
MOST_BINDS = 8
MOST_WINDOW = 1000
OPTIONS = ("name", "number", "type", "binds", "window", "per_second", "day")


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
    name: str = ""
    """Links with a name are routes of their own; those without one share one."""
    per_second: float = 30.0
    """Messages a second at most; of links without a name the setting's counts."""
    per_day: int | None = None
    """Segments a day at most."""


def read_addresses(text: str, per_second: float) -> tuple[LinkAddress, ...]:
    """The links of the setting, separated by spaces or line ends.

    Args:
        text: of the setting.
        per_second: messages a second on a link that says nothing else.

    Raises:
        WrongAddress: naming what is wrong.
    """
    links = tuple(_read(word, per_second) for word in text.split())
    if not links:
        raise WrongAddress(Message("there is no address"))
    refuse_twice([link.name for link in links if link.name])
    if any(not link.name and link.per_day for link in links):
        raise WrongAddress(Message("day needs a name: links without one are one route"))
    return links


def _read(word: str, per_second: float) -> LinkAddress:
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
    options = options_of(parts.query, OPTIONS)
    return LinkAddress(
        host=parts.hostname,
        port=port or PORTS[parts.scheme],
        system_id=_short(unquote(parts.username), 15, Message("the system id")),
        # SMPP 3.4, 5.2.2: an octet string of 9 with its end.
        password=_short(unquote(parts.password), 8, Message("the password")),
        tls=parts.scheme == "smpps",
        number=options.get("number", ""),
        system_type=_short(options.get("type", ""), 12, "type"),
        binds=number_of(options.get("binds", "1"), MOST_BINDS, "binds"),
        window=number_of(options.get("window", "10"), MOST_WINDOW, "window"),
        name=name_of(options),
        per_second=per_second_of(options, per_second),
        per_day=day_of(options),
    )


def _short(text: str, most: int, what: str) -> str:
    if len(text) > most or not text.isascii():
        raise WrongAddress(Message("{what} has at most {most} plain letters and digits", what=what, most=most))
    return text
