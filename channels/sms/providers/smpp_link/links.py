"""The links of ``MOTCUA_SMPP_URL`` by route."""

from __future__ import annotations

from channels.sms.providers.line_options import WrongAddress
from channels.sms.providers.smpp_link.address import LinkAddress, read_addresses
from channels.sms.providers.smpp_link.tables import ROUTE
from runtime.messages import Message
from runtime.settings import Settings, SettingsError


def links_of(settings: Settings) -> dict[str, tuple[LinkAddress, ...]]:
    """The links of each route: one with a name is a route of its own, those without one share one.

    Raises:
        SettingsError: an address is wrong.
    """
    if settings.smpp_url is None:
        return {}
    found: dict[str, tuple[LinkAddress, ...]] = {}
    try:
        for address in read_addresses(settings.smpp_url.get_secret_value(), settings.smpp_per_second):
            route = f"{ROUTE}_{address.name}" if address.name else ROUTE
            found[route] = (*found.get(route, ()), address)
    except WrongAddress as error:
        raise SettingsError(Message("MOTCUA_SMPP_URL: {error}", error=error)) from None
    return found
