"""Saying the lines of a move: sound is made a little ahead of what is heard, and it is known what was heard."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import Final, Protocol

from channels.phone.calls.carrier import FRAME_BYTES
from channels.phone.dialogue.carrier_protocol import Line
from runtime import logs
from speech.audio import TELEPHONE_RATE, seconds_of
from speech.errors import SpeechError
from speech.voices.voice import Style

PIECE_BYTES: Final = 20 * FRAME_BYTES
"""0.4 s of sound between two marks: so exactly is it known what was heard when somebody interrupts."""
AHEAD_SECONDS: Final = 2.0
"""Sound given to the carrier before it is heard: enough for a busy machine, little to throw away."""
MARK_LATE_SECONDS: Final = 3.0
"""A mark so much overdue will not come; what it stands for counts as heard."""

_log = logs.get(__name__)


class Voice(Protocol):
    """What speaks: :class:`speech.speaking.Speaking`."""

    def say(
        self, text: str, style: Style, *, rate: int = 16000, is_public: bool = False
    ) -> AsyncGenerator[bytes, None]:
        """The text as PCM, a passage at a time; raises SpeechError."""
        ...


class Speaker(Protocol):
    """The part of a carrier that plays."""

    def play(self, pcm: bytes, mark: str) -> None:
        """Play, and tell when it was heard."""
        ...


class Playing:
    """The lines of one move on their way to the caller's ear.

    Args:
        name: different for every move of a call; part of the marks.
        lines: what is said.
        style: how a line is said.
        speaker: the carrier.
        voice: makes the sound.
        on_sound: called when the first sound goes out.
        on_line: called with the place of a line when the caller begins to hear it.
        on_end: called when all of it was heard.
        now: seconds of a clock that never goes back.
    """

    def __init__(
        self,
        name: str,
        lines: Sequence[Line],
        style: Callable[[Line], Style],
        speaker: Speaker,
        voice: Voice,
        *,
        on_sound: Callable[[], None],
        on_line: Callable[[int], None],
        on_end: Callable[[], None],
        now: Callable[[], float],
    ) -> None:
        self._name = name
        self._lines = lines
        self._style = style
        self._speaker = speaker
        self._voice = voice
        self._on_sound = on_sound
        self._on_line = on_line
        self._on_end = on_end
        self._now = now
        self._waiting: deque[tuple[str, int, float]] = deque()
        """Mark, place of the line and seconds of each piece that was not heard yet."""
        self._line = -1
        self._all_given = False
        self._is_over = False
        self._due = 0.0
        """When the last piece given should have been heard."""
        self._room = asyncio.Event()

    @property
    def line(self) -> int:
        """Place of the line the caller is hearing."""
        return max(self._line, 0)

    async def run(self) -> None:
        """Give all sound to the carrier; cancel to stop. Sound that cannot be made is left out and logged."""
        has_sound, count = False, 0
        for place, line in enumerate(self._lines):
            try:
                saying = self._voice.say(line.text, self._style(line), rate=TELEPHONE_RATE, is_public=line.public)
                async with aclosing(saying):
                    async for pcm in saying:
                        for at in range(0, len(pcm), PIECE_BYTES):
                            await self._wait_for_room()
                            if not has_sound:
                                has_sound = True
                                self._on_sound()
                            count += 1
                            self._give(pcm[at : at + PIECE_BYTES], place, f"{self._name}.{count}")
            except SpeechError as error:
                _log.error("a line of a call cannot be said", cause=type(error).__name__)
        self._all_given = True
        self._look()

    def stop(self) -> None:
        """Give nothing more, and tell nothing more."""
        self._is_over = True
        self._waiting.clear()

    def heard(self, mark: str) -> None:
        """The carrier says that everything up to a mark was heard; marks of other moves are not ours."""
        if any(mark == waiting for waiting, _, _ in self._waiting):
            while self._waiting.popleft()[0] != mark:
                pass
            self._look()

    def check(self) -> None:
        """Do without marks a carrier never sent."""
        if self._waiting and self._now() > self._due + MARK_LATE_SECONDS:
            self._waiting.clear()
            self._look()

    def _give(self, pcm: bytes, place: int, mark: str) -> None:
        if self._is_over:
            return
        seconds = seconds_of(pcm, TELEPHONE_RATE)
        self._due = max(self._due, self._now()) + seconds
        self._waiting.append((mark, place, seconds))
        self._speaker.play(pcm, mark)
        self._look()

    async def _wait_for_room(self) -> None:
        while sum(seconds for _, _, seconds in self._waiting) >= AHEAD_SECONDS:
            self._room.clear()
            await self._room.wait()

    def _look(self) -> None:
        """See which line is being heard now, and whether all was."""
        self._room.set()
        if self._is_over:
            return
        if self._waiting and self._waiting[0][1] != self._line:
            self._line = self._waiting[0][1]
            self._on_line(self._line)
        if self._all_given and not self._waiting:
            self._is_over = True
            self._on_end()
