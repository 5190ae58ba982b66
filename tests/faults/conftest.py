from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from provider_process import ACCOUNT, ProviderProcess
from running_system import TOKEN, RunningSystem
from sms_town import Town

WITHOUT_LIMITS = {
    "MOTCUA_SMS_LIMIT_SHORT": "0",
    "MOTCUA_SMS_LIMIT_DAY": "0",
    # On a machine with other work a message may wait for minutes, and whoever waits would be told so in a text more.
    "MOTCUA_SMS_TROUBLE_SECONDS": "900",
    # Warnings are what matters here, and a line for each message would fill the report.
    "MOTCUA_LOG_LEVEL": "WARNING",
}


@pytest.fixture(scope="module")
def town(trained: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Everything answered goes through outbox and provider, nothing inside responses."""
    folder = tmp_path_factory.mktemp("town")
    provider = ProviderProcess(folder / "journal", TOKEN)
    system = RunningSystem(data=folder / "data", log=folder / "log")
    provider.start()
    system.settings = {
        **WITHOUT_LIMITS,
        "MOTCUA_TWILIO_ACCOUNT_SID": ACCOUNT,
        "MOTCUA_TWILIO_API_URL": provider.url,
        "MOTCUA_TWILIO_PER_SECOND": "10000",
        "MOTCUA_SMS_REPLY_IN_WEBHOOK_SECONDS": "0",
        "MOTCUA_PUBLIC_URL": system.url,
    }
    try:
        system.start()
        yield Town(system, provider)
    finally:
        system.stop()
        provider.kill()


@pytest.fixture
def inline_system(trained: None, tmp_path: Path) -> Iterator[RunningSystem]:
    """No account: the response to the webhook is the only way out."""
    running = RunningSystem(data=tmp_path / "data", log=tmp_path / "log", settings=WITHOUT_LIMITS)
    try:
        running.start()
        yield running
    finally:
        running.stop()
