"""Calls are counted for the operations centre once they have ended, in a thread of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from prometheus_client import CollectorRegistry

from channels.phone.calls.figures import CallFigures


async def test_what_was_counted_is_kept_when_a_call_ends_and_only_once() -> None:
    kept: list[Mapping[str, int]] = []
    figures = CallFigures(CollectorRegistry(), kept.append)
    figures.began("sip")
    figures.answered("sip", 0.4, 0.1)
    figures.answered("sip", 2.0, 0.1)
    figures.interrupted("sip", "keys")
    figures.refused("sip", "full")
    assert kept == []
    for _ in range(2):
        figures.ended("sip", "done")
    await asyncio.get_running_loop().shutdown_default_executor()
    first, second = sorted(kept, key=len, reverse=True)
    assert first == {
        "ended_done": 1,
        "answers": 2,
        "slow": 1,
        "milliseconds": 2400,
        "interruptions": 1,
        "refused": 1,
    }
    assert second == {"ended_done": 1}
