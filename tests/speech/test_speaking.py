"""A text is said passage by passage: early, equally loud, and silent at once when the caller speaks."""

from __future__ import annotations

import asyncio
from pathlib import Path

import numpy as np
import pytest
import yaml
from spoken_sounds import ToneVoice, tone

from speech.audio import level, samples, seconds_of, write_wav
from speech.errors import VoiceFailed
from speech.prompts.recordings import read_folder
from speech.speaking import Speaking
from speech.voices.cache import SpokenCache
from speech.voices.loudness import CEILING_DBFS
from speech.voices.voice import Accent, Style
from speech.voices.worker_voice import WorkerVoice

ANSWER = "Lệ phí: miễn phí. Thời gian: 3 ngày. Nguồn: QĐ 163/QĐ-BTP."


def speaking(voice: ToneVoice, folder: Path | None = None) -> Speaking:
    return Speaking(voice, SpokenCache(10_000_000, folder, 10_000_000))


async def test_the_first_sentence_is_heard_before_the_last_is_made() -> None:
    voice = ToneVoice()
    parts = speaking(voice).say(ANSWER, Style())
    await anext(parts)
    assert len(voice.asked) < 3
    assert len([part async for part in parts]) == 2
    assert len(voice.asked) == 3


async def test_the_next_sentence_is_made_while_one_is_heard() -> None:
    voice = ToneVoice()
    parts = speaking(voice).say(ANSWER, Style())
    await anext(parts)
    async with asyncio.timeout(5):
        while len(voice.asked) < 2:
            await asyncio.sleep(0.001)
    await parts.aclose()


async def test_barge_in_stops_at_once_and_makes_nothing_more() -> None:
    voice = ToneVoice()
    parts = speaking(voice).say(ANSWER, Style())
    await anext(parts)
    voice.may_go_on.clear()
    async with asyncio.timeout(10):
        await parts.aclose()
    assert len(voice.asked) <= 2
    voice.may_go_on.set()


async def test_two_who_want_the_same_share_the_work() -> None:
    voice = ToneVoice()
    both = speaking(voice)
    first, second = await asyncio.gather(both.whole("Xin chào.", Style()), both.whole("Xin chào.", Style()))
    assert first == second
    assert len(voice.asked) == 1


@pytest.mark.parametrize(("is_public", "kept"), [(False, False), (True, True)])
async def test_what_is_being_made_when_a_visit_ends_is_not_kept(is_public: bool, kept: bool) -> None:
    voice = ToneVoice()
    voice.may_go_on.clear()
    cache = SpokenCache(10_000_000)
    says = Speaking(voice, cache)
    saying = asyncio.create_task(says.whole("Hồ sơ đã xong.", Style(), is_public=is_public))
    async with asyncio.timeout(5):
        while not voice.asked:
            await asyncio.sleep(0.001)
    says.forget_private()
    voice.may_go_on.set()
    assert await saying
    assert bool(cache.used_bytes) is kept


async def test_one_of_two_hanging_up_does_not_silence_the_other() -> None:
    voice = ToneVoice()
    voice.may_go_on.clear()
    both = speaking(voice)
    gone = asyncio.create_task(both.whole("Xin chào.", Style()))
    stays = asyncio.create_task(both.whole("Xin chào.", Style()))
    while not voice.asked:
        await asyncio.sleep(0)
    gone.cancel()
    voice.may_go_on.set()
    assert await stays


@pytest.mark.parametrize("rate", [8000, 16000])
async def test_what_was_said_before_comes_from_the_cache(rate: int) -> None:
    voice = ToneVoice()
    twice = speaking(voice)
    first = await twice.whole("Xin chào.", Style(), rate=rate)
    assert await twice.whole("Xin chào.", Style(), rate=rate) == first
    assert len(voice.asked) == 1
    await twice.whole("Xin chào.", Style(accent=Accent.SOUTH), rate=rate)
    assert len(voice.asked) == 2


async def test_only_public_sentences_reach_the_disk(tmp_path: Path) -> None:
    voice = ToneVoice()
    await speaking(voice, tmp_path).whole("Hồ sơ của bà đã xong.", Style())
    assert not list(tmp_path.iterdir())
    await speaking(voice, tmp_path).prepare(["Xin chào."], Style())
    assert len(list(tmp_path.iterdir())) == 1
    voice.asked.clear()
    await speaking(voice, tmp_path).whole("Xin chào.", Style())
    assert not voice.asked


async def test_recordings_are_played_and_only_the_rest_is_synthesised(tmp_path: Path) -> None:
    folder = tmp_path / "vi" / "north"
    folder.mkdir(parents=True)
    (folder / "index.yml").write_text(yaml.safe_dump({"recordings": {"a.wav": "Lệ phí: miễn phí."}}))
    write_wav(folder / "a.wav", tone(1.5, rate=44100))
    voice = ToneVoice()
    mixed = Speaking(voice, SpokenCache(10_000_000), read_folder(tmp_path))
    sound = await mixed.whole("Lệ phí: miễn phí. Thời gian: 3 ngày.", Style(), rate=8000)
    assert [text for text, _ in voice.asked] == ["Thời gian, ba ngày."]
    assert seconds_of(sound, 8000) == pytest.approx(1.5 + 0.35 + 0.1 + 0.35, abs=0.1)


async def test_english_answers_use_both_voices() -> None:
    voice = ToneVoice()
    await speaking(voice).whole("Show: căn cước.", Style("en", Accent.CENTRAL))
    assert [(text, style.language, style.accent) for text, style in voice.asked] == [
        ("Show:", "en", Accent.CENTRAL),
        ("căn cước.", "vi", Accent.CENTRAL),
    ]


async def test_nothing_to_say_is_silence_without_error() -> None:
    assert await speaking(ToneVoice()).whole(" … ", Style()) == b""


async def test_a_voice_that_fails_is_told_and_tried_again_for_the_next_caller() -> None:
    class Failing(ToneVoice):
        async def speak(self, text: str, style: Style) -> bytes:
            await super().speak(text, style)
            if len(self.asked) == 1:
                raise VoiceFailed("crashed")
            return tone(0.1, self.sample_rate).pcm

    once = speaking(Failing())
    with pytest.raises(VoiceFailed):
        await once.whole("Xin chào.", Style())
    assert await once.whole("Xin chào.", Style())


@pytest.mark.parametrize("rate", [8000, 16000])
async def test_a_real_answer_is_clear_loud_and_as_long_as_expected(rate: int) -> None:
    pytest.importorskip("pyttsx3", reason="the Python package pyttsx3 is not installed")
    async with WorkerVoice.named("pyttsx3") as voice:
        sound = await Speaking(voice, SpokenCache(10_000_000)).whole(
            "UBND xã: lệ phí 50.000 đồng. Mã H15.50.05-261008-0975. Số 0123456789012345678901234567890.",
            Style(),
            rate=rate,
        )
    assert 12 < seconds_of(sound, rate) < 40
    assert -26 < level(sound) < -18
    # Half a decibel above the ceiling is what resampling may add.
    assert np.abs(samples(sound).astype(int)).max() < 32768 * 10 ** ((CEILING_DBFS + 0.5) / 20)
    # No dead air at the beginning: the first sound comes within 60 ms.
    assert level(sound[: int(0.06 * rate) * 2]) > -50
