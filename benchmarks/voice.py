"""How well our own voice is understood: words that a recogniser hears wrongly, ``python -m benchmarks.voice``.

A hundred lines of our own (fixed sentences of the telephone, papers and summaries of procedures), and twenty that
read out numbers, are said as a caller hears them, through a telephone line (8 kHz mu-law), and recognised by every
Vietnamese engine that is here. A recogniser is no villager: its figure tells which of two ways to speak is the clearer,
not what a person takes in.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import random
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import Annotated, Final

import typer
from rapidfuzz.distance import Levenshtein
from rich.console import Console
from rich.table import Table

from benchmarks.processes import ROOT
from benchmarks.recognition import RESULTS, Present, present
from catalogue.yaml_files import load_folder
from channels.phone.dialogue.dialogue_data import dialogue_data
from channels.rendering.speech import spoken
from language.languages import default_language
from runtime.settings import load as load_settings
from speech.audio import TELEPHONE_RATE, Recording, seconds_of, through_telephone
from speech.errors import EngineMissing
from speech.recognition import engines
from speech.recognition.recogniser import spoken_words
from speech.recognition.transcribe import transcribe
from speech.speaking import Speaking
from speech.voices.cache import SpokenCache
from speech.voices.voice import Accent, Style
from speech.voices.worker_voice import WorkerVoice

LINES: Final = 100
_FEWEST_WORDS: Final = 4
_MOST_WORDS: Final = 24
"""Of a line that is counted: what one breath holds."""


NUMBERS: Final = 20


@dataclass(frozen=True)
class Heard:
    """What one engine heard of one way to speak."""

    of: str
    """Which lines."""
    voice: str
    accent: str
    speed: float
    engine: str
    lines: int
    words: int
    wrong: float
    """Share of words heard wrongly."""
    spread: tuple[float, float]
    """Where that share lies in 95 of 100 draws of as many lines (bootstrap)."""
    seconds: float
    """Of speech in all."""


def own_lines(count: int = LINES) -> list[str]:
    """Lines we say, spread evenly over the telephone's wording and the facts of procedures; always the same."""
    data = dialogue_data()
    fixed = [text for text in data.wording.every(default_language(), "phone") if "{" not in text]
    asked = {code for field in data.fields for code in field.procedures}
    facts = [
        text
        for procedure in load_folder(ROOT / "nlu_data" / "procedures")
        if procedure.code in asked
        for text in (
            procedure.summary or "",
            *(paper.text for case in procedure.papers[:1] for paper in case.items[:2]),
        )
    ]
    return [*_spread(fixed, count // 2), *_spread(facts, count - count // 2)]


def number_lines(count: int = NUMBERS) -> list[str]:
    """Lines that read out numbers of tickets, codes of dossiers and telephone numbers; always the same."""
    drawing, wording = random.Random(3), dialogue_data().wording

    def digits(many: int) -> str:
        return "".join(drawing.choices("0123456789", k=many))

    made = (
        lambda: ("ticket_check", {"number": f"{digits(4)} {digits(4)}"}),
        lambda: ("code_check", {"code": f"H{digits(2)}.{digits(2)}-26{digits(4)}-{digits(4)}"}),
        lambda: ("number_check", {"digits": f"09{digits(8)}"}),
        lambda: ("offer_none", {"hotline": f"1800{digits(4)}"}),
    )
    chosen = (made[at % len(made)]() for at in range(count))
    return [wording.text(default_language(), key, **marks) for key, marks in chosen]


def _spread(texts: Sequence[str], count: int) -> list[str]:
    fitting = [text for text in texts if _FEWEST_WORDS <= len(spoken(text, default_language()).split()) <= _MOST_WORDS]
    return [fitting[at * len(fitting) // count] for at in range(min(count, len(fitting)))]


async def said(lines: Sequence[str], voice: str, style: Style) -> list[Recording]:
    """The lines as a telephone carries them."""
    async with WorkerVoice.named(voice) as worker:
        speaking = Speaking(worker, SpokenCache(0, None, 0))
        return [
            through_telephone(Recording(await speaking.whole(line, style, rate=TELEPHONE_RATE), TELEPHONE_RATE))
            for line in lines
        ]


def hear(engine: Present, lines: Sequence[str], sounds: Sequence[Recording]) -> list[tuple[int, int]]:
    """Words of each line, and how many of them an engine hears wrongly; belongs into a process of its own."""
    recogniser, found = engines.load(engine.spec), []
    for line, sound in zip(lines, sounds, strict=True):
        expected = spoken_words(spoken(line, default_language()))
        heard = spoken_words(transcribe(recogniser, sound).heard.text)
        found.append((len(expected), Levenshtein.distance(expected, heard)))
    return found


def spread_of(by_line: Sequence[tuple[int, int]], draws: int = 2000) -> tuple[float, float]:
    """The share of words wrong in 95 of 100 draws of as many lines, the same every time for the same lines."""
    drawing = random.Random(1)
    shares = sorted(_share(drawing.choices(by_line, k=len(by_line))) for _ in range(draws))
    return shares[draws // 40], shares[-draws // 40 - 1]


def _share(by_line: Sequence[tuple[int, int]]) -> float:
    return sum(wrong for _, wrong in by_line) / max(1, sum(words for words, _ in by_line))


def show(rows: Sequence[Heard], console: Console) -> None:
    """Print the table."""
    table = Table(header_style="bold", box=None)
    for heading in (
        "of",
        "voice",
        "accent",
        "speed",
        "recogniser",
        "lines",
        "words wrong",
        "spread",
        "seconds of speech",
    ):
        table.add_column(heading, justify="right" if heading in {"speed", "lines", "words wrong"} else "left")
    for row in rows:
        table.add_row(
            row.of,
            row.voice,
            row.accent,
            f"{row.speed:g}",
            row.engine,
            str(row.lines),
            f"{row.wrong:.0%}",
            f"{row.spread[0]:.0%} to {row.spread[1]:.0%}",
            f"{row.seconds:.0f}",
        )
    console.print(table)


def main(
    most: Annotated[int, typer.Option(help="Lines said.")] = LINES,
    speeds: Annotated[str, typer.Option(help="Speeds, parted by commas.")] = "1",
    accents: Annotated[str, typer.Option(help="Accents, parted by commas.")] = "north",
    only: Annotated[str, typer.Option(help="This recogniser alone.")] = "",
    results: Annotated[Path, typer.Option(help="Folder for the JSON file.")] = RESULTS,
) -> None:
    """Measure how well the voice that is set is understood by the recognisers that are here."""
    console = Console(highlight=False, width=150)
    voice, rows = load_settings().voice, []
    sets = {"sentences": own_lines(most), "numbers": number_lines(min(most, NUMBERS))}
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory(prefix="motcua-models-") as scratch:
        found = [one for one in present(Path(scratch)) if one.is_vietnamese and only in {"", one.spec.name}]
        if not found:
            console.print("not measured: no Vietnamese recogniser is here")
            return
        for of, accent, speed in product(sets, accents.split(","), map(float, speeds.split(","))):
            try:
                sounds = asyncio.run(said(sets[of], voice, Style(accent=Accent(accent), speed=speed)))
            except EngineMissing as missing:
                console.print(f"not measured: {missing}", markup=False)
                return
            for engine in found:
                # A new process for each, so that none inherits memory or threads.
                with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
                    by_line = process.submit(hear, engine, sets[of], sounds).result()
                seconds = sum(seconds_of(sound.pcm, sound.rate) for sound in sounds)
                words = sum(words for words, _ in by_line)
                heard = _share(by_line), spread_of(by_line)
                rows.append(Heard(of, voice, accent, speed, engine.name, len(by_line), words, *heard, seconds))
    show(rows, console)
    results.mkdir(parents=True, exist_ok=True)
    path = results / f"voice-{datetime.now().astimezone():%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")
    console.print(f"written: {path}")


if __name__ == "__main__":
    typer.run(main)
