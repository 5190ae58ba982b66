"""The route's requests as Twilio's own OpenAPI description allows them."""

from __future__ import annotations

from datetime import timedelta

import aiohttp
import pytest

from channels.sms.providers.twilio.send import TwilioRoute
from channels.sms.routes.messages import OutgoingMessage
from runtime import clock
from tests.peers.twilio.provider import ACCOUNT, NUMBER, TOKEN, Provider

pytestmark = pytest.mark.xdist_group("prism")


async def test_what_the_route_sends_is_what_the_description_allows(
    checked_route: TwilioRoute, provider: Provider
) -> None:
    for number, text in enumerate(["Can to khai.", "Cần tờ khai & giấy chứng sinh; 100% = đủ?\n1. Có\n2. Không"]):
        handed = await checked_route.send(
            OutgoingMessage(f"ref{number}", "+84900000123", text, sender=NUMBER, valid_seconds=99_999)
        )
        taken = provider.messages[handed.provider_id or ""]
        assert (taken.to, taken.sender, taken.body) == ("+84900000123", NUMBER, text)
        assert taken.callback == f"https://sms.example.vn/sms/twilio/status?message=ref{number}"
        assert taken.validity == "36000"


async def test_a_look_up_is_what_the_description_allows(checked_route: TwilioRoute, provider: Provider) -> None:
    message = OutgoingMessage("ref", "+84900000123", "Can to khai.", created_at=clock.now() - timedelta(seconds=1))
    assert await checked_route.look_up(message) is None
    sid = await _taken_behind_our_back(provider, message)
    found = await checked_route.look_up(message)
    assert found is not None
    assert found.provider_id == sid


async def _taken_behind_our_back(provider: Provider, message: OutgoingMessage) -> str:
    form = {"To": message.recipient, "From": NUMBER, "Body": message.text}
    address = f"{provider.url}/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    async with (
        aiohttp.ClientSession(auth=aiohttp.BasicAuth(ACCOUNT, TOKEN)) as client,
        client.post(address, data=form) as response,
    ):
        assert response.status == 201
        return str((await response.json())["sid"])


async def test_the_proxy_would_notice_a_wrong_request(checked_route: TwilioRoute, provider: Provider) -> None:
    """What makes the tests above able to fail."""
    with pytest.raises(Exception, match="422"):
        await checked_route.send(OutgoingMessage("ref", "+84900000123", "Can to khai.", sender="MG-no-such-shape"))
    assert provider.messages == {}
