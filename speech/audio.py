"""Sound as bytes: G.711 telephone coding, change of sample rate, level, and WAV files.

PCM here is always little-endian signed 16-bit mono, a plain ``bytes`` object; the sample rate in Hz travels beside it.
"""

from __future__ import annotations

import io
import math
import wave
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, Any

import numpy as np
import numpy.typing as npt
import soxr

from runtime.messages import Message, reason_of
from speech.errors import BadAudio

BYTES_PER_SAMPLE = 2
TELEPHONE_RATE = 8000
"""Hz of narrow-band telephony (G.711)."""
SILENCE_DBFS = -96.0
"""Level of digital silence: the floor of 16 bits."""

_MULAW_BIAS = 132
_MULAW_CLIP = 32635
_SHORT = np.dtype("<i2")


@dataclass(frozen=True)
class Recording:
    """Sound of known rate."""

    pcm: bytes
    rate: int
    """Samples a second."""

    @property
    def seconds(self) -> float:
        """Duration."""
        return seconds_of(self.pcm, self.rate)


def seconds_of(pcm: bytes, rate: int) -> float:
    """Duration of PCM at a rate in Hz."""
    return len(pcm) / BYTES_PER_SAMPLE / rate


def silence(seconds: float, rate: int) -> bytes:
    """PCM of so many seconds of nothing."""
    return bytes(round(seconds * rate) * BYTES_PER_SAMPLE)


def samples(pcm: bytes) -> npt.NDArray[np.int16]:
    """The samples of PCM, without a copy; half a sample at the end is left out."""
    return np.frombuffer(pcm, dtype=_SHORT, count=len(pcm) // BYTES_PER_SAMPLE)


def level(pcm: bytes) -> float:
    """Root mean square in dB relative to full scale: 0 is the loudest square wave, -96 is silence."""
    values = samples(pcm)
    if values.size == 0:
        return SILENCE_DBFS
    power = float(np.mean(np.square(values, dtype=np.float64)))
    return max(SILENCE_DBFS, 10 * math.log10(power / 32768**2)) if power > 0 else SILENCE_DBFS


def mulaw_to_pcm(coded: bytes) -> bytes:
    """Decode G.711 mu-law; one byte a sample."""
    return _mulaw_decoder()[np.frombuffer(coded, dtype=np.uint8)].tobytes()


def pcm_to_mulaw(pcm: bytes) -> bytes:
    """Encode as G.711 mu-law; one byte a sample."""
    return _mulaw_encoder()[samples(pcm).view(np.uint16)].tobytes()


def alaw_to_pcm(coded: bytes) -> bytes:
    """Decode G.711 A-law; one byte a sample."""
    return _alaw_decoder()[np.frombuffer(coded, dtype=np.uint8)].tobytes()


def pcm_to_alaw(pcm: bytes) -> bytes:
    """Encode as G.711 A-law; one byte a sample."""
    return _alaw_encoder()[samples(pcm).view(np.uint16)].tobytes()


class Resampler:
    """Changes the sample rate of a stream; the pieces given out join without clicks.

    What comes out lags behind what went in by a few milliseconds; :meth:`finish` gives the rest.

    Args:
        from_rate: Hz of what is fed.
        to_rate: Hz of what comes out.
    """

    def __init__(self, from_rate: int, to_rate: int) -> None:
        self._stream: Any = None
        if from_rate != to_rate:
            self._stream = soxr.ResampleStream(from_rate, to_rate, 1, dtype="float32", quality="MQ")

    def feed(self, pcm: bytes) -> bytes:
        """Take a piece of whole samples and return what is ready, maybe nothing."""
        return pcm if self._stream is None else self._change(pcm, last=False)

    def finish(self) -> bytes:
        """Return what is left; the stream begins anew."""
        if self._stream is None:
            return b""
        rest = self._change(b"", last=True)
        self._stream.clear()
        return rest

    def _change(self, pcm: bytes, *, last: bool) -> bytes:
        # Through floating point, because soxr dithers 16-bit output: the same sound would differ from time to time.
        changed = self._stream.resample_chunk(samples(pcm).astype(np.float32), last=last)
        return bytes(np.clip(np.rint(changed), -32768, 32767).astype(_SHORT).tobytes())


def resampled(pcm: bytes, from_rate: int, to_rate: int) -> bytes:
    """A whole piece of PCM at another rate in Hz."""
    resampler = Resampler(from_rate, to_rate)
    return resampler.feed(pcm) + resampler.finish()


def through_telephone(recording: Recording) -> Recording:
    """What is left of sound after a telephone line: 8 kHz, mu-law and back."""
    narrow = resampled(recording.pcm, recording.rate, TELEPHONE_RATE)
    return Recording(mulaw_to_pcm(pcm_to_mulaw(narrow)), TELEPHONE_RATE)


def read_wav(source: Path | bytes) -> Recording:
    """Read a WAV file of 16-bit mono PCM.

    Args:
        source: a file, or its content.

    Raises:
        BadAudio: saying what the file is instead and how to turn it into what is needed.
    """
    name = source.name if isinstance(source, Path) else "the recording"
    cure = Message("; `ffmpeg -i IN -ac 1 -c:a pcm_s16le OUT.wav` makes one that can be read")
    try:
        with _opened(source) as file, wave.open(file, "rb") as content:
            channels, width, rate = content.getnchannels(), content.getsampwidth(), content.getframerate()
            pcm = content.readframes(content.getnframes())
    except FileNotFoundError:
        raise BadAudio(Message("{name}: there is no such file", name=name)) from None
    except OSError as error:
        raise BadAudio(Message("{name}: {reason}", name=name, reason=reason_of(error))) from None
    except (wave.Error, EOFError, RuntimeError) as error:
        # The standard library raises a bare RuntimeError for a chunk longer than the file.
        raise BadAudio(
            Message(
                "{name} is not a WAV file of PCM ({error}){cure}",
                name=name,
                error=str(error) or Message("it ends too early"),
                cure=cure,
            )
        ) from None
    if channels != 1:
        raise BadAudio(
            Message("{name} has {channels} channels instead of one{cure}", name=name, channels=channels, cure=cure)
        )
    if width != BYTES_PER_SAMPLE:
        raise BadAudio(
            Message("{name} has {width} bits a sample instead of 16{cure}", name=name, width=8 * width, cure=cure)
        )
    if rate <= 0:
        raise BadAudio(Message("{name} names no sample rate", name=name))
    pcm = pcm[: len(pcm) - len(pcm) % BYTES_PER_SAMPLE]
    if not pcm:
        raise BadAudio(Message("{name} holds no sound", name=name))
    return Recording(pcm, rate)


def wav_bytes(recording: Recording) -> bytes:
    """A WAV file's content."""
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as content:
        content.setnchannels(1)
        content.setsampwidth(BYTES_PER_SAMPLE)
        content.setframerate(recording.rate)
        content.writeframes(recording.pcm)
    return buffer.getvalue()


def write_wav(path: Path, recording: Recording) -> None:
    """Write a WAV file of 16-bit mono PCM."""
    path.write_bytes(wav_bytes(recording))


def _opened(source: Path | bytes) -> IO[bytes]:
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def _magnitudes() -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Every 16-bit sample in the order of its unsigned reading, as distance from zero and whether it is negative."""
    values = np.arange(65536, dtype=np.uint16).view(np.int16).astype(np.int64)
    return np.abs(values), values < 0


@cache
def _mulaw_decoder() -> npt.NDArray[np.int16]:
    """ITU-T G.711, table 2a and 2b, scaled from 14 to 16 bits."""
    code = ~np.arange(256, dtype=np.uint8)
    exponent, mantissa = (code.astype(np.int64) >> 4) & 7, code.astype(np.int64) & 15
    magnitude = (((mantissa << 3) + _MULAW_BIAS) << exponent) - _MULAW_BIAS
    return np.where(code & 0x80, -magnitude, magnitude).astype(_SHORT)


@cache
def _mulaw_encoder() -> npt.NDArray[np.uint8]:
    magnitude, negative = _magnitudes()
    biased = np.minimum(magnitude, _MULAW_CLIP) + _MULAW_BIAS
    exponent = np.log2(biased).astype(np.int64) - 7
    code: npt.NDArray[np.int64] = (exponent << 4) | ((biased >> (exponent + 3)) & 15) | np.where(negative, 0x80, 0)
    return (~code & 0xFF).astype(np.uint8)


@cache
def _alaw_decoder() -> npt.NDArray[np.int16]:
    """ITU-T G.711, table 1a and 1b, scaled from 13 to 16 bits; even bits are inverted on the line."""
    code = np.arange(256, dtype=np.int64) ^ 0x55
    exponent, mantissa = (code >> 4) & 7, code & 15
    linear = (mantissa << 4) + 8
    magnitude = np.where(exponent == 0, linear, (linear + 256) << np.maximum(exponent - 1, 0))
    return np.where(code & 0x80, magnitude, -magnitude).astype(_SHORT)


@cache
def _alaw_encoder() -> npt.NDArray[np.uint8]:
    magnitude, negative = _magnitudes()
    # A negative value lies in the interval below it, so that -1 and 0 differ only in sign.
    distance = np.minimum(np.where(negative, magnitude - 1, magnitude), 32767)
    exponent = np.maximum(np.log2(np.maximum(distance, 1)).astype(np.int64) - 7, 0)
    mantissa = np.where(exponent == 0, distance >> 4, distance >> (exponent + 3)) & 15
    code: npt.NDArray[np.int64] = (exponent << 4) | mantissa | np.where(negative, 0, 0x80)
    return (code ^ 0x55).astype(np.uint8)
