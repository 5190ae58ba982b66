"""Sound as bytes: telephone coding, sample rates, levels, WAV files."""

from __future__ import annotations

import audioop
import contextlib
import io
import struct
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech import audio
from speech.errors import BadAudio

EVERY_CODE = bytes(range(256))
EVERY_SAMPLE = np.arange(-32768, 32768).astype("<i2").tobytes()
TONE_SECONDS = 1.0


def tone(rate: int, hertz: float = 440.0, amplitude: float = 8000.0) -> bytes:
    """A second of a sine."""
    time = np.arange(int(rate * TONE_SECONDS)) / rate
    return (amplitude * np.sin(2 * np.pi * hertz * time)).astype("<i2").tobytes()


# ITU-T G.711, tables 1 and 2: character signal (as on the line) and decoder output, brought to 16 bits.
@pytest.mark.parametrize(
    ("code", "value"), [(0x80, 32124), (0x00, -32124), (0xFF, 0), (0x7F, 0), (0xFE, 8), (0x7E, -8), (0xF0, 120)]
)
def test_mu_law_codes_have_the_values_of_the_standard(code: int, value: int) -> None:
    assert struct.unpack("<h", audio.mulaw_to_pcm(bytes([code]))) == (value,)


@pytest.mark.parametrize(("code", "value"), [(0xAA, 32256), (0x2A, -32256), (0xD5, 8), (0x55, -8), (0xD4, 24)])
def test_a_law_codes_have_the_values_of_the_standard(code: int, value: int) -> None:
    assert struct.unpack("<h", audio.alaw_to_pcm(bytes([code]))) == (value,)


def test_every_code_is_decoded_as_the_standard_library_does() -> None:
    assert audio.mulaw_to_pcm(EVERY_CODE) == audioop.ulaw2lin(EVERY_CODE, 2)
    assert audio.alaw_to_pcm(EVERY_CODE) == audioop.alaw2lin(EVERY_CODE, 2)


def test_every_sample_is_encoded_as_the_nearest_a_law_code() -> None:
    assert audio.pcm_to_alaw(EVERY_SAMPLE) == audioop.lin2alaw(EVERY_SAMPLE, 2)


def test_mu_law_treats_both_signs_alike_and_positive_samples_as_the_standard_library() -> None:
    positive = np.arange(0, 32768).astype("<i2")
    coded = audio.pcm_to_mulaw(positive.tobytes())
    assert coded == audioop.lin2ulaw(positive.tobytes(), 2)
    negative = audio.pcm_to_mulaw((-positive[1:]).tobytes())
    assert negative == bytes(code & 0x7F for code in coded[1:])


@pytest.mark.parametrize(
    ("encode", "decode"),
    [(audio.pcm_to_mulaw, audio.mulaw_to_pcm), (audio.pcm_to_alaw, audio.alaw_to_pcm)],
    ids=["mu-law", "A-law"],
)
def test_telephone_coding_errs_by_a_few_percent_at_most(encode, decode) -> None:  # type: ignore[no-untyped-def]
    before = audio.samples(EVERY_SAMPLE).astype(int)
    after = audio.samples(decode(encode(EVERY_SAMPLE))).astype(int)
    allowed = np.maximum(np.abs(before) * 0.041, 16)
    # Beyond the loudest code there is only clipping.
    inside = np.abs(before) <= 32000
    assert (np.abs(after - before) <= allowed)[inside].all()
    assert encode(decode(EVERY_CODE))[1:127] == EVERY_CODE[1:127]


@pytest.mark.parametrize(("from_rate", "to_rate"), [(8000, 16000), (16000, 8000), (48000, 16000), (22050, 8000)])
def test_a_stream_changes_rate_without_changing_length_or_level(from_rate: int, to_rate: int) -> None:
    pcm, resampler = tone(from_rate), audio.Resampler(from_rate, to_rate)
    frame = from_rate // 50 * 2
    pieces = [resampler.feed(pcm[at : at + frame]) for at in range(0, len(pcm), frame)]
    out = b"".join([*pieces, resampler.finish()])
    assert audio.seconds_of(out, to_rate) == pytest.approx(TONE_SECONDS, abs=0.001)
    assert audio.level(out) == pytest.approx(audio.level(pcm), abs=0.2)
    assert out == audio.resampled(pcm, from_rate, to_rate)


def test_a_resampler_lags_by_less_than_a_turn_can_notice() -> None:
    resampler = audio.Resampler(8000, 16000)
    out = b"".join(resampler.feed(tone(8000)[at : at + 320]) for at in range(0, 16000, 320))
    assert TONE_SECONDS - audio.seconds_of(out, 16000) < 0.05


def test_a_finished_resampler_starts_anew() -> None:
    resampler = audio.Resampler(8000, 16000)
    first = resampler.feed(tone(8000)) + resampler.finish()
    assert resampler.feed(tone(8000)) + resampler.finish() == first


def test_the_same_rate_passes_unchanged() -> None:
    resampler = audio.Resampler(16000, 16000)
    assert resampler.feed(b"\1\2\3\4") + resampler.finish() == b"\1\2\3\4"


@pytest.mark.parametrize(
    ("pcm", "expected"),
    [
        (b"", -96.0),
        (audio.silence(0.1, 8000), -96.0),
        (struct.pack("<4h", 32767, -32767, 32767, -32767), 0.0),
        (struct.pack("<4h", 3277, -3277, 3277, -3277), -20.0),
        (struct.pack("<2h", -32768, -32768), 0.0),
        (struct.pack("<2h", 1, -1), -90.3),
        (b"\x01", -96.0),
    ],
)
def test_level_is_decibels_below_full_scale(pcm: bytes, expected: float) -> None:
    assert audio.level(pcm) == pytest.approx(expected, abs=0.02)


def test_a_telephone_takes_what_lies_above_four_kilohertz() -> None:
    high = audio.through_telephone(audio.Recording(tone(16000, 6000), 16000))
    low = audio.through_telephone(audio.Recording(tone(16000, 1000), 16000))
    assert high.rate == low.rate == 8000
    assert audio.level(low.pcm) - audio.level(high.pcm) > 30


def test_a_written_recording_is_read_again(tmp_path: Path) -> None:
    recording = audio.Recording(tone(8000), 8000)
    audio.write_wav(tmp_path / "tone.wav", recording)
    assert audio.read_wav(tmp_path / "tone.wav") == recording
    assert audio.read_wav(audio.wav_bytes(recording)).seconds == TONE_SECONDS


def wav(channels: int = 1, width: int = 2, frames: int = 100, rate: int = 8000) -> bytes:
    """The content of a WAV file of silence."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as content:
        content.setnchannels(channels)
        content.setsampwidth(width)
        content.setframerate(rate)
        content.writeframes(bytes(channels * width * frames))
    return buffer.getvalue()


FLOAT = bytearray(wav())
FLOAT[20:22] = struct.pack("<H", 3)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "not a WAV file"),
        (b"ID3\x04 this is an MP3", "not a WAV file"),
        (wav()[:30], "not a WAV file"),
        (bytes(FLOAT), "not a WAV file of PCM"),
        (wav(channels=2), "has 2 channels"),
        (wav(width=1), "has 8 bits a sample"),
        (wav(width=3), "has 24 bits a sample"),
        (wav(frames=0), "holds no sound"),
    ],
    ids=["empty", "another format", "cut off", "float", "stereo", "8 bits", "24 bits", "no sound"],
)
def test_an_unfit_file_is_refused_with_its_reason(content: bytes, reason: str, tmp_path: Path) -> None:
    (tmp_path / "in.wav").write_bytes(content)
    with pytest.raises(BadAudio, match=reason) as refused:
        audio.read_wav(tmp_path / "in.wav")
    assert "in.wav" in str(refused.value)


@pytest.mark.parametrize(("make", "reason"), [(False, "no such file"), (True, "directory")])
def test_a_missing_file_is_never_taken_for_silence(make: bool, reason: str, tmp_path: Path) -> None:
    if make:
        (tmp_path / "in.wav").mkdir()
    with pytest.raises(BadAudio, match=reason):
        audio.read_wav(tmp_path / "in.wav")


@given(st.binary(max_size=200), st.integers(0, 60))
def test_a_damaged_file_is_refused_or_read_but_never_breaks_anything(noise: bytes, at: int) -> None:
    content = bytearray(wav())
    content[at : at + len(noise)] = noise
    with contextlib.suppress(BadAudio):
        assert audio.read_wav(bytes(content)).pcm
