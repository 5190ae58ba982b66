"""Recordings in the codings telephones send, and files that are none."""

from __future__ import annotations

import io

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from speech.audio import Recording
from speech.decoding import LONGEST_SECONDS, decoded
from speech.errors import BadAudio, Fault

RATE = 16_000


def file_of(seconds: float, coding: str = "OGG", subtype: str = "OPUS", channels: int = 1) -> bytes:
    """A hum, as a file."""
    times = np.arange(round(seconds * RATE)) / RATE
    hum = np.repeat((0.3 * np.sin(2 * np.pi * 300 * times))[:, None], channels, axis=1)
    made = io.BytesIO()
    soundfile.write(made, hum, RATE, format=coding, subtype=subtype)
    return made.getvalue()


@pytest.mark.parametrize(
    ("coding", "subtype", "channels"),
    [("OGG", "OPUS", 1), ("OGG", "VORBIS", 2), ("WAV", "PCM_16", 1), ("WAV", "ULAW", 1), ("MP3", "MPEG_LAYER_III", 1)],
)
def test_usual_codings_become_one_channel_of_sound(coding: str, subtype: str, channels: int) -> None:
    sound = decoded(file_of(1.0, coding, subtype, channels))
    assert sound.seconds == pytest.approx(1.0, abs=0.15)
    assert np.abs(np.frombuffer(sound.pcm, "<i2")).max() > 5_000


@pytest.mark.parametrize(
    ("container", "coding", "rate"),
    [("amr", "libopencore_amrnb", 8_000), ("3gp", "libopencore_amrnb", 8_000), ("mp4", "aac", 44_100)],
)
def test_recordings_of_mobile_telephones_become_sound(container: str, coding: str, rate: int) -> None:
    sound = decoded(mobile_file_of(1.0, container, coding, rate))
    assert sound.seconds == pytest.approx(1.0, abs=0.15)
    assert np.abs(np.frombuffer(sound.pcm, "<i2")).max() > 5_000


def test_a_story_told_to_a_mobile_telephone_is_too_long() -> None:
    with pytest.raises(BadAudio) as told:
        decoded(mobile_file_of(LONGEST_SECONDS + 1, "amr", "libopencore_amrnb", 8_000))
    assert told.value.fault is Fault.LONG


def mobile_file_of(seconds: float, container: str, coding: str, rate: int) -> bytes:
    """A hum, as a mobile telephone writes it."""
    av = pytest.importorskip("av", reason="the Python package av is not installed")
    made = io.BytesIO()
    with av.open(made, "w", format=container) as file:
        stream = file.add_stream(coding, rate=rate, layout="mono")
        hum = 0.3 * np.sin(2 * np.pi * 300 * np.arange(round(seconds * rate)) / rate) * 32767
        frame = av.AudioFrame.from_ndarray(hum.astype("<i2")[None, :], format="s16", layout="mono")
        frame.sample_rate = rate
        for packet in (*stream.encode(frame), *stream.encode(None)):
            file.mux(packet)
    return made.getvalue()


def test_a_story_is_too_long() -> None:
    with pytest.raises(BadAudio) as told:
        decoded(file_of(LONGEST_SECONDS + 1))
    assert told.value.fault is Fault.LONG


def test_a_file_without_a_sample_is_empty() -> None:
    with pytest.raises(BadAudio) as told:
        decoded(file_of(0, "WAV", "PCM_16"))
    assert told.value.fault is Fault.EMPTY


def sound_or_fault(data: bytes) -> Recording | Fault:
    try:
        return decoded(data)
    except BadAudio as error:
        return error.fault


@given(st.binary(max_size=400), st.integers(0, 200))
def test_no_bytes_end_in_anything_but_sound_or_a_clear_error(noise: bytes, keep: int) -> None:
    for data in (noise, file_of(0.1)[:keep] + noise, b"#!AMR\n" + noise, b"\0\0\0\x18ftyp3gp4" + noise):
        assert isinstance(sound_or_fault(data), Recording | Fault)
