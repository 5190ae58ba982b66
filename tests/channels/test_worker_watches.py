"""What the worker looks after now and then goes on, whatever happens in it."""

from __future__ import annotations

import asyncio
import threading

import pytest

from channels.worker import _watch


async def test_a_look_that_failed_is_told_of_and_comes_again(caplog: pytest.LogCaptureFixture) -> None:
    looks: list[int] = []
    again = threading.Event()

    def look() -> None:
        looks.append(1)
        if len(looks) == 1:
            raise ValueError("a defect")
        again.set()

    watching = asyncio.create_task(_watch(look, 0.01))
    assert await asyncio.to_thread(again.wait, 10)
    watching.cancel()
    assert "it is tried again" in caplog.text
