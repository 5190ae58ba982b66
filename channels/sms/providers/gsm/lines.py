"""The modems of this machine, each with its SIM card: ``gsm:///dev/serial/by-id/usb-…?name=viettel&number=+84…&day=500``."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from channels.sms.providers.gsm.tables import ROUTE
from channels.sms.providers.line_options import (
    WrongAddress,
    day_of,
    name_of,
    options_of,
    per_second_of,
    refuse_twice,
)
from runtime.messages import Message
from runtime.settings import Settings, SettingsError

OPTIONS = ("name", "number", "pin", "connection", "per_second", "day")


@dataclass(frozen=True, slots=True)
class Line:
    """One modem and the card in it."""

    name: str
    """Empty for the one that needs no name."""
    device: str
    connection: str
    pin: str | None = field(repr=False)
    number: str
    """Of the card, as citizens dial it; empty where it is not told."""
    per_second: float
    per_day: int | None

    @property
    def route(self) -> str:
        """The route's name, in rows, logs and figures."""
        return f"{ROUTE}_{self.name}" if self.name else ROUTE


def lines_of(settings: Settings) -> tuple[Line, ...]:
    """The modem of ``MOTCUA_GSM_DEVICE``, and those of ``MOTCUA_GSM_MODEMS``.

    Raises:
        SettingsError: an address of the latter cannot be read.
    """
    found: list[Line] = []
    if settings.gsm_device is not None:
        found.append(
            Line(
                name="",
                device=str(settings.gsm_device),
                connection=settings.gsm_connection,
                pin=settings.gsm_pin.get_secret_value() if settings.gsm_pin else None,
                number=settings.gsm_number,
                per_second=settings.gsm_per_second,
                per_day=settings.gsm_per_day,
            )
        )
    try:
        written = settings.gsm_modems.get_secret_value() if settings.gsm_modems else ""
        found += [_read(word, settings) for word in written.split()]
        refuse_twice([line.name for line in found if line.name])
        if len({line.device for line in found}) < len(found):
            raise WrongAddress(Message("two names lead to one device"))
    except WrongAddress as error:
        raise SettingsError(Message("MOTCUA_GSM_MODEMS: {error}", error=error)) from None
    return tuple(found)


def _read(word: str, settings: Settings) -> Line:
    try:
        parts = urlsplit(word)
    except ValueError as error:
        raise WrongAddress(str(error)) from None
    if parts.scheme != "gsm" or parts.netloc or not parts.path.startswith("/"):
        raise WrongAddress(Message("must be gsm:///dev/…?name=…, three slashes, with spaces between modems"))
    options = options_of(parts.query, OPTIONS)
    name = name_of(options)
    if not name:
        raise WrongAddress(Message("{device}: a name is missing, such as ?name=viettel", device=unquote(parts.path)))
    return Line(
        name=name,
        device=unquote(parts.path),
        connection=options.get("connection", settings.gsm_connection),
        pin=options.get("pin") or None,
        number=options.get("number", ""),
        per_second=per_second_of(options, settings.gsm_per_second),
        per_day=day_of(options),
    )
