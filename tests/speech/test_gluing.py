"""A prompt put together from recordings sounds like one: same level, no click, no gap."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from recordings import FOLDER, WHY_MISSING, recordings
from spoken_sounds import tone

from speech.audio import level, resampled, samples, seconds_of, silence
from speech.gluing import SEAM_SECONDS, glued
from speech.voices.loudness import TARGET_DBFS, levelled, trimmed

RATE = 8000


def loudest_step(pcm: bytes) -> int:
    """The largest jump between two samples: a click is one."""
    return int(np.abs(np.diff(samples(pcm).astype(np.int32))).max())


def longest_quiet(pcm: bytes, below: float = -45.0) -> float:
    """Seconds of the longest stretch inside sound in which nothing is heard."""
    frame = 2 * RATE // 200
    quiet = [level(pcm[at : at + frame]) < below for at in range(0, len(pcm) - frame, frame)]
    longest = run = 0
    for is_quiet in quiet:
        run = run + 1 if is_quiet else 0
        longest = max(longest, run)
    return longest / 200


def test_a_seam_in_the_middle_of_a_sound_does_not_click() -> None:
    first, second = tone(0.50125, RATE, 0.3, 200.0).pcm, tone(0.5, RATE, 0.3, 200.0).pcm[60:]
    cut = first + second
    assert loudest_step(cut) > 4 * max(loudest_step(first), loudest_step(second))
    assert loudest_step(glued([first, second], RATE)) <= 1.5 * max(loudest_step(first), loudest_step(second))


def test_a_seam_neither_swells_nor_dips() -> None:
    noise = np.random.default_rng(1).normal(0, 3000, RATE).astype("<i2").tobytes()
    other = np.random.default_rng(2).normal(0, 3000, RATE).astype("<i2").tobytes()
    whole = glued([noise, other], RATE)
    seam = slice(2 * (RATE - 120), 2 * RATE)
    assert level(whole[seam]) == pytest.approx(level(noise), abs=1.0)


def test_the_whole_begins_and_ends_in_silence() -> None:
    whole = samples(glued([tone(0.2, RATE, 0.5).pcm, tone(0.2, RATE, 0.5, 300.0).pcm], RATE))
    assert abs(int(whole[0])) < 1500
    assert abs(int(whole[-1])) < 1500


@settings(max_examples=50)
@given(st.lists(st.integers(0, 400), max_size=6))
def test_every_piece_keeps_its_place_and_length(lengths: list[int]) -> None:
    pieces = [b"\x10\x10" * length for length in lengths]
    whole = len(glued(pieces, RATE)) // 2
    seams = round(SEAM_SECONDS * RATE) * max(0, len(lengths) - 1)
    assert sum(lengths) - seams <= whole <= sum(lengths)


@pytest.mark.skipif(not FOLDER.exists(), reason=WHY_MISSING)
def test_recorded_people_are_glued_at_one_level_without_a_gap() -> None:
    """Two people, one of whom was recorded three times as loud as the other."""
    spoken = [one.sound for one in recordings("vivos")[:4]]
    pieces = []
    for at, sound in enumerate(spoken):
        gain = (1.0, 0.3)[at % 2]
        quieter = (samples(sound.pcm) * gain).astype("<i2").tobytes()
        pieces.append(levelled(trimmed(resampled(quieter, sound.rate, RATE), RATE), RATE))
    whole = glued(pieces, RATE)
    begin = 0
    for piece in pieces:
        own = whole[begin : begin + len(piece)]
        assert level(levelled(own, RATE)) == pytest.approx(level(own), abs=1.0)
        begin += len(piece) - 2 * round(SEAM_SECONDS * RATE)
    assert seconds_of(whole, RATE) > 4
    assert level(whole) == pytest.approx(TARGET_DBFS, abs=3.5)


def test_trimming_finds_the_speech_above_an_air_conditioner() -> None:
    hum = np.random.default_rng(3).normal(0, 160, RATE).astype("<i2")  # -46 dBFS
    spoken = hum.copy()
    spoken[3000:5000] += samples(tone(0.25, RATE, 0.5).pcm)
    left = trimmed(spoken.tobytes(), RATE)
    assert seconds_of(left, RATE) == pytest.approx(0.25, abs=0.1)
    assert trimmed(silence(1.0, RATE), RATE) == b""
    assert trimmed(b"", RATE) == b""


def test_no_silence_is_left_in_a_seam() -> None:
    pieces = [levelled(trimmed(silence(0.4, RATE) + tone(0.3, RATE, 0.2).pcm + silence(0.4, RATE), RATE), RATE)] * 2
    assert longest_quiet(glued(pieces, RATE)) < 0.08
