from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from channels.sms.providers.twilio.send import TwilioRoute
from tests.peers.twilio.prism import running_prism, skip_without_prism
from tests.peers.twilio.provider import ACCOUNT, NUMBER, TOKEN, Provider


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    running = await Provider().start()
    yield running
    await running.stop()


@pytest.fixture
async def route(provider: Provider) -> AsyncIterator[TwilioRoute]:
    """A route straight to the provider."""
    made = TwilioRoute(ACCOUNT, TOKEN, api_url=provider.url, number=NUMBER)
    yield made
    await made.close()


@pytest.fixture
async def checked_route(provider: Provider, tmp_path: Path) -> AsyncIterator[TwilioRoute]:
    """A route whose every request, and every answer to it, is held against Twilio's API description."""
    skip_without_prism()
    with running_prism(provider.url, tmp_path / "prism.log") as address:
        made = TwilioRoute(ACCOUNT, TOKEN, api_url=address, number=NUMBER, public_url="https://sms.example.vn/")
        yield made
        await made.close()
