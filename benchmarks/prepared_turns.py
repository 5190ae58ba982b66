"""What preparing at the pause is worth: ``python -m benchmarks.prepared_turns``.

Questions of the accuracy sets are put to the dialogue of calls, the core and the voice of this machine, each twice in a
call of its own: as they come, and after what a call prepares at the caller's pause. Measured is what a caller waits for
once the turn is over: the step of the dialogue and the first passage of its sound, which nobody has asked for before.
The recogniser is left out (:mod:`benchmarks.calls` has all together). Both ways stand side by side in time, in turns,
so that whatever else the machine does meets both.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import statistics
import tempfile
import threading
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import assistant.lean_rasa  # noqa: F401  (before rasa)

import typer
from redis import Redis
from rich.console import Console
from rich.table import Table

from assistant.turns import Turns
from benchmarks.figures import percentile
from benchmarks.processes import ROOT
from channels.phone.calls.own_words import Styles
from channels.phone.dialogue.call import CallDialogue
from channels.phone.dialogue.call_store import CallStates
from channels.phone.dialogue.carrier_protocol import CallStarted, Line, Move, Said
from contract.turn import Turn, TurnResult
from installation.core import load_turns
from installation.root import Installation
from installation.tables import migrate
from installation.voices import piper_folder
from runtime.clock import VIETNAM
from runtime.settings import Settings
from speech.audio import TELEPHONE_RATE
from speech.speaking import Speaking
from speech.voices.cache import SpokenCache
from speech.voices.worker_voice import WorkerVoice
from stores.redis_server import RedisServer

QUESTIONS: Final = ROOT / "nlu_data" / "eval" / "procedures_plain.jsonl"
_CACHE_BYTES: Final = 50_000_000


class _Core:
    """The core in a thread of its own, as a call sees it."""

    def __init__(self, settings: Settings) -> None:
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._turns: Turns = load_turns(Installation(settings))

    def result(self, turn: Turn) -> TurnResult:
        return asyncio.run_coroutine_threadsafe(self._turns.answer(turn), self._loop).result()

    def dry_run(self, turn: Turn) -> TurnResult | None:
        return asyncio.run_coroutine_threadsafe(self._turns.dry_run(turn), self._loop).result()

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._turns.retire(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)


@dataclass(frozen=True)
class Waited:
    """Seconds a caller waits after the turn is over."""

    step: float
    sound: float
    """Until the first passage is there, the step included."""


@dataclass
class _Line:
    dialogue: CallDialogue
    voice: WorkerVoice
    styles: Styles

    async def waited(self, question: str, *, prepared: bool) -> tuple[Waited, bool]:
        """One call with one question; whether anything was prepared."""
        speaking, call = Speaking(self.voice, SpokenCache(_CACHE_BYTES)), secrets.token_hex(8)
        await asyncio.to_thread(self.dialogue.step, call, CallStarted(None))
        was_prepared = False
        if prepared:
            ahead = await asyncio.to_thread(self.dialogue.prepare, call, Said(question))
            if ahead is not None:
                was_prepared = True
                await self._first_sound(speaking, ahead.move)
        began = time.perf_counter()
        move = await asyncio.to_thread(self.dialogue.step, call, Said(question))
        stepped = time.perf_counter()
        await self._first_sound(speaking, move)
        return Waited(stepped - began, time.perf_counter() - began), was_prepared

    async def _first_sound(self, speaking: Speaking, move: Move) -> None:
        line: Line = move.say[0]
        saying = speaking.say(line.text, self.styles.of(line, move.style), rate=TELEPHONE_RATE, is_public=line.public)
        async with aclosing(saying):
            await anext(saying, None)


@asynccontextmanager
async def _line(folder: Path) -> AsyncIterator[_Line]:
    with RedisServer(folder / "redis") as server:
        settings = Settings(data_dir=folder, redis_url=server.url, secret_key=secrets.token_hex(16))
        migrate(settings.effective_database_url)
        here, core = Installation(settings), await asyncio.to_thread(_Core, settings)
        with Redis.from_url(server.url, decode_responses=True) as redis:
            dialogue = CallDialogue(
                core,
                CallStates(redis, here.seal),
                danger_in=here.emergencies.kind_in,
                now=lambda: datetime.now(VIETNAM),
                dry_run=core.dry_run,
            )
            async with WorkerVoice.named(settings.voice, settings.voice_workers, piper_folder(settings)) as voice:
                yield _Line(dialogue, voice, Styles(settings.voice_speed))
        await asyncio.to_thread(core.close)


async def measure(questions: list[str], folder: Path) -> tuple[dict[bool, list[Waited]], int]:
    """What was waited for without and with preparing, and how many questions could be prepared."""
    found: dict[bool, list[Waited]] = {False: [], True: []}
    could = 0
    async with _line(folder) as line:
        for question in questions[:2]:
            # What is loaded at the first use is no part of it.
            await line.waited(question, prepared=True)
        for number, question in enumerate(questions[2:]):
            for prepared in (number % 2 == 0, number % 2 == 1):
                waited, was_prepared = await line.waited(question, prepared=prepared)
                found[prepared].append(waited)
                could += was_prepared
    return found, could


def main(
    questions: Annotated[int, typer.Option(help="How many questions.", min=4)] = 80,
) -> None:
    """Measure what a caller waits for at the end of a turn, with and without an answer prepared at the pause."""
    rows = [json.loads(line)["text"] for line in QUESTIONS.read_text(encoding="utf-8").splitlines()]
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="motcua-prepared-") as scratch:
        found, could = asyncio.run(measure(rows[: questions + 2], Path(scratch)))
    table = Table(title="end of the turn to first sound, recogniser left out", header_style="bold", box=None)
    for heading in ("", "step, median", "95 of 100", "first sound, median", "95 of 100"):
        table.add_column(heading, justify="right" if heading else "left")
    for prepared, waited in found.items():
        steps, sounds = [one.step for one in waited], [one.sound for one in waited]
        values = (
            statistics.median(steps),
            percentile(steps, 0.95),
            statistics.median(sounds),
            percentile(sounds, 0.95),
        )
        table.add_row("prepared" if prepared else "as it comes", *(f"{1000 * value:.0f} ms" for value in values))
    console = Console(highlight=False, width=120)
    console.print(table)
    load = f"load {before:.1f} before, {os.getloadavg()[0]:.1f} after"
    console.print(f"{could} of {len(found[True])} questions could be prepared; {load}")


if __name__ == "__main__":
    typer.run(main)
