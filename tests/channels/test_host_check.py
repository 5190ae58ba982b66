from __future__ import annotations

from collections.abc import Callable

import pytest
from installations import create_app

from channels.host_check import is_known
from runtime.settings import Settings


@pytest.mark.parametrize(
    ("host", "known"),
    [
        *((host, True) for host in ("localhost", "LOCALHOST:8080", "127.0.0.1:8080", "[::1]:8080", "10.1.2.3", "")),
        *((host, True) for host in ("motcua.example.vn", "Motcua.Example.VN:443", "motcua.example.vn.")),
        *(
            (host, False)
            for host in ("attacker.example", "motcua.example.vn.attacker.example", "1.2.3.4.attacker.example")
        ),
    ],
)
def test_names_of_this_server_and_addresses_are_known(host: str, known: bool) -> None:
    assert is_known(host, frozenset({"localhost", "motcua.example.vn"})) is known


def test_a_name_that_was_made_to_lead_here_gets_nothing(set_up: Callable[..., Settings]) -> None:
    client = create_app(set_up(public_url="https://motcua.example.vn", host_names="kiosk.lan")).test_client()
    for host, status in (("attacker.example", 421), ("motcua.example.vn", 200), ("kiosk.lan:8080", 200)):
        assert client.get("/healthz", headers={"Host": host}).status_code == status
