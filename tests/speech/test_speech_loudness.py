"""Every sentence is equally loud and begins at once, whoever spoke it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from spoken_sounds import tone

from speech.audio import level, samples, seconds_of, silence
from speech.voices.loudness import CEILING_DBFS, TARGET_DBFS, levelled, trimmed


@pytest.mark.parametrize("amplitude", [0.02, 0.1, 0.5, 1.0])
def test_weak_and_strong_recordings_become_equally_loud(amplitude: float) -> None:
    assert level(levelled(tone(0.5, amplitude=amplitude).pcm, 16000)) == pytest.approx(TARGET_DBFS, abs=0.3)


def test_pauses_inside_do_not_make_the_rest_louder() -> None:
    spoken = tone(0.5).pcm
    half_silent = levelled(spoken + silence(2.0, 16000), 16000)
    assert level(half_silent[: len(spoken)]) == pytest.approx(TARGET_DBFS, abs=0.3)


def test_a_single_peak_is_never_driven_into_the_limit() -> None:
    sound = samples(tone(0.5, amplitude=0.03).pcm).copy()
    sound[100] = 32000
    loudest = int(np.abs(samples(levelled(sound.tobytes(), 16000)).astype(int)).max())
    assert loudest <= 32768 * 10 ** (CEILING_DBFS / 20) + 1


def test_silence_around_the_sound_is_left_out() -> None:
    sound = silence(0.8, 16000) + tone(0.5).pcm + silence(1.2, 16000)
    assert seconds_of(trimmed(sound, 16000), 16000) == pytest.approx(0.54, abs=0.03)


@pytest.mark.parametrize("pcm", [b"", silence(0.5, 8000)])
def test_silence_stays_silence(pcm: bytes) -> None:
    assert trimmed(pcm, 8000) == b""
    assert levelled(pcm, 8000) == pcm


@given(st.binary(max_size=4000).map(lambda raw: raw[: len(raw) // 2 * 2]), st.sampled_from([8000, 16000, 22050]))
def test_any_sound_keeps_its_length_and_never_wraps(pcm: bytes, rate: int) -> None:
    out = levelled(pcm, rate)
    assert len(out) == len(pcm)
    before, after = samples(pcm).astype(int), samples(out).astype(int)
    # A sample that came out with the other sign would be a click.
    assert (before * after >= 0).all()
    assert len(trimmed(pcm, rate)) <= len(pcm)
