"""The SMS providers there are, and those an operator has set up. The project's own are listed here and nowhere else.

Others come with any installed distribution that has entry points of the group :data:`GROUP`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from channels.sms.providers.provider import Provider, WebhookParts
from channels.sms.routes.number_table import NumberTable, NumberTableError
from channels.sms.routes.route import Route
from runtime.messages import Message
from runtime.plugin_settings import own_settings
from runtime.registry import Factories, RegistryError
from runtime.settings import Settings, SettingsError
from stores.sealing import Seal

if TYPE_CHECKING:
    from flask import Blueprint

GROUP = "motcua.sms_providers"

PROVIDERS = Factories(
    GROUP,
    Message("SMS provider"),
    {
        "gsm": "channels.sms.providers.gsm:Gsm",
        "smpp_link": "channels.sms.providers.smpp_link:SmppLink",
        "smpp": "channels.sms.providers.smpp:Smpp",
        "twilio": "channels.sms.providers.twilio:Twilio",
    },
)
"""The one that serves people best in Vietnam first."""


def provider(name: str) -> Provider:
    """One provider, with its own settings where it is from outside.

    Raises:
        RegistryError: there is none of that name, it cannot be imported, or its own settings are wrong.
    """
    made = PROVIDERS.get(name)(own_settings(PROVIDERS, name))
    if not isinstance(made, Provider) or made.name != name:
        raise RegistryError(
            Message("the SMS provider {name!r} makes no Provider of that name: see docs/extending.md", name=name)
        )
    return made


def providers() -> tuple[Provider, ...]:
    """Every provider there is, set up or not.

    Raises:
        RegistryError: as :func:`provider`.
    """
    return tuple(provider(name) for name in PROVIDERS.names)


def number_table(settings: Settings) -> NumberTable:
    """The table of routes in use.

    The table that ships knows no provider from outside: those come after the ones it names. An operator's own file says
    everything itself, and may name a provider's lines one by one.

    Raises:
        SettingsError: the operator's own file is wrong.
    """
    lines = {each.name: each.lines(settings) for each in providers()}
    known = tuple(dict.fromkeys((*PROVIDERS.names, *(line for found in lines.values() for line in found))))
    try:
        if settings.sms_routes is not None:
            table = NumberTable.read(settings.sms_routes, known)
        else:
            shipped = NumberTable.read(settings.nlu_data_path / "sms" / "routes.yml", PROVIDERS.names)
            table = shipped.with_others(PROVIDERS.names)
    except NumberTableError as error:
        raise SettingsError(Message("MOTCUA_SMS_ROUTES: {error}", error=error)) from None
    return table.over_lines(lines, may_change_number=settings.sms_answers_by_other_numbers)


def set_up(settings: Settings) -> tuple[str, ...]:
    """Names of the routes that messages can go out by, told without making a connection.

    Raises:
        SettingsError: a setting of lines cannot be read.
    """
    return tuple(line for each in providers() for line in each.lines(settings))


def longest(settings: Settings) -> int | None:
    """Characters that every provider in use takes in one message; None where ``MOTCUA_SMS_SEGMENTS`` is the only limit.

    One limit for all: a message that has to change its route must not be too long for the other.
    """
    limits = [each.longest(settings) for each in providers() if each.is_set_up(settings)]
    return min((limit for limit in limits if limit is not None), default=None)


async def connect(settings: Settings, seal: Seal, now: Callable[[], datetime]) -> dict[str, Route]:
    """The routes of every provider that is set up, with the installation's clock.

    Raises:
        SettingsError: one lacks a setting or a program.
    """
    routes: dict[str, Route] = {}
    for each in providers():
        if each.is_set_up(settings):
            each.now = now
            made = await each.connect(settings, seal)
            routes |= {route.name: route for route in ([made] if not isinstance(made, Sequence) else made)}
    return routes


def webhooks(parts: WebhookParts) -> Sequence[Blueprint]:
    """The addresses of every provider, set up or not."""
    return [blueprint for each in providers() for blueprint in each.webhooks(parts)]
