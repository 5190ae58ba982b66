"""``make mutate``: do the tests of the pure rooms notice when the code is changed? Writes ``docs/mutation.md``.

mutmut changes one thing at a time (`<` for `<=`, a number, a string, `and` for `or`) and runs the tests that come
through the changed function. A change no test notices survives: a test is missing, or the code is not needed. Of the
thousands of changes a fixed number of each room is tried, drawn with a seed, so that a run ends in a sensible time and
two runs can be compared. Tests of how long something takes, and those that read the program's own text, are left out:
they tell nothing of a change and would be most of the time.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from runtime import clock
from runtime.settings import PROJECT_ROOT
from runtime.version import version

PAGE = PROJECT_ROOT / "docs" / "mutation.md"
WORK = PROJECT_ROOT / "var" / "mutation"

GROUPS: Mapping[str, tuple[str, ...]] = {
    "language": ("language.",),
    "rendering": ("channels.rendering.",),
    "turn-taking": ("channels.phone.calls.", "speech.listening."),
    "kiosk protocol": ("kiosk.protocol.",),
    "decisions": ("channels.sms.", "understanding.", "runtime.", "contract."),
}
"""The pure rooms of the score, by how the names of their changes begin. ``[tool.mutmut]`` in pyproject.toml says which
files are changed and which tests look at them."""

_KILLED, _SURVIVED, _NOT_REACHED = frozenset({1, 3}), frozenset({0}), frozenset({5, 33})
"""What mutmut notes of a change: pytest's exit status, or its own number where no test comes through."""


def main(
    each: Annotated[int, typer.Option(min=1, help="Changes tried in each room.")] = 80,
    seed: Annotated[int, typer.Option(help="What they are drawn with.")] = 11,
) -> None:
    """Try changes and write the score, room by room; what was tried before an interruption is kept."""
    started = time.monotonic()
    _copy()
    # The changes are made, all tests run once, and a few changes of one module are tried.
    _mutmut(["runtime.backoff.*"])
    names = sorted(_found())
    drawn: list[str] = []
    try:
        for group in GROUPS:
            of_this = draw(of_group(names, group), each, seed)
            drawn += of_this
            print(f"{group}: {len(of_this)} of {len(of_group(names, group))} changes are tried.", flush=True)
            _mutmut(of_this)
            _write(names, drawn, seed, started)
    except KeyboardInterrupt:
        _write(names, drawn, seed, started)
        raise typer.Exit(130) from None


def _write(names: Sequence[str], drawn: Sequence[str], seed: int, started: float) -> None:
    found = _found()
    became = {name: found[name] for name in drawn if found[name] is not None}
    PAGE.write_text(page(names, became, seed, round((time.monotonic() - started) / 60)), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"), flush=True)


def of_group(names: Sequence[str], group: str) -> list[str]:
    """The changes of one group."""
    return [name for name in names if name.startswith(GROUPS[group])]


def draw(names: Sequence[str], most: int, seed: int) -> list[str]:
    """At most so many of the names, the same with the same seed."""
    return sorted(random.Random(seed).sample(names, min(most, len(names))))


def page(names: Sequence[str], became: Mapping[str, int | None], seed: int, minutes: int) -> str:
    """The score in Markdown.

    Args:
        names: of all changes there are.
        became: mutmut's number for each that was tried.
        seed: they were drawn with.
        minutes: it took.
    """
    lines = [
        "# Mutation score of the pure rooms",
        "",
        f"*Written by `make mutate` on {clock.today().isoformat()} with version {version()}, seed {seed}, in {minutes} "
        f"minutes on {os.cpu_count()} processor cores.*",
        "",
        (__doc__ or "").split("\n\n", 1)[1].strip(),
        "",
        "| room | changes there are | tried | noticed | survived | no test comes through | neither | score |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    rows = {group: of_group(list(became), group) for group in GROUPS}
    lines += [_row(group, len(of_group(names, group)), tried, became) for group, tried in rows.items()]
    lines.append(_row("all", len(names), list(became), became))
    survivors = sorted(name for name, code in became.items() if code in _SURVIVED)
    lines += [
        "",
        "“Neither” ran out of time or broke the run, and does not count; the score is noticed of all that count.",
    ]
    lines += ["", "## Survivors", "", "Look at one with `cd var/mutation && ../../.venv/bin/mutmut show NAME`.", ""]
    lines += [f"- `{name}`" for name in survivors]
    return "\n".join(lines) + "\n"


def _row(group: str, all_of_them: int, tried: Sequence[str], became: Mapping[str, int | None]) -> str:
    counts = [sum(became[name] in kind for name in tried) for kind in (_KILLED, _SURVIVED, _NOT_REACHED)]
    counted = sum(counts)
    score = f"{100 * counts[0] / counted:.0f} %" if counted else ""
    cells = [group, all_of_them, len(tried), *counts, len(tried) - counted, score]
    return f"| {' | '.join(map(str, cells))} |"


def _copy() -> None:
    """The files git knows, as they are now, in a folder of their own: mutmut writes beside them."""
    shutil.rmtree(WORK, ignore_errors=True)
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT_ROOT, check=True, capture_output=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        source = PROJECT_ROOT / name
        if source.is_file():
            (WORK / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, WORK / name)


def _mutmut(names: Sequence[str]) -> None:
    # Nothing of the copy's parent may be imported in its place, whatever the environment's path file says. Python looks
    # no more at a folder that was not there when it started.
    (WORK / "mutants").mkdir(exist_ok=True)
    environment = {**os.environ, "PYTHONPATH": str(WORK / "mutants")}
    command = [sys.executable, "-m", "mutmut", "run", *names]
    subprocess.run(command, cwd=WORK, env=environment, check=True)


def _found() -> dict[str, int | None]:
    """Every change by name, with what mutmut has noted of it."""
    found: dict[str, int | None] = {}
    for path in (WORK / "mutants").rglob("*.meta"):
        found |= json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


if __name__ == "__main__":
    typer.run(main)
