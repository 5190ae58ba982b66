"""What the commands of ``motcua`` take: understanding lines, and answering at all."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from assistant.evaluation import read_sets
from benchmarks.processes import NLU_DATA, ROOT, ProcessFailed

TIME_LIMIT = 300.0
WARM_LINES = 20
"""Lines before the clock starts: the first ones wait for the model."""


@dataclass(frozen=True)
class Understanding:
    """Times of the pipeline alone."""

    median_ms: float
    p95_ms: float


def understanding(count: int, folder: Path) -> Understanding:
    """Time ``count`` utterances, each for itself, in a process on one core."""
    found = json.loads(_run(["benchmarks.understanding", str(count)], b"", folder))
    return Understanding(found["median"], found["p95"])


def lines_a_second(count: int, folder: Path) -> float:
    """Lines ``motcua understand`` reads, understands and writes in a second, its start not counted."""
    texts = [line["text"] for line in read_sets(NLU_DATA / "eval")]
    said = itertools.islice(itertools.cycle(texts), WARM_LINES + count)
    given = "".join(json.dumps({"id": place, "text": text}) + "\n" for place, text in enumerate(said))
    source = folder / "lines.jsonl"
    source.write_text(given, encoding="utf-8")
    with (
        source.open("rb") as lines,
        (folder / "understand.log").open("wb") as log,
        subprocess.Popen(
            [sys.executable, "-m", "cli.main", "understand"],
            cwd=ROOT,
            env=_environment(folder),
            stdin=lines,
            stdout=subprocess.PIPE,
            stderr=log,
        ) as process,
    ):
        assert process.stdout is not None
        begin = 0.0
        answered = 0
        for answered, line in enumerate(process.stdout, start=1):
            if answered == WARM_LINES:
                begin = time.perf_counter()
            if json.loads(line)["id"] != answered - 1 or b'"error"' in line:
                raise ProcessFailed(f"motcua understand answered line {answered} with {line!r}")
        seconds = time.perf_counter() - begin
    if answered != WARM_LINES + count:
        raise ProcessFailed(f"motcua understand answered {answered} of {WARM_LINES + count} lines")
    return count / seconds


def seconds_of(arguments: Sequence[str], folder: Path) -> float:
    """How long a ``motcua`` command takes from start to end."""
    begin = time.perf_counter()
    _run(["cli.main", *arguments], b"", folder)
    return time.perf_counter() - begin


def _run(arguments: Sequence[str], given: bytes, folder: Path) -> bytes:
    ended = subprocess.run(
        [sys.executable, "-m", *arguments],
        cwd=ROOT,
        env=_environment(folder),
        input=given,
        capture_output=True,
        timeout=TIME_LIMIT,
    )
    if ended.returncode != 0:
        tail = ended.stderr.decode(errors="replace").splitlines()[-10:]
        raise ProcessFailed(f"{' '.join(arguments)} ended with {ended.returncode}:\n" + "\n".join(tail))
    return ended.stdout


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOTCUA_")}
    settings = {"MOTCUA_DATA_DIR": str(folder / "data"), "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
    return kept | settings
