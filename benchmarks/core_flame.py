"""``python -m benchmarks.core_flame``: where a turn of the core spends its time, as two flame graphs.

Each side of :mod:`benchmarks.core_turn` answers the same turns in a process of its own, without a server around it, and
its stack is looked at after every millisecond of its processor time. A system call is counted to whoever makes it.
"""

from __future__ import annotations

import asyncio
import gc
import html
import os
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Annotated, Literal

import typer

from runtime.settings import PROJECT_ROOT

IMAGES = PROJECT_ROOT / "docs" / "images"
TITLES = {
    "before": "A turn as Rasa decides by itself: shares of the time",
    "now": "A turn of the core now: shares of the time",
}
CONVERSATIONS, TURNS = 16, 20
EVERY_SECONDS = 0.001
LEAST_SHARE = 0.006
"""What takes less is left out."""
ROOT = "Turns._answer_once"
"""Where the graphs begin: below it is everything of a turn but the server."""

WIDTH, ROW, CAPTION = 1000, 15, 24
LEAST_WIDTH_OF_A_LETTER = 5.5
COLOURS = (
    ("understanding/", "#7fb069"), ("language/", "#7fb069"), ("rasa/", "#e07a5f"), ("rasa_sdk/", "#e07a5f"),
    ("assistant/", "#e6aa68"), ("actions/", "#e6aa68"), ("catalogue/", "#e6aa68"), ("stores/", "#6d9dc5"),
    ("redis/", "#6d9dc5"), ("cryptography/", "#c9ada7"),
)  # fmt: skip
"""By the beginning of a file's name; grey for all else."""

Stack = tuple[str, ...]
"""Names of functions with their files, the outermost first."""


@dataclass
class Node:
    """A function where it was called from one certain place."""

    samples: int = 0
    below: dict[str, Node] = field(default_factory=dict)


def tree_of(stacks: Counter[Stack]) -> Node:
    """The samples by where they were, from :data:`ROOT` downwards."""
    tree = Node()
    for stack, samples in stacks.items():
        start = next((place for place, name in enumerate(stack) if name.startswith(ROOT + " ")), None)
        if start is None:
            continue
        node = tree
        node.samples += samples
        for name in stack[start:]:
            node = node.below.setdefault(name, Node())
            node.samples += samples
    return tree


def svg_of(tree: Node, title: str) -> str:
    """The flame graph, the root at the bottom; each box says its share when it is pointed at."""
    boxes: list[tuple[int, float, float, str]] = []

    def place(node: Node, left: float, level: int) -> None:
        for name, child in sorted(node.below.items()):
            share = child.samples / tree.samples
            if share >= LEAST_SHARE:
                boxes.append((level, left, share, name))
                place(child, left, level + 1)
                left += share

    place(tree, 0.0, 0)
    height = CAPTION + ROW * (1 + max(level for level, *_ in boxes))
    drawn = [
        '<svg xmlns="http://www.w3.org/2000/svg" '
        f'viewBox="0 0 {WIDTH} {height}" font-family="sans-serif" font-size="9">',
        f'<title>{title}</title><rect width="{WIDTH}" height="{height}" fill="#fff"/>'
        f'<text x="4" y="14" font-size="12">{title}</text>',
    ]
    for level, left, share, name in boxes:
        x, y, width = left * WIDTH, height - ROW * (level + 1), share * WIDTH - 0.5
        fill = next((colour for begins, colour in COLOURS if f"({begins}" in name), "#d9d9d9")
        drawn.append(
            f"<g><title>{html.escape(name)}: {100 * share:.1f} %</title>"
            f'<rect x="{x:.1f}" y="{y}" width="{width:.1f}" height="{ROW - 1}" fill="{fill}"/>'
            f"{_caption(name, x, y, width)}</g>"
        )
    return "\n".join([*drawn, "</svg>", ""])


def _caption(name: str, x: float, y: int, width: float) -> str:
    short = name.partition(" (")[0].rpartition(".<locals>.")[2]
    fits = len(short) * LEAST_WIDTH_OF_A_LETTER < width
    return f'<text x="{x + 2:.1f}" y="{y + 10}">{html.escape(short)}</text>' if fits else ""


def sampled(rounds: int) -> Counter[Stack]:
    """The stacks of one side, whose process this is."""
    from benchmarks.utterances import MIX
    from contract.turn import Channel, Turn
    from installation.core import load_turns
    from installation.root import Installation
    from installation.tables import migrate
    from runtime import logs
    from runtime.settings import Settings
    from stores.redis_server import RedisServer

    logs.configure("WARNING", "core")
    stacks: Counter[Stack] = Counter()

    def look(_: int, frame: FrameType | None) -> None:
        names = []
        while frame is not None:
            names.append(_name(frame))
            frame = frame.f_back
        stacks[tuple(reversed(names))] += 1

    with (
        tempfile.TemporaryDirectory(prefix="motcua-flame-") as folder,
        RedisServer(Path(folder) / "redis") as redis,
        asyncio.Runner() as runner,
    ):
        settings = Settings(data_dir=Path(folder), redis_url=redis.url, secret_key="a secret of this measurement")
        migrate(settings.effective_database_url)
        turns = load_turns(Installation(settings))
        gc.collect()
        gc.freeze()

        async def talk(name: str) -> None:
            for number in range(TURNS):
                said = MIX[number % len(MIX)].text
                for each in range(CONVERSATIONS):
                    conversation = f"{name}-{each}"
                    await turns.answer(
                        Turn(channel=Channel.SMS, conversation=conversation, text=said, id=f"{conversation}-{number}")
                    )

        runner.run(talk("first"))
        signal.signal(signal.SIGPROF, look)
        signal.setitimer(signal.ITIMER_PROF, EVERY_SECONDS, EVERY_SECONDS)
        for number in range(rounds):
            runner.run(talk(str(number)))
        signal.setitimer(signal.ITIMER_PROF, 0)
        runner.run(turns.retire())
    return stacks


def _name(frame: FrameType) -> str:
    file = frame.f_code.co_filename
    within = file.rpartition("site-packages/")[2] if "site-packages/" in file else file.removeprefix(f"{PROJECT_ROOT}/")
    return f"{frame.f_code.co_qualname} ({within if not within.startswith('/') else Path(within).name})"


def main(
    side: Annotated[Literal["before", "now"] | None, typer.Option(help="Only this one, in this process.")] = None,
    folder: Annotated[Path, typer.Option(help="Where core-turn-before.svg and core-turn-now.svg are put.")] = IMAGES,
    rounds: Annotated[int, typer.Option(help=f"Times {CONVERSATIONS * TURNS} turns.")] = 6,
) -> None:
    """Draw both sides."""
    if side is None:
        for each in TITLES:
            command = [sys.executable, "-m", "benchmarks.core_flame", "--side", each, "--rounds", str(rounds)]
            subprocess.run([*command, "--folder", str(folder)], check=True, env={**os.environ, "OMP_NUM_THREADS": "1"})
        return
    from assistant.lean_rasa import leave_out_for_serving

    leave_out_for_serving()
    if side == "before":
        from benchmarks.core_before import put_back

        put_back()
    tree = tree_of(sampled(rounds))
    (folder / f"core-turn-{side}.svg").write_text(svg_of(tree, TITLES[side]), encoding="utf-8")
    print(f"{side}: {tree.samples} samples")


if __name__ == "__main__":
    typer.run(main)
