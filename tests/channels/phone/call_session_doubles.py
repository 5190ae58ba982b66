"""A line, an ear, a voice and a dialogue for the tests of call sessions, each as the test says."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from prometheus_client import CollectorRegistry

from channels.phone.calls.answer_ahead import Room
from channels.phone.calls.calls import Calls
from channels.phone.calls.carrier import Audio, Event, Gone, Key, Played, Transferred
from channels.phone.calls.figures import CallFigures
from channels.phone.calls.inbox import Inbox
from channels.phone.calls.own_words import Styles
from channels.phone.calls.session import Surroundings
from channels.phone.dialogue.carrier_protocol import End, Expect, Input, Line, Move, Prepared, Said
from speech.audio import seconds_of
from speech.errors import VoiceFailed
from speech.recognition.pool import Failure
from speech.recognition.recogniser import Heard, Hints, Partial
from speech.voices.voice import Style
from stores.sealing import Seal

SEAL = Seal(b"a secret of the tests")
DEADLINE = 20.0


def vowel(seconds: float) -> bytes:
    """8 kHz sound that counts as a voice: a buzz with the overtones of an "a"."""
    at = np.arange(round(seconds * 8000)) / 8000
    sound = sum(
        strength * np.sin(2 * np.pi * 140 * overtone * at)
        for overtone, strength in ((1, 0.5), (2, 0.4), (3, 0.3), (5, 0.6), (6, 0.5), (8, 0.4), (9, 0.3), (18, 0.2))
    )
    return bytes((sound * (0.8 + 0.2 * np.sin(2 * np.pi * 4 * at)) * 4000).astype("<i2").tobytes())


def quiet(seconds: float) -> bytes:
    """Nothing."""
    return bytes(round(seconds * 8000) * 2)


def say(text: str, *, then: End | None = None, expect: Expect | None = None) -> Move:
    """A move of one line."""
    line = Line(text, public=True)
    return Move((line,), None if then else expect or Expect(no_input_seconds=60.0), then)


END = say("tạm biệt", then=End())


class ScriptedDialogue:
    """Answers inputs in the order of a script, and remembers them. What comes after the script ends the call."""

    def __init__(self, *script: Move | Exception) -> None:
        self.script = list(script)
        self.given: list[Input] = []
        self.heard: list[bool] = []
        """Whether words could be recognised at each."""
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.asked_ahead: list[str] = []
        """Words whose answer was to be prepared."""
        self.preparing_fails = False
        self.is_whole = False
        """Whether what is prepared answers a whole question."""
        self.may_prepare = threading.Event()
        self.may_prepare.set()

    def step(self, call_id: str, given: Input, *, hears: bool) -> Move:
        self.given.append(given)
        self.heard.append(hears)
        self.may_answer.wait(DEADLINE)
        if not self.script:
            return END
        move = self.script.pop(0)
        if isinstance(move, Exception):
            raise move
        return move

    def prepare(self, call_id: str, given: Said, *, hears: bool) -> Prepared | None:
        self.asked_ahead.append(given.text)
        if self.preparing_fails:
            raise RuntimeError("asked to fail")
        self.may_prepare.wait(DEADLINE)
        following = self.script[0] if self.script else None
        return Prepared(following, self.is_whole) if isinstance(following, Move) else None

    def trouble(self, call_id: str, given: Input) -> Move:
        return say("xin lỗi", then=End())


class ToldUtterance:
    """Hears what the test has put in the ear's list."""

    def __init__(self, ear: ToldEar, hints: Hints) -> None:
        self._ear = ear
        self.hints = hints
        self.sound = 0
        self.failure: Failure | None = None
        self.behind = ear.behind
        self.tells_words = ear.tells_words

    def feed(self, pcm: bytes) -> Partial | None:
        self.sound += len(pcm)
        return Partial(self._ear.so_far, 0.0) if self._ear.so_far else None

    def settled(self, quiet: float) -> Heard | None:
        if self._ear.settles_after is None or quiet < self._ear.settles_after or not self._ear.texts:
            return None
        text = self._ear.texts.pop(0)
        return None if isinstance(text, Failure) else Heard(text, None, seconds_of(bytes(self.sound), 8000))

    async def finish(self) -> Heard | Failure:
        await asyncio.sleep(self._ear.takes)
        text = self._ear.texts.pop(0) if self._ear.texts else ""
        return text if isinstance(text, Failure) else Heard(text, None, seconds_of(bytes(self.sound), 8000))

    def abandon(self) -> None:
        self._ear.abandoned += 1


@dataclass
class ToldEar:
    """Recognition as the test says."""

    texts: list[str | Failure] = field(default_factory=list)
    can_hear: bool = True
    so_far: str = ""
    """What is heard while somebody still speaks."""
    takes: float = 0.0
    abandoned: int = 0
    tells_words: bool = False
    settles_after: float | None = None
    behind: float = 0.0
    opened: list[ToldUtterance] = field(default_factory=list)

    def open(self, rate: int, hints: Hints) -> ToldUtterance:
        self.opened.append(ToldUtterance(self, hints))
        return self.opened[-1]


@dataclass
class HummingVoice:
    """Says every text as a second of sound for each word."""

    asked: list[str] = field(default_factory=list)
    fails: bool = False

    async def say(
        self, text: str, style: Style, *, rate: int = 16000, is_public: bool = False
    ) -> AsyncGenerator[bytes, None]:
        self.asked.append(text)
        if self.fails:
            raise VoiceFailed("asked to fail")
        for _ in text.split():
            yield vowel(1.0)


class TestLine:
    """A carrier in the test's hand."""

    __test__ = False
    kind = "test"

    def __init__(self, *, hears_at_once: bool = False, transferred: Transferred = Transferred.NOT_ANSWERED) -> None:
        self.inbox = Inbox()
        self.given: list[tuple[bytes, str]] = []
        self.cleared = 0
        self.is_hung_up = False
        self.transfers: list[str] = []
        self._transferred = transferred
        self._hears_at_once = hears_at_once

    def events(self) -> AsyncIterator[Event]:
        return self.inbox.events()

    def play(self, pcm: bytes, mark: str) -> None:
        self.given.append((pcm, mark))
        if self._hears_at_once:
            self.inbox.put(Played(mark))

    def stop_playing(self) -> None:
        self.cleared += 1

    async def transfer(self, number: str, ring_seconds: int) -> Transferred:
        self.transfers.append(number)
        return self._transferred

    async def hang_up(self) -> None:
        self.is_hung_up = True

    def speak(self, pcm: bytes) -> None:
        for at in range(0, len(pcm), 320):
            self.inbox.put(Audio(pcm[at : at + 320]))

    def press(self, keys: str) -> None:
        for key in keys:
            self.inbox.put(Key(key))

    def hear_everything(self) -> None:
        self.inbox.put(Played(self.given[-1][1]))

    def leave(self, gone: Gone | None = None) -> None:
        self.inbox.put(gone or Gone())


@dataclass
class Exchange:
    """Calls with doubles around them."""

    dialogue: ScriptedDialogue
    ear: ToldEar = field(default_factory=ToldEar)
    voice: HummingVoice = field(default_factory=HummingVoice)
    quiet_seconds: float = 20.0
    most: int = 10
    room_ahead: Room = field(default_factory=Room)

    def __post_init__(self) -> None:
        self.registry = CollectorRegistry()
        self.around = Surroundings(
            self.dialogue,
            self.ear,
            self.voice,
            Styles(),
            CallFigures(self.registry),
            ThreadPoolExecutor(4),
            self.quiet_seconds,
            room_ahead=self.room_ahead,
        )
        self.calls = Calls(self.around, SEAL, self.most)

    def call(self, line: TestLine, call_id: str = "call") -> asyncio.Task[None]:
        return asyncio.create_task(self.calls.hold(line, call_id, "+84900000123"))

    def figure(self, name: str, **labels: str) -> float:
        return self.registry.get_sample_value(name, labels) or 0.0


async def until(reached: Callable[[], object], what: str = "") -> None:
    """Wait for something that must happen."""
    deadline = asyncio.get_running_loop().time() + DEADLINE
    while not reached():
        assert asyncio.get_running_loop().time() < deadline, what or "it did not happen"
        await asyncio.sleep(0.01)


def kinds(given: Sequence[Input]) -> list[str]:
    """Inputs by name."""
    return [type(one).__name__ for one in given]
