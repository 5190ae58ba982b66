"""Two modems, each with the real gammu-smsd on it: routes of their own, with cards, stores and days of their own."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from at_modem import at_modem
from pdu import deliver
from running_route import SECRET, StoredHere, needs_smsd

from channels.sms.providers import registry
from channels.sms.routes.messages import OutgoingMessage
from channels.sms.routes.route import Route, SendFailed
from runtime import clock
from runtime.settings import Settings
from stores.sealing import Seal

pytestmark = [needs_smsd, pytest.mark.xdist_group("gsm")]

AT = datetime(2026, 11, 23, 9, 30, 15, tzinfo=timezone(timedelta(hours=7)))
NUMBERS = {"gsm_viettel": "+84900000101", "gsm_mobi": "+84900000102"}


def test_what_comes_in_by_a_modem_bears_its_name_and_number_and_what_goes_out_goes_by_its_card(tmp_path: Path) -> None:
    for name in NUMBERS:
        (tmp_path / name).mkdir()
    with at_modem(tmp_path / "gsm_viettel") as viettel, at_modem(tmp_path / "gsm_mobi") as mobi:
        modems = {"gsm_viettel": viettel, "gsm_mobi": mobi}
        written = " ".join(
            f"gsm://{modem.device}?name={name.removeprefix('gsm_')}&number={NUMBERS[name]}&per_second=10&day=50"
            for name, modem in modems.items()
        )
        settings = Settings(data_dir=tmp_path / "data", gsm_modems=written, secret_key=SECRET)

        async def whole() -> StoredHere:
            arrivals = StoredHere()
            routes = await registry.connect(settings, Seal(SECRET.encode()), clock.now)
            assert {name: route.limits.per_day for name, route in routes.items()} == dict.fromkeys(NUMBERS, 50)
            running = [asyncio.create_task(route.run(arrivals)) for route in routes.values()]
            try:
                for name, modem in modems.items():
                    await handed(routes[name], OutgoingMessage(f"r{name}", "+84900000001", f"Gui bang {name}."))
                    modem.receive(deliver("+84900000002", f"hoi qua {name}", at=AT))
                async with asyncio.timeout(60):
                    while len(arrivals.messages) < len(modems):
                        await asyncio.sleep(0.1)
            finally:
                for task in running:
                    task.cancel()
                await asyncio.gather(*running, return_exceptions=True)
                for route in routes.values():
                    await route.close()
            return arrivals

        arrivals = asyncio.run(whole())
        assert [len(modem.submitted) for modem in modems.values()] == [1, 1]
    came = {(message.route, message.recipient, message.body) for message in arrivals.messages}
    assert came == {(name, number, f"hoi qua {name}") for name, number in NUMBERS.items()}


async def handed(route: Route, message: OutgoingMessage) -> None:
    """Hand it over as soon as the modem is ready."""
    async with asyncio.timeout(90):
        while True:
            try:
                await route.send(message)
            except SendFailed:
                await asyncio.sleep(0.3)
            else:
                return
