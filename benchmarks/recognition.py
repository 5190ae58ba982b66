"""How well and how fast speech is recognised, for each engine that is here: ``python -m benchmarks.recognition``.

Recordings with transcripts are research material outside the repository (``MOTCUA_SHARED``). Each engine is measured in
a process of its own, once as recorded and once through a telephone line (8 kHz mu-law), in open recognition and, for
the set of short phrases, as a closed choice: by grammar where the engine has one, else by the closest phrase.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import statistics
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rapidfuzz.distance import Levenshtein
from rich.console import Console
from rich.table import Table

from benchmarks.packaged_models import korean_vosk, whisper_base
from benchmarks.processes import ROOT, memory
from installation.recognition import models_of
from runtime.seams import RECOGNISERS
from runtime.settings import load as load_settings
from speech.audio import Recording, read_wav, through_telephone
from speech.errors import EngineMissing
from speech.recognition import engines
from speech.recognition.engines import EngineSpec
from speech.recognition.recogniser import Hints, spoken_words
from speech.recognition.transcribe import transcribe

MATERIAL = Path(os.environ.get("MOTCUA_SHARED", ROOT.parent / "shared")) / "speech"
CHOICES = "diadiem_test"
"""The set of short phrases, each of which is one of a closed list."""
RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True)
class Said:
    """A recording and what is said in it."""

    text: str
    sound: Recording


@dataclass(frozen=True)
class Measured:
    """One engine on one set over one line."""

    engine: str
    of: str
    line: str
    recordings: int
    word_error_rate: float | None
    """None for a model of another language."""
    sentences_right: float | None
    """Share without any wrong word."""
    real_time_factor: float
    """Seconds of processor time for a second of sound: a busy machine does not change it much."""
    finishing_ms: float
    """Median processing after the last sound."""
    chosen_right: float | None
    """Share of closed choices decided rightly."""
    chosen_wrong: float | None
    """Share decided wrongly; the rest was undecided."""
    memory_mb: float
    """PSS of the process with one utterance at a time."""
    loading_seconds: float


def material() -> dict[str, list[Said]]:
    """All recordings by set.

    Raises:
        FileNotFoundError: when the material is not here.
    """
    sets: dict[str, list[Said]] = {}
    for one in json.loads((MATERIAL / "manifest.json").read_text(encoding="utf-8")):
        sets.setdefault(one["set"], []).append(Said(one["text"], read_wav(MATERIAL / one["file"])))
    return sets


@dataclass(frozen=True)
class Present:
    """An engine that can be loaded here."""

    spec: EngineSpec
    name: str
    is_vietnamese: bool = True


def present(scratch: Path) -> list[Present]:
    """The engines that can be loaded here with the models the settings name, else with those of Python packages.

    `scratch` is an empty folder that stays while they are measured.
    """
    models = models_of(load_settings())
    found = []
    for name in filter(RECOGNISERS.brings, RECOGNISERS.names):
        try:
            spec = engines.choose(name, models).spec
        except EngineMissing:
            if name == "vosk" and (korean := korean_vosk()):
                spec = EngineSpec(name, replace(models, vosk=str(korean)))
                found.append(Present(spec, "vosk, Korean model", is_vietnamese=False))
            continue
        if name == "whisper" and "/" not in models.whisper and (joined := whisper_base(scratch)):
            spec = EngineSpec(name, replace(models, whisper=str(joined)))
        found.append(Present(spec, name))
    return found


def measure(engine: Present, sets: dict[str, list[Said]]) -> list[Measured]:
    """Load an engine and give it everything; belongs into a process of its own."""
    began = time.perf_counter()
    recogniser = engines.load(engine.spec)
    loading = time.perf_counter() - began
    rows = []
    for name, spoken in sets.items():
        hints = Hints(tuple(dict.fromkeys(one.text for one in spoken)), closed=True)
        for line in ("as recorded", "telephone"):
            errors = words = right = 0
            chosen: list[bool | None] = []
            processing: list[float] = []
            finishing: list[float] = []
            for one in spoken:
                sound = through_telephone(one.sound) if line == "telephone" else one.sound
                before = time.process_time()
                done = transcribe(recogniser, sound)
                processing.append(time.process_time() - before)
                expected = spoken_words(one.text)
                wrong = Levenshtein.distance(expected, spoken_words(done.heard.text))
                errors, words, right = errors + wrong, words + len(expected), right + (wrong == 0)
                finishing.append(done.finishing_seconds * 1000)
                if name == CHOICES:
                    phrase = transcribe(recogniser, sound, hints).heard.phrase
                    chosen.append(None if phrase is None else phrase == one.text)
            rows.append(
                Measured(
                    engine=engine.name,
                    of=name,
                    line=line,
                    recordings=len(spoken),
                    word_error_rate=errors / words if engine.is_vietnamese else None,
                    sentences_right=right / len(spoken) if engine.is_vietnamese else None,
                    real_time_factor=sum(processing) / sum(one.sound.seconds for one in spoken),
                    finishing_ms=statistics.median(finishing),
                    chosen_right=chosen.count(True) / len(chosen) if chosen and engine.is_vietnamese else None,
                    chosen_wrong=chosen.count(False) / len(chosen) if chosen and engine.is_vietnamese else None,
                    memory_mb=memory([os.getpid()])[0],
                    loading_seconds=loading,
                )
            )
    return rows


def show(rows: list[Measured], console: Console) -> None:
    """Print the table."""
    table = Table(header_style="bold", box=None)
    headings = ("engine", "recordings", "line", "word errors", "sentences right", "choices right", "wrong")
    for heading in (*headings, "real-time factor", "after last sound", "memory"):
        table.add_column(heading, justify="left" if heading in {"engine", "recordings", "line"} else "right")
    for row in rows:
        table.add_row(
            row.engine,
            f"{row.of} ({row.recordings})",
            row.line,
            *map(_share, (row.word_error_rate, row.sentences_right, row.chosen_right, row.chosen_wrong)),
            f"{row.real_time_factor:.2f}",
            f"{row.finishing_ms:.0f} ms",
            f"{row.memory_mb:.0f} MB",
        )
    console.print(table)


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.0%}"


def main(
    most: Annotated[int, typer.Option(help="At most so many recordings of each set, spread over it.")] = 1000,
    results: Annotated[Path, typer.Option(help="Folder for the JSON file.")] = RESULTS,
) -> None:
    """Measure recognition with every engine that is here."""
    console = Console(highlight=False, width=150)
    try:
        sets = {name: spoken[:: max(1, -(-len(spoken) // most))] for name, spoken in material().items()}
    except FileNotFoundError:
        console.print(f"skipped: no recordings in {MATERIAL}; MOTCUA_SHARED names the folder above")
        return
    rows: list[Measured] = []
    with tempfile.TemporaryDirectory(prefix="motcua-models-") as scratch:
        found = present(Path(scratch))
        if not found:
            console.print("skipped: no recognition engine is here; `motcua speech model` says what is missing")
            return
        # One thread, as in the workers that recognise calls.
        os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        for engine in found:
            # A new process for each, so that none inherits memory.
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
                try:
                    rows += process.submit(measure, engine, sets).result()
                except EngineMissing as missing:
                    console.print(f"{engine.name} skipped: {missing}", markup=False)
    show(rows, console)
    results.mkdir(parents=True, exist_ok=True)
    path = results / f"recognition-{datetime.now().astimezone():%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")
    console.print(f"load of the machine at the end {os.getloadavg()[0]:.1f}; written: {path}")


if __name__ == "__main__":
    typer.run(main)
