"""One utterance at the microphone: when it is over, and what the page is told."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from kiosk.audio.hearing import RATE, Hearing, News
from speech.recognition.pool import Failure
from speech.recognition.recogniser import Heard, Partial


@dataclass
class ScriptedStream:
    """A recogniser's utterance that says what the test says."""

    result: Heard | Failure
    failure: Failure | None = None
    partials: list[str] = field(default_factory=list)
    taken: int = 0
    abandoned: bool = False

    def feed(self, pcm: bytes) -> Partial | None:
        self.taken += len(pcm)
        return Partial(self.partials.pop(0), 0.0) if self.partials else None

    async def finish(self) -> Heard | Failure:
        return self.result

    def abandon(self) -> None:
        self.abandoned = True


@dataclass
class ScriptedPool:
    stream: ScriptedStream

    def open(self, rate: int) -> ScriptedStream:
        assert rate == RATE
        return self.stream


def voice(seconds: float) -> bytes:
    """A hum with overtones that the detector takes for a vowel."""
    at = np.arange(int(seconds * RATE)) / RATE
    sound = sum(np.sin(2 * np.pi * 140 * n * at) / n for n in range(1, 25))
    return (sound * 4000 * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * at))).astype("<i2").tobytes()


def hush(seconds: float) -> bytes:
    return (np.random.default_rng(1).normal(0, 6, int(seconds * RATE))).astype("<i2").tobytes()


def hearing(result: Heard | Failure, *, by_hand: bool = False, **more: object) -> tuple[Hearing, ScriptedStream]:
    stream = ScriptedStream(result, **more)
    return Hearing(ScriptedPool(stream), by_hand=by_hand), stream


def played(heard: Hearing, pcm: bytes) -> list[News]:
    news: list[News] = []
    for at in range(0, len(pcm), 640):
        if heard.is_over:
            break
        news += heard.feed(pcm[at : at + 640])
    return news


def bustle(seconds: float) -> bytes:
    """A loud room: noise without a pause, some 27 dB below full scale."""
    return (np.random.default_rng(2).normal(0, 1500, int(seconds * RATE))).astype("<i2").tobytes()


def music(seconds: float) -> bytes:
    """Like a voice to the detector, and without a pause."""
    return (np.frombuffer(voice(seconds), "<i2") + np.frombuffer(bustle(seconds), "<i2") // 2).astype("<i2").tobytes()


SAID = Heard("làm giấy khai sinh", None, 1.0)


async def test_an_utterance_ends_by_itself_when_the_visitor_falls_silent() -> None:
    heard, stream = hearing(SAID, partials=["làm", "làm giấy"])
    news = played(heard, hush(0.5) + voice(1.0) + hush(3.0))
    assert heard.is_over
    assert News("speech") in news
    assert [one.text for one in news if one.type == "partial"] == ["làm", "làm giấy"]
    assert stream.taken < len(hush(4.5)), "what comes after the end is not listened to"
    assert await heard.finish() == News("final", "làm giấy khai sinh")


async def test_while_the_button_is_held_a_pause_ends_nothing() -> None:
    heard, _ = hearing(SAID, by_hand=True)
    played(heard, hush(0.5) + voice(1.0) + hush(5.0))
    assert not heard.is_over
    assert await heard.finish() == News("final", "làm giấy khai sinh")


async def test_words_heard_in_mere_noise_are_none() -> None:
    heard, _ = hearing(Heard("ừ", None, 1.0))
    played(heard, hush(11.0))
    assert heard.is_over
    assert await heard.finish() == News("nothing")


@pytest.mark.parametrize("text", ["", "  "])
async def test_a_voice_without_words_is_nothing(text: str) -> None:
    heard, _ = hearing(Heard(text, None, 1.0))
    played(heard, hush(0.5) + voice(1.0) + hush(3.0))
    assert await heard.finish() == News("nothing")


async def test_a_recogniser_that_gives_up_ends_the_utterance_at_once() -> None:
    heard, stream = hearing(Failure("died"), failure=Failure("died"))
    heard.feed(voice(0.02))
    assert heard.is_over
    assert await heard.finish() == News("failed")
    heard.abandon()
    assert stream.abandoned


async def test_a_loud_room_is_told_where_nothing_was_understood() -> None:
    heard, _ = hearing(Heard("", None, 1.0))
    played(heard, bustle(11.0))
    assert heard.is_over
    assert await heard.finish() == News("nothing", loud=True)


async def test_words_understood_in_a_loud_room_are_shown_with_a_warning() -> None:
    heard, _ = hearing(SAID, partials=["làm"])
    played(
        heard,
        (np.frombuffer(hush(0.5) + voice(1.0) + hush(2.0), "<i2") + np.frombuffer(bustle(3.5), "<i2"))
        .astype("<i2")
        .tobytes(),
    )
    assert await heard.finish() == News("final", SAID.text, loud=True)


async def test_music_is_not_waited_for_to_its_end() -> None:
    heard, stream = hearing(Heard("", None, 1.0))
    played(heard, hush(0.3) + music(25.0))
    assert heard.is_over
    assert stream.taken < len(music(10.0))
    assert await heard.finish() == News("nothing", loud=True)


async def test_a_story_in_a_quiet_room_is_heard_to_its_end_though_the_words_come_only_after_it() -> None:
    heard, _ = hearing(SAID)
    played(heard, (voice(1.6) + hush(0.5)) * 8 + hush(2.0))
    assert await heard.finish() == News("final", SAID.text)
