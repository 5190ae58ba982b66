"""The routes an operator has set up, by name."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from channels.sms.providers import gsm, smpp, twilio
from channels.sms.routes.number_table import ROUTE_NAMES, NumberTable, NumberTableError
from channels.sms.routes.route import Route
from runtime.settings import NLU_DATA, Settings, SettingsError

CONNECT: Mapping[str, Callable[[Settings], Awaitable[Route | None]]] = {
    "gsm": gsm.connect,
    "smpp": smpp.connect,
    "twilio": twilio.connect,
}
"""What makes each route inside the running event loop; None when it is not set up."""


def number_table(settings: Settings) -> NumberTable:
    """The table of routes in use.

    Raises:
        SettingsError: the operator's own file is wrong.
    """
    try:
        return NumberTable.read(settings.sms_routes or NLU_DATA / "sms" / "routes.yml")
    except NumberTableError as error:
        raise SettingsError(f"MOTCUA_SMS_ROUTES: {error}") from None


def set_up(settings: Settings) -> tuple[str, ...]:
    """Names of the routes that messages can go out by, told without making a connection."""
    is_set = {
        "gsm": settings.gsm_device is not None,
        "smpp": settings.kannel_url is not None,
        "twilio": settings.twilio_account_sid is not None and settings.twilio_auth_token is not None,
    }
    return tuple(name for name in ROUTE_NAMES if is_set[name])


def longest(settings: Settings) -> int | None:
    """Characters that every route in use takes in one message; None where ``MOTCUA_SMS_SEGMENTS`` is the only limit.

    One limit for all: a message that has to change its route must not be too long for the other. Modems and
    Twilio-compatible providers take more than the six segments an operator may set at most.
    """
    return settings.kannel_longest if "smpp" in set_up(settings) else None


async def connect(settings: Settings) -> dict[str, Route]:
    """Every route that is set up.

    Raises:
        SettingsError: one lacks a setting or a program.
    """
    routes = {name: await CONNECT[name](settings) for name in ROUTE_NAMES}
    return {name: route for name, route in routes.items() if route is not None}
