"""What telephone and kiosk speak with: recorded people where there are any, a synthetic voice for the rest."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from speech.audio import Recording, resampled, silence
from speech.gluing import glued
from speech.prompts.phrase_matching import Breath
from speech.prompts.recordings import Prompts
from speech.voices.cache import SpokenCache, cache_key
from speech.voices.loudness import levelled, trimmed
from speech.voices.passages import AFTER_PART, Passage, passages, with_short_beginning
from speech.voices.voice import Style, Voice


class Recorded(Protocol):
    """Recordings: :class:`speech.prompts.recordings.Prompts`, or those of a folder that is watched."""

    def pieces(self, text: str, style: Style) -> tuple[str | Recording | Breath, ...]:
        """A passage in order: recordings, and words for the rest."""
        ...


LONGEST_BEGINNING = 45
"""Characters of the first part, some three seconds of sound: the longer it is, the later it begins."""
PASSAGES_OF_A_PART = 3
"""After the first, which is alone: some ten seconds of sound, packed while the part before is heard."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a text, spoken."""

    pcm: bytes
    parts: int
    """How many parts the text has."""
    words: str
    """What is heard in it, written out as it is said: what a caption shows."""


class Speaking:
    """Says texts, passage by passage, for many conversations of one event loop at once.

    Args:
        voice: synthetic voice, started; whoever made it closes it.
        cache: sounds made before.
        prompts: recordings.
    """

    def __init__(self, voice: Voice, cache: SpokenCache, prompts: Recorded | None = None) -> None:
        self._voice = voice
        self._cache = cache
        self._prompts: Recorded = prompts or Prompts()
        self._being_made: dict[str, asyncio.Task[bytes]] = {}
        self._times_forgotten = 0

    async def say(
        self, text: str, style: Style, *, rate: int = 16000, is_public: bool = False
    ) -> AsyncGenerator[bytes, None]:
        """Yield the text as PCM, one passage with the pause after it at a time; the next one is made meanwhile.

        To stop in the middle (barge-in), leave the loop and ``aclose()`` the generator, or cancel the task.

        Args:
            text: as shown or as prepared for speech; figures, codes and short forms are written out here.
            style: language, accent and speed.
            rate: Hz of what is yielded: 8000 for telephone lines.
            is_public: the text is the same for everybody (fixed wording, an answer of the catalogue), so that its
                sound may be kept on disk.

        Raises:
            SpeechError: the voice is missing or failed twice; what was yielded before is complete sentences.
        """
        todo = passages(text, style)
        ahead: asyncio.Task[bytes] | None = None
        try:
            for at, passage in enumerate(todo):
                sound = await (ahead or self._sound(passage, style, rate, is_public))
                ahead = None
                if at + 1 < len(todo):
                    ahead = asyncio.create_task(self._sound(todo[at + 1], style, rate, is_public))
                yield sound
        finally:
            if ahead is not None:
                ahead.cancel()
                await asyncio.gather(ahead, return_exceptions=True)

    async def whole(self, text: str, style: Style, *, rate: int = 16000, is_public: bool = False) -> bytes:
        """The whole text as one piece of PCM. Raises SpeechError."""
        return b"".join([part async for part in self.say(text, style, rate=rate, is_public=is_public)])

    async def part(self, text: str, style: Style, number: int, *, rate: int = 16000, is_public: bool = False) -> Part:
        """One part of a text: the first is short, so that something is heard at once.

        Raises:
            SpeechError: the voice is missing or failed twice.
            IndexError: there is no such part.
        """
        todo = with_short_beginning(passages(text, style), LONGEST_BEGINNING)
        starts = [0, *range(1, len(todo), PASSAGES_OF_A_PART)][: len(todo)]
        first = starts[number]
        last = starts[number + 1] if number + 1 < len(starts) else len(todo)
        said = todo[first:last]
        sounds = [await self._sound(passage, style, rate, is_public) for passage in said]
        return Part(b"".join(sounds), len(starts), " ".join(passage.text for passage in said))

    async def prepare(self, texts: Sequence[str], style: Style, *, rate: int = 16000) -> None:
        """Make public texts beforehand, so that greetings and menus cost nothing when many call at once."""
        for text in texts:
            await self.whole(text, style, rate=rate, is_public=True)

    def forget_private(self) -> None:
        """Drop the sound of every text that was for one person, and keep none that is being made."""
        self._times_forgotten += 1
        self._cache.forget_private()

    async def _sound(self, passage: Passage, style: Style, rate: int, is_public: bool) -> bytes:
        """One passage: its pieces in order, then its pause."""
        parts: list[bytes] = []
        for piece in self._prompts.pieces(passage.text, style):
            if isinstance(piece, Recording):
                parts.append(await asyncio.to_thread(resampled, piece.pcm, piece.rate, rate))
            elif isinstance(piece, Breath):
                parts.append(silence(AFTER_PART, rate))
            else:
                parts.append(await self._synthesised(piece, replace(style, language=passage.language), rate, is_public))
        sound = await asyncio.to_thread(glued, parts, rate)
        return sound + silence(passage.pause, rate)

    async def _synthesised(self, text: str, style: Style, rate: int, is_public: bool) -> bytes:
        """A text from the cache or the voice; two who want the same at once share the work."""
        key = cache_key(text, self._voice.name, f"{style.language}-{style.accent}", style.speed, rate)
        if (pcm := self._cache.get(key)) is not None:
            return pcm
        making = self._being_made.get(key)
        if making is None:
            making = asyncio.create_task(self._make(key, text, style, rate, is_public))
            self._being_made[key] = making
            making.add_done_callback(lambda task: self._made(key, task))
        return await asyncio.shield(making)

    async def _make(self, key: str, text: str, style: Style, rate: int, is_public: bool) -> bytes:
        times_forgotten = self._times_forgotten
        spoken = await self._voice.speak(text, style)
        # In a thread: some milliseconds of arithmetic would delay the sound of every other call.
        pcm = await asyncio.to_thread(_finished, spoken, self._voice.sample_rate, rate)
        if is_public or times_forgotten == self._times_forgotten:
            self._cache.put(key, pcm, is_public=is_public)
        return pcm

    def _made(self, key: str, task: asyncio.Task[bytes]) -> None:
        del self._being_made[key]
        if not task.cancelled():
            task.exception()  # Seen here, or asyncio would complain when every caller has gone.


def _finished(spoken: bytes, own_rate: int, rate: int) -> bytes:
    sound = trimmed(spoken, own_rate)
    return levelled(resampled(sound, own_rate, rate), rate) if sound else b""
