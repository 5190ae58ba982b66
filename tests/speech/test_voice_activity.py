"""Whether somebody speaks, in quiet and in noise."""

from __future__ import annotations

import numpy as np
import pytest
from recordings import FOLDER, WHY_MISSING, recordings

from benchmarks.calls.material import spoken_part
from benchmarks.noise import judged, mixed, street
from speech.audio import level, resampled, samples, silence
from speech.listening.loud_place import CarefulEars, LoudPlace
from speech.listening.turn_end import TurnEnd, TurnEvent
from speech.listening.voice_activity import FRAME_SECONDS, VoiceActivity

RATE = 8000


def hiss(seconds: float, loudness: float) -> bytes:
    """White noise of so many dBFS."""
    values = np.random.default_rng(5).normal(0, 32768 * 10 ** (loudness / 20), int(seconds * RATE))
    return np.clip(values, -32768, 32767).astype("<i2").tobytes()


def voice(seconds: float, loudness: float = -20.0) -> bytes:
    """Something like a vowel: harmonics of 120 Hz that come and go like syllables."""
    time = np.arange(int(seconds * RATE)) / RATE
    wave = sum(np.sin(2 * np.pi * 120 * n * time) / n for n in range(1, 12)) * (1 + np.sin(2 * np.pi * 4 * time))
    return (wave / np.sqrt(np.mean(wave**2)) * 32768 * 10 ** (loudness / 20)).astype("<i2").tobytes()


def share(verdicts: list[bool]) -> float:
    return sum(verdicts) / len(verdicts)


def test_silence_is_no_voice_and_a_vowel_is_one() -> None:
    activity = VoiceActivity(RATE)
    assert not any(activity.feed(silence(1.0, RATE)))
    assert share(activity.feed(voice(1.0))) > 0.7


@pytest.mark.parametrize("loudness", [-60.0, -45.0, -33.0])
def test_steady_noise_is_no_voice_once_it_is_known(loudness: float) -> None:
    activity = VoiceActivity(RATE)
    activity.feed(hiss(12.0, loudness))
    assert share(activity.feed(hiss(5.0, loudness))) < 0.02
    assert activity.noise == pytest.approx(loudness, abs=4.0) or loudness < -55


def test_a_voice_is_heard_above_the_noise_of_a_street() -> None:
    activity = VoiceActivity(RATE)
    activity.feed(hiss(10.0, -40.0))
    mixed = samples(hiss(1.0, -40.0)).astype(int) + samples(voice(1.0, -20.0))
    assert share(activity.feed(mixed.astype("<i2").tobytes())) > 0.6


def test_a_long_loud_turn_does_not_become_noise() -> None:
    activity = VoiceActivity(RATE)
    assert share(activity.feed(voice(15.0, -15.0))[-100:]) > 0.6


def test_odd_pieces_give_the_same_verdicts_as_whole_frames() -> None:
    pcm = silence(0.5, RATE) + voice(0.5)
    whole = VoiceActivity(RATE).feed(pcm)
    activity = VoiceActivity(RATE)
    assert [one for at in range(0, len(pcm), 50) for one in activity.feed(pcm[at : at + 50])] == whole
    assert len(whole) == round(1.0 / FRAME_SECONDS)


def test_another_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="22050"):
        VoiceActivity(22050)


@pytest.mark.skipif(not (FOLDER / "manifest.json").exists(), reason=WHY_MISSING)
def test_nearly_every_word_of_real_callers_begins_a_turn_and_its_end_is_found() -> None:
    spoken = recordings("diadiem_test")
    missed = 0
    for one in spoken:
        pcm = silence(0.5, RATE) + resampled(one.sound.pcm, one.sound.rate, RATE) + silence(1.5, RATE)
        activity, turn = VoiceActivity(RATE), TurnEnd()
        events = [event for is_speech in activity.feed(pcm) if (event := turn.process(FRAME_SECONDS, is_speech))]
        if events != [TurnEvent.SPEECH_STARTED, TurnEvent.SPEECH_ENDED]:
            missed += 1
            assert level(one.sound.pcm) < -45, "only very quiet callers may be missed"
    assert missed <= 4


def test_a_street_is_no_voice_once_it_is_known() -> None:
    rumble = street(8.0, seed=3)
    sound = (1200 * rumble / rumble.std()).clip(-32768, 32767).astype("<i2").tobytes()
    known = round(4.0 / FRAME_SECONDS)
    assert share(VoiceActivity(RATE, ears=None).feed(sound)[known:]) > 0.1
    assert share(VoiceActivity(RATE).feed(sound)[known:]) < 0.05


@pytest.mark.skipif(not FOLDER.exists(), reason=WHY_MISSING)
def test_people_are_heard_over_a_street_and_their_turns_end() -> None:
    for said in recordings("vivos")[:4]:
        voice_alone = spoken_part(resampled(said.sound.pcm, said.sound.rate, RATE))
        seconds = len(voice_alone) / 2 / RATE
        sound = mixed(voice_alone, street(seconds + 10, seed=1), 15.0)
        begun, noticed, after = judged(VoiceActivity(RATE), sound, seconds)
        assert (begun, noticed) == (False, True)
        assert after is not None
        assert after < 1.6


def test_more_loud_lines_than_there_are_careful_ears_are_judged_as_ever_and_an_ear_given_up_is_free() -> None:
    ears = CarefulEars(most=1)
    first = ears.lend(RATE)
    assert first is not None
    assert ears.lend(RATE) is None
    del first
    assert ears.lend(RATE) is not None


def test_a_line_is_loud_only_after_a_while_without_a_quiet_moment() -> None:
    place = LoudPlace(0.02)
    assert not any(place.is_loud_after(-30.0) for _ in range(99))
    assert place.is_loud_after(-30.0)
    assert not place.is_loud_after(-60.0)
    assert not place.is_loud_after(-30.0)
