"""When a caller's turn is over, judged on recordings of people: ``python -m benchmarks.turn_taking``.

Ending a turn early cuts people off, ending it late makes them wait. One figure holds both: the delay after the last
syllable at which at most 5 % of the turns are cut off. Turns are made of Vietnamese recordings as a telephone carries
them, with pauses as people make them, up to 0.7 s:

- *one word*: an answer of one to three syllables to a question with a few answers;
- *sentence*: a read sentence as it is;
- *looked for a word*: a sentence with a pause in its middle, at its quietest place;
- *story*: two sentences with a pause between them;
- *spelt out*: five short words with a pause after each, as a code is dictated, heard as the dialogue hears codes.

Four ways to decide are compared, each with the gate, detector and state machine of the calls
(:mod:`speech.listening`): *silence* alone; *words*, which end a turn early, with two seconds of silence where they say
nothing; *both*; and *state*, both with the patience the dialogue has where it is: little after a yes or no, much while
a code is spelt. *calls* is that with the silences calls really wait for. Seconds are seconds of sound; what the
recogniser takes after the end of a turn is not in them (:mod:`benchmarks.calls` has that).

Beside it stands how long a recogniser has to take silence until its text so far is what it would give at its end: after
so much nobody has to wait for that.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import statistics
import tempfile
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table

from benchmarks.calls.material import spoken_part
from benchmarks.recognition import CHOICES, MATERIAL, RESULTS, Present, Said, material, present
from channels.phone.calls.carrier import FRAME_BYTES, FRAME_SECONDS
from channels.phone.calls.hearing import Frame, Hearing
from channels.phone.calls.turn_taking import times_of
from channels.phone.dialogue.carrier_protocol import Expect
from channels.phone.dialogue.prompts import END_OF_ANSWER_SECONDS, END_OF_QUESTION_SECONDS
from speech.audio import TELEPHONE_RATE, Recording, Resampler, level, seconds_of, silence, through_telephone
from speech.listening.turn_end import Completeness, TurnEnd, TurnEvent, TurnTimes
from speech.recognition import engines
from speech.recognition.pool import Failure
from speech.recognition.recogniser import Heard, Hints, Listening, Partial, Recogniser

PAUSES: Final = (0.3, 0.5, 0.7)
"""Seconds, in turns."""
AFTER_SECONDS: Final = 3.0
"""Of silence behind a turn."""
MOST_CUT: Final = 0.05
THRESHOLDS: Final = tuple(round(0.2 + 0.05 * step, 2) for step in range(37))
"""Seconds of silence that are tried: 0.2 to 2.0."""
FALLBACK_SECONDS: Final = 2.0
"""Silence that ends a turn of which words say nothing, where words alone decide."""
SETTLED_AFTER: Final = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
"""Seconds of silence of which it is told how many texts were whole by then."""
_WORDS_SPELT: Final = 5
_MIDDLE: Final = (0.35, 0.65)
"""Part of a sentence in which somebody stops to look for a word."""


@dataclass(frozen=True)
class Turn:
    """What a caller says in one turn, and how it is listened to."""

    kind: str
    pcm: bytes
    """8 kHz, from the first syllable to the last, the pauses in it included."""
    expect: Expect = field(default_factory=Expect)


@dataclass(frozen=True)
class Judged:
    """A turn as the ear took it: a verdict for every frame, silence behind it included."""

    kind: str
    frames: tuple[Frame, ...]
    spoken: float
    """Seconds until the last syllable is over."""
    expect: Expect = field(default_factory=Expect)
    settled: float | None = None
    """Seconds of silence taken until the text was what the end gave; None where it never was."""


@dataclass(frozen=True)
class Delay:
    """How one way to decide stands with the turns of one kind."""

    way: str
    kind: str
    turns: int
    threshold: float
    """Seconds of silence at which at most 5 % of all turns are cut off."""
    cut: float
    """Share of the turns cut off before their end."""
    median: float
    """Seconds from the last syllable to the end of the turn."""
    p95: float
    missed: int
    """Turns never noticed."""


Way = Callable[[float, Expect], TurnTimes]

AS_CALLS: Final = "calls"


def _both(seconds: float) -> TurnTimes:
    return TurnTimes(
        end_silence=seconds,
        end_silence_complete=min(seconds, TurnTimes.end_silence_complete),
        end_silence_unfinished=max(seconds, TurnTimes.end_silence_unfinished),
    )


WAYS: Final[dict[str, Way]] = {
    "silence": lambda t, _: TurnTimes(end_silence=t, end_silence_complete=t, end_silence_unfinished=t),
    "words": lambda t, _: TurnTimes(
        end_silence=FALLBACK_SECONDS, end_silence_complete=t, end_silence_unfinished=FALLBACK_SECONDS
    ),
    "both": lambda t, _: _both(t),
    "state": lambda t, expect: _both(t * expect.end_silence_seconds / END_OF_QUESTION_SECONDS),
    AS_CALLS: lambda _, expect: times_of(expect),
}
"""By name: the times a way decides by, given the silence that is tried and what the dialogue expects."""


def turns(sets: dict[str, list[Said]]) -> list[Turn]:
    """Turns of every kind, always the same for the same recordings."""
    answers = Expect(
        phrases=tuple(dict.fromkeys(one.text for one in sets.get(CHOICES, []))),
        closed=True,
        end_silence_seconds=END_OF_ANSWER_SECONDS,
    )
    words, sentences = (
        [spoken_part(_telephone(one.sound)) for one in sets.get(name, [])] for name in (CHOICES, "vivos")
    )
    found = [Turn("one word", word, answers) for word in words]
    found += [Turn("sentence", sentence) for sentence in sentences]
    for at, sentence in enumerate(sentences):
        pause = silence(PAUSES[at % len(PAUSES)], TELEPHONE_RATE)
        place = quietest(sentence)
        found.append(Turn("looked for a word", sentence[:place] + pause + sentence[place:]))
        found.append(Turn("story", sentence + pause + sentences[(at + 1) % len(sentences)]))
    code = Expect(digits=(), end_silence_seconds=1.8)
    for at in range(0, len(words) - _WORDS_SPELT, _WORDS_SPELT):
        pause = silence(PAUSES[at // _WORDS_SPELT % len(PAUSES)], TELEPHONE_RATE)
        found.append(Turn("spelt out", pause.join(words[at : at + _WORDS_SPELT]), code))
    return found


def quietest(pcm: bytes) -> int:
    """Where a sentence is quietest in its middle part: between two words, mostly. In bytes."""
    frames = len(pcm) // FRAME_BYTES
    places = range(round(_MIDDLE[0] * frames), max(round(_MIDDLE[0] * frames) + 1, round(_MIDDLE[1] * frames)))
    return FRAME_BYTES * min(places, key=lambda at: level(pcm[FRAME_BYTES * at : FRAME_BYTES * (at + 1)]))


class _Ear:
    """A recogniser without processes between: what it hears of a frame is there before the next one."""

    can_hear = True

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser
        self.opened: list[_Utterance] = []

    def open(self, rate: int, hints: Hints) -> _Utterance:
        tells = bool(getattr(self._recogniser, "tells_words", False))
        resampler = Resampler(rate, self._recogniser.sample_rate)
        self.opened.append(_Utterance(self._recogniser.open(hints), resampler, tells))
        return self.opened[-1]


class _Utterance:
    failure: Failure | None = None
    behind = 0.0

    def __init__(self, listening: Listening, resampler: Resampler, tells_words: bool) -> None:
        self._listening, self._resampler, self.tells_words = listening, resampler, tells_words
        self.text, self.changed_at, self.frames = "", 0, 0
        """The text so far, at which frame it last changed, and how many there were."""

    def feed(self, pcm: bytes) -> Partial | None:
        self.frames += 1
        partial = self._listening.feed(self._resampler.feed(pcm))
        if partial is not None and partial.text != self.text:
            self.text, self.changed_at = partial.text, self.frames
        return partial

    def settled(self, quiet: float) -> Heard | None:
        return None

    def ended_as_it_was(self) -> bool:
        """End it; whether that gave nothing but the text so far."""
        return self._listening.finish().text == self.text

    async def finish(self) -> Heard | Failure:
        return self._listening.finish()

    def abandon(self) -> None:
        self._listening.abandon()


def judge(engine: Present, todo: Sequence[Turn]) -> list[Judged]:
    """Let the ear of a call take every turn; belongs into a process of its own."""
    recogniser = engines.load(engine.spec)
    found = []
    for turn in todo:
        ear = _Ear(recogniser)
        hearing = Hearing(ear)
        hearing.expect(turn.expect)
        begin = TurnEnd(TurnTimes())
        frames: list[Frame] = []
        sound = turn.pcm + silence(AFTER_SECONDS, TELEPHONE_RATE)
        for piece in hearing.take(sound):
            frames.append(hearing.hear(piece))
            if not begin.in_speech and begin.process(FRAME_SECONDS, frames[-1].is_speech) is TurnEvent.SPEECH_STARTED:
                hearing.listen()
        found.append(
            Judged(
                turn.kind,
                tuple(frames),
                seconds_of(turn.pcm, TELEPHONE_RATE),
                turn.expect,
                _settled(ear.opened, frames),
            )
        )
        hearing.forget()
    return found


def _settled(opened: Sequence[_Utterance], frames: Sequence[Frame]) -> float | None:
    """Seconds from the last voice until the text of the utterance was what its end gave; None where it never was."""
    if not opened or not opened[-1].ended_as_it_was():
        return None
    quiet = len(frames) - 1 - max((at for at, frame in enumerate(frames) if frame.is_speech), default=0)
    return max(0, quiet - (opened[-1].frames - opened[-1].changed_at)) * FRAME_SECONDS


def ended_after(judged: Judged, times: TurnTimes) -> float | None:
    """Seconds from the last syllable to the end of the turn, negative when it was cut off; None if never noticed."""
    turn = TurnEnd(times)
    for at, frame in enumerate(judged.frames, 1):
        event = turn.process(FRAME_SECONDS, frame.is_speech, frame.completeness)
        if event in {TurnEvent.SPEECH_ENDED, TurnEvent.TOO_LONG}:
            return at * FRAME_SECONDS - judged.spoken
    return None


def is_cut(judged: Judged, after: float) -> bool:
    """Whether a turn ended while something was still to come: not in the soft end of its last syllable."""
    last = max((at for at, frame in enumerate(judged.frames, 1) if frame.is_speech), default=0)
    return judged.spoken + after < last * FRAME_SECONDS


def delays(all_judged: Sequence[Judged]) -> list[Delay]:
    """Each way at the shortest silence with which it cuts off at most 5 % of all turns, by kind of turn and in all."""
    rows = []
    for way, times_in in WAYS.items():
        for threshold in THRESHOLDS:
            ended = [(one, ended_after(one, times_in(threshold, one.expect))) for one in all_judged]
            heard = [(one, after) for one, after in ended if after is not None]
            cut = sum(is_cut(one, after) for one, after in heard)
            if way == AS_CALLS or cut <= MOST_CUT * len(heard):
                rows += [_delay(way, kind, threshold, ended) for kind in (*dict.fromkeys(_kinds(all_judged)), "all")]
                break
    return rows


def _kinds(all_judged: Iterable[Judged]) -> list[str]:
    return [one.kind for one in all_judged]


def _delay(way: str, kind: str, threshold: float, ended: Sequence[tuple[Judged, float | None]]) -> Delay:
    of_kind = [(one, after) for one, after in ended if kind in {one.kind, "all"}]
    heard = [(one, after) for one, after in of_kind if after is not None]
    cut = [after for one, after in heard if is_cut(one, after)]
    whole = sorted(after for one, after in heard if not is_cut(one, after)) or [0.0]
    return Delay(
        way=way,
        kind=kind,
        turns=len(of_kind),
        threshold=threshold,
        cut=len(cut) / max(1, len(heard)),
        median=statistics.median(whole),
        p95=whole[min(len(whole) - 1, round(0.95 * len(whole)))],
        missed=len(of_kind) - len(heard),
    )


def _telephone(sound: Recording) -> bytes:
    return through_telephone(sound).pcm


def show(engine: str, rows: Sequence[Delay], console: Console) -> None:
    """Print the table."""
    table = Table(title=f"{engine}: delay of the turn's end at 5 % cut off", header_style="bold", box=None)
    for heading in ("decided by", "turns", "silence", "cut off", "median", "95 of 100", "never noticed"):
        table.add_column(heading, justify="left" if heading in {"decided by", "turns"} else "right")
    for row in rows:
        table.add_row(
            row.way,
            f"{row.kind} ({row.turns})",
            "as set" if row.way == AS_CALLS else f"{row.threshold:.2f} s",
            f"{row.cut:.0%}",
            f"{1000 * row.median:.0f} ms",
            f"{1000 * row.p95:.0f} ms",
            str(row.missed),
        )
    console.print(table)


def show_settled(judged: Sequence[Judged], console: Console) -> None:
    """Print after how much silence the text so far is the whole."""
    seconds = [one.settled for one in judged if one.settled is not None]
    within = ", ".join(
        f"{sum(each <= limit + 1e-6 for each in seconds) / max(1, len(judged)):.1%} within {limit:.1f} s"
        for limit in SETTLED_AFTER
    )
    console.print(
        f"the text so far is what the end gives in {len(seconds) / max(1, len(judged)):.1%} of turns: {within}"
    )


def main(
    most: Annotated[int, typer.Option(help="At most so many recordings of each set.")] = 1000,
    only: Annotated[str, typer.Option(help="This recogniser alone.")] = "",
    results: Annotated[Path, typer.Option(help="Folder for the JSON file.")] = RESULTS,
) -> None:
    """Measure when turns end, with every Vietnamese recogniser that tells words while they are spoken."""
    console = Console(highlight=False, width=150)
    try:
        sets = {name: said[:: max(1, -(-len(said) // most))] for name, said in material().items()}
    except FileNotFoundError:
        console.print(f"not measured: no recordings in {MATERIAL}; MOTCUA_SHARED names the folder above")
        return
    todo, written = turns(sets), {}
    os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory(prefix="motcua-models-") as scratch:
        found = [one for one in present(Path(scratch)) if one.is_vietnamese and only in {"", one.spec.name}]
        for engine in found:
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as process:
                judged = process.submit(judge, engine, todo).result()
            if all(frame.completeness is Completeness.OPEN for one in judged for frame in one.frames):
                console.print(f"{engine.name}: tells no words before a turn's end, so silence alone decides")
            rows = delays(judged)
            show(engine.name, rows, console)
            show_settled(judged, console)
            written[engine.name] = [asdict(row) for row in rows]
        if not found:
            console.print("not measured: no Vietnamese recogniser is here; `motcua speech model` says what is missing")
            return
    results.mkdir(parents=True, exist_ok=True)
    path = results / f"turn-taking-{datetime.now().astimezone():%Y%m%d-%H%M%S}.json"
    path.write_text(json.dumps(written, indent=1), encoding="utf-8")
    console.print(f"written: {path}")


if __name__ == "__main__":
    typer.run(main)
