"""A call that warns, taken by a real telephone: baresip answers, hears it, and presses the key as a telephone event."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

from baresip_caller import BaresipCaller, needs_baresip
from free_ports import free_port
from warning_call_doubles import DUE, Due, dialling

from channels.warnings.rules import Outcome


@needs_baresip
async def test_a_real_telephone_takes_the_call_hears_it_and_confirms(tmp_path: Path) -> None:
    port, due = free_port(), Due(DUE)
    telephone = BaresipCaller(tmp_path / "phone", codec="PCMA", account=";answermode=auto")
    config = tmp_path / "phone" / "config"
    config.write_text(re.sub(r"sip_listen \S+", f"sip_listen 127.0.0.1:{port}", config.read_text()))
    accounts = tmp_path / "phone" / "accounts"
    accounts.write_text(accounts.read_text().replace("0900000177", "0900000123"))
    with telephone:
        async with dialling(port, due, says_seconds=2.0):
            async with asyncio.timeout(30):
                while len(telephone.heard()) < 16000 * 2:
                    await asyncio.sleep(0.05)
                await asyncio.to_thread(telephone.press, "1")
                while not due.settled:
                    await asyncio.sleep(0.05)
    assert due.settled == [(Outcome.CONFIRMED, True)]
