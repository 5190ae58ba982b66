"""What is taken for a voice where it is loud: ``python -m benchmarks.noise``.

Recordings of people as a telephone carries them, alone and over a street, music and a television, each so many decibels
below the voice; five seconds of the background before it and four behind. A detector is good when the background alone
begins no turn, every voice begins one, and the turn ends soon after the last syllable. Street and music are made here,
the television is another of the recordings: nobody has recorded a market for us.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final, Protocol

import numpy as np
import numpy.typing as npt
import typer
from rich.console import Console
from rich.table import Table

from benchmarks.calls.material import spoken_part
from benchmarks.recognition import MATERIAL, RESULTS, material
from channels.phone.calls.carrier import FRAME_SECONDS
from speech.audio import TELEPHONE_RATE, Recording, level, mulaw_to_pcm, pcm_to_mulaw, samples, through_telephone
from speech.listening.turn_end import TurnEnd, TurnEvent, TurnTimes
from speech.listening.voice_activity import VoiceActivity

BEFORE_SECONDS: Final = 5.0
ALONE_SECONDS: Final = 2.0
"""Right before the voice, in which the background alone is judged: by then a call has said who speaks."""
AFTER_SECONDS: Final = 4.0
BELOW_DB: Final = (15.0, 8.0)
"""How far the background is below the voice."""
Floats = npt.NDArray[np.float64]


class Detector(Protocol):
    """Judges a stream of 8 kHz PCM."""

    def feed(self, pcm: bytes) -> list[bool]:
        """A verdict for each frame of 20 ms."""
        ...


DETECTORS: Final[dict[str, Callable[[], Detector]]] = {
    "calls": lambda: VoiceActivity(TELEPHONE_RATE),
    "WebRTC alone": lambda: VoiceActivity(TELEPHONE_RATE, ears=None),
}
"""By name: what calls use, and what they use on quiet lines."""


@dataclass(frozen=True)
class Stood:
    """How a detector stood one background."""

    detector: str
    background: str
    below_db: float | None
    recordings: int
    begun_by_noise: float
    """Share in which the background alone begins a turn in the two seconds before the voice."""
    missed: float
    """Share in which the voice begins none."""
    delay: float
    """Median seconds from the last syllable to the end of the turn."""
    open_ends: float
    """Share of turns still going on four seconds after the last syllable."""
    work: float
    """Seconds of processor time for a second of sound."""


def street(seconds: float, seed: int) -> Floats:
    """Rumble, an engine that revs, and now and then a horn."""
    drawn = np.random.default_rng(seed)
    count = round(seconds * TELEPHONE_RATE)
    at = np.arange(count) / TELEPHONE_RATE
    rumble = np.convolve(drawn.normal(0, 1, count), np.ones(24) / 24, mode="same")
    revs = 28 + 14 * np.sin(2 * np.pi * 0.21 * at + drawn.uniform(0, 6))
    turned = 2 * np.pi * np.cumsum(revs) / TELEPHONE_RATE
    engine = sum(np.sin(order * turned) / order for order in range(1, 14))
    horn = np.sin(2 * np.pi * 410 * at) * (np.sin(2 * np.pi * 0.3 * at + drawn.uniform(0, 6)) > 0.93)
    return np.asarray(rumble / rumble.std() + 0.7 * engine + horn)


def music(seconds: float, seed: int) -> Floats:
    """Chords that change twice a second, a melody over them and a drum."""
    drawn = np.random.default_rng(seed)
    count = round(seconds * TELEPHONE_RATE)
    at = np.arange(count) / TELEPHONE_RATE
    beat = (at * 2).astype(int)
    roots = drawn.choice([196.0, 220.0, 261.6, 293.7], int(beat[-1]) + 1)[beat]
    notes = roots * drawn.choice([2.0, 2.25, 2.5, 3.0], int(beat[-1]) + 1)[beat]
    decay = np.exp(-4 * (at * 2 % 1))
    chord = sum(np.sin(2 * np.pi * roots * third * at) for third in (1.0, 1.26, 1.5))
    melody = sum(np.sin(2 * np.pi * notes * overtone * at) / overtone for overtone in (1, 2, 3))
    return np.asarray(chord + 1.5 * melody * decay + drawn.normal(0, 1, count) * decay**4)


def television(seconds: float, seed: int, voices: Sequence[bytes]) -> Floats:
    """Other people talking, without a pause."""
    wanted, found = round(seconds * TELEPHONE_RATE), np.zeros(0)
    while len(found) < wanted:
        found = np.concatenate([found, samples(voices[seed % len(voices)]).astype(np.float64)])
        seed += 1
    return found[:wanted]


def mixed(voice: bytes, noise: Floats | None, below_db: float) -> bytes:
    """The voice in the middle of the noise, as a telephone carries both."""
    before, after = (round(seconds * TELEPHONE_RATE) for seconds in (BEFORE_SECONDS, AFTER_SECONDS))
    said = np.pad(samples(voice).astype(np.float64), (before, after))
    if noise is not None:
        loudness = 10 ** ((level(voice) - below_db) / 20) * 32768
        said = said + noise[: len(said)] * loudness / np.sqrt(np.mean(np.square(noise)))
    return mulaw_to_pcm(pcm_to_mulaw(np.clip(said, -32768, 32767).astype("<i2").tobytes()))


def judged(detector: Detector, sound: bytes, spoken: float) -> tuple[bool, bool, float | None]:
    """Whether the noise began a turn, whether the voice did, and seconds from its last syllable to the turn's end."""
    verdicts = detector.feed(sound)
    before = round(BEFORE_SECONDS / FRAME_SECONDS)
    alone = TurnEnd(TurnTimes())
    background = verdicts[before - round(ALONE_SECONDS / FRAME_SECONDS) : before]
    begun = any(alone.process(FRAME_SECONDS, one) is TurnEvent.SPEECH_STARTED for one in background)
    turn, noticed = TurnEnd(TurnTimes(end_silence=0.75, longest_turn=60.0)), False
    for at, one in enumerate(verdicts[before:], 1):
        event = turn.process(FRAME_SECONDS, one)
        noticed |= event is TurnEvent.SPEECH_STARTED
        if event is TurnEvent.SPEECH_ENDED:
            after = at * FRAME_SECONDS - spoken
            if after > 0:
                return begun, noticed, after
            # In a pause, or after a noise: what comes behind is a turn of its own.
            turn = TurnEnd(TurnTimes(end_silence=0.75, longest_turn=60.0))
    return begun, noticed, None


def measure(voices: Sequence[bytes]) -> list[Stood]:
    """Every detector with every background."""
    backgrounds: dict[str, Callable[[float, int], Floats] | None] = {
        "quiet": None,
        "street": street,
        "music": music,
        "television": lambda seconds, seed: television(seconds, seed + len(voices) // 2, voices),
    }
    rows = []
    for name, make in DETECTORS.items():
        for background, noise in backgrounds.items():
            for below in BELOW_DB if noise is not None else BELOW_DB[:1]:
                found, work, sound_seconds = [], 0.0, 0.0
                for seed, voice in enumerate(voices):
                    spoken = len(voice) / 2 / TELEPHONE_RATE
                    seconds = BEFORE_SECONDS + spoken + AFTER_SECONDS + 0.1
                    sound = mixed(voice, noise(seconds, seed) if noise is not None else None, below)
                    detector, began = make(), time.process_time()
                    found.append(judged(detector, sound, spoken))
                    work, sound_seconds = work + time.process_time() - began, sound_seconds + seconds
                ends = [after for _, _, after in found if after is not None]
                rows.append(
                    Stood(
                        name,
                        background,
                        below if noise is not None else None,
                        len(found),
                        sum(begun for begun, _, _ in found) / len(found),
                        sum(not noticed for _, noticed, _ in found) / len(found),
                        statistics.median(ends) if ends else float("nan"),
                        1 - len(ends) / len(found),
                        work / sound_seconds,
                    )
                )
    return rows


def show(rows: Sequence[Stood], console: Console) -> None:
    """Print the table."""
    table = Table(header_style="bold", box=None)
    headings = (
        "detector",
        "over",
        "begun by noise alone",
        "voice missed",
        "turn's end after",
        "not ended in 4 s",
        "work",
    )
    for heading in headings:
        table.add_column(heading, justify="left" if heading in {"detector", "over"} else "right")
    for row in rows:
        below = f" {row.below_db:.0f} dB below" if row.below_db is not None else ""
        table.add_row(
            row.detector,
            row.background + below,
            f"{row.begun_by_noise:.0%}",
            f"{row.missed:.0%}",
            f"{1000 * row.delay:.0f} ms",
            f"{row.open_ends:.0%}",
            f"{100 * row.work:.2f} %",
        )
    console.print(table)


def main(
    most: Annotated[int, typer.Option(help="At most so many recordings of each set.")] = 1000,
    results: Annotated[Path, typer.Option(help="Folder for the JSON file.")] = RESULTS,
) -> None:
    """Measure what is taken for a voice over a street, music and a television."""
    console = Console(highlight=False, width=150)
    try:
        sets = material()
    except FileNotFoundError:
        console.print(f"not measured: no recordings in {MATERIAL}; MOTCUA_SHARED names the folder above")
        return
    said = [one for name in sorted(sets) for one in sets[name][:most]]
    rows = measure([spoken_part(_telephone(one.sound)) for one in said])
    show(rows, console)
    results.mkdir(parents=True, exist_ok=True)
    path = results / f"noise-{datetime.now().astimezone():%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps([asdict(row) for row in rows], indent=1), encoding="utf-8")
    console.print(f"written: {path}")


def _telephone(sound: Recording) -> bytes:
    return through_telephone(sound).pcm


if __name__ == "__main__":
    typer.run(main)
