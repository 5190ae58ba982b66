"""A newer model takes over between two turns."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from assistant.renewal import Renewal


class Answers:
    """Stands for a loaded core; it may be answering while the newer one comes."""

    def __init__(self) -> None:
        self.retired = False
        self.answered = asyncio.Event()
        self.answered.set()

    async def understand(self, text: str) -> None:
        assert text

    async def retire(self) -> None:
        await self.answered.wait()
        self.retired = True


async def trained() -> bool:
    return True


def test_the_newer_core_answers_at_once_and_the_older_one_ends_its_turn() -> None:
    async def run() -> None:
        older, newer = Answers(), Answers()
        older.answered.clear()
        now = SimpleNamespace(turns=older)
        renewing = asyncio.create_task(Renewal(trained, lambda: newer).run(now))
        while now.turns is older:
            await asyncio.sleep(0)
        assert not older.retired
        older.answered.set()
        await renewing
        assert older.retired

    asyncio.run(run())


def test_nothing_changes_when_no_newer_model_is_due() -> None:
    async def not_due() -> bool:
        return False

    async def run() -> None:
        older = Answers()
        now = SimpleNamespace(turns=older)
        await Renewal(not_due, Answers).run(now)
        assert now.turns is older
        assert not older.retired

    asyncio.run(run())


def test_a_model_that_cannot_be_loaded_leaves_the_older_one(caplog: pytest.LogCaptureFixture) -> None:
    def broken() -> Answers:
        raise OSError("no such model")

    async def run() -> None:
        older = Answers()
        now = SimpleNamespace(turns=older)
        await Renewal(trained, broken).run(now)
        assert now.turns is older
        assert not older.retired

    asyncio.run(run())
    assert "goes on answering" in caplog.text
