"""Who may come in by where they call from."""

from __future__ import annotations

import pytest

from channels.callers import Callers
from runtime.settings import Settings, SettingsError


def callers(**changes: object) -> Callers:
    return Callers.from_settings(Settings(environment="production", **changes))


@pytest.mark.parametrize(
    ("remote", "headers", "may"),
    [
        ("127.0.0.1", set(), True),
        ("::1", set(), True),
        ("::ffff:127.0.0.1", set(), True),
        ("192.168.7.20", set(), True),
        ("192.168.8.20", set(), False),
        ("203.0.113.5", set(), False),
        # A proxy on this machine speaks for anybody.
        ("127.0.0.1", {"X-Forwarded-For"}, False),
        ("192.168.7.20", {"Forwarded"}, False),
        # A Unix socket.
        ("", set(), False),
        (None, set(), False),
    ],
)
def test_in_production_the_kiosk_is_for_this_machine_and_those_named(
    remote: str | None, headers: set[str], may: bool
) -> None:
    assert callers(kiosk_from="192.168.7.0/24").may_use_kiosk(remote, headers) is may


def test_in_development_anybody_may_try_the_kiosk() -> None:
    assert Callers.from_settings(Settings(environment="development")).may_use_kiosk("203.0.113.5", set())


@pytest.mark.parametrize("wrong", ["phòng một cửa", "192.168.7.300", "10.0.0.0/40"])
def test_a_place_that_is_no_address_stops_the_start(wrong: str) -> None:
    with pytest.raises(SettingsError, match="MOTCUA_KIOSK_FROM"):
        callers(kiosk_from=wrong)
