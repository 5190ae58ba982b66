"""A neural voice in Piper's format: a VITS network in ONNX beside a JSON file that says what it is fed.

Any VITS network exported that way speaks here; Piper's own voices are fetched by ``motcua speech voice``. It runs on
onnxruntime and the espeak-ng that is here anyway, without Piper's own packages.
"""

from __future__ import annotations

import ctypes
import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from runtime.messages import Message
from speech.audio import resampled
from speech.errors import EngineMissing, VoiceFailed
from speech.voices.espeak_library import SONAME, Library
from speech.voices.phonemes import Phonemes
from speech.voices.pyttsx3_voice import Pyttsx3
from speech.voices.voice import Style, UnspeakableText

_PAD, _BEGIN, _END = "_", "^", "$"
_LOUDEST: Final = 32767
_ONLY_ERRORS: Final = 3


class PiperVoice:
    """A :class:`speech.voices.synthesiser.Synthesiser`; in languages the network does not speak, espeak-ng does.

    Args:
        folder: with one ``NAME.onnx`` and its ``NAME.onnx.json``.

    Raises:
        EngineMissing: the folder holds no voice, or onnxruntime or espeak-ng is not installed.
    """

    def __init__(self, folder: Path) -> None:
        network = next(iter(sorted(folder.glob("*.onnx"))), None)
        if network is None:
            raise EngineMissing(
                Message(
                    "no Piper voice in {folder}: `motcua speech voice --download` fetches the one that is set",
                    folder=folder,
                )
            )
        try:
            import onnxruntime
        except ImportError:
            raise EngineMissing(
                Message("a Piper voice needs the Python package onnxruntime: `pip install onnxruntime`")
            ) from None
        try:
            described = json.loads(Path(f"{network}.json").read_text(encoding="utf-8"))
            self._ids: Mapping[str, Sequence[int]] = described["phoneme_id_map"]
            self.sample_rate = int(described["audio"]["sample_rate"])
            self._scales = {"noise_scale": 0.667, "length_scale": 1.0, "noise_w": 0.8, **described.get("inference", {})}
            self._speakers = int(described.get("num_speakers", 1))
            is_text = described.get("phoneme_type", "espeak") == "text"
            spoken_by = str(described["espeak"]["voice"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise EngineMissing(
                Message("{name}.json describes no Piper voice: {kind}", name=network.name, kind=type(error).__name__)
            ) from None
        options = onnxruntime.SessionOptions()
        # One core a worker, as everything that speaks or listens here; more workers speak more at once.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = _ONLY_ERRORS
        try:
            self._network: Any = onnxruntime.InferenceSession(
                str(network), sess_options=options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            # onnxruntime raises types of its own, which are no public names.
            raise EngineMissing(
                Message("{name} cannot be loaded: {kind}", name=network.name, kind=type(error).__name__)
            ) from None
        self.language = spoken_by.split("-")[0]
        # It loads and starts espeak-ng, whose phonemes are wanted, too.
        self._others = Pyttsx3(Library.AUTO)
        self._phonemes = None if is_text else Phonemes(ctypes.CDLL(SONAME), spoken_by)
        self.name = f"piper-{network.stem}"

    def speak(self, text: str, style: Style) -> bytes:
        """See :meth:`speech.voices.synthesiser.Synthesiser.speak`. It has one accent, which serves for every one."""
        if style.language != self.language:
            return resampled(self._others.speak(text, style), self._others.sample_rate, self.sample_rate)
        if not any(sign.isalnum() for sign in text):
            raise UnspeakableText(Message("there is nothing to say"))
        said = self._phonemes.of(text) if self._phonemes else unicodedata.normalize("NFD", text.lower())
        ids = np.array([list(self._coded(said))], dtype=np.int64)
        given: dict[str, Any] = {
            "input": ids,
            "input_lengths": np.array([ids.shape[1]], dtype=np.int64),
            "scales": np.array(
                [
                    self._scales["noise_scale"],
                    self._scales["length_scale"] / style.speed,
                    self._scales["noise_w"],
                ],
                dtype=np.float32,
            ),
        }
        if self._speakers > 1:
            given["sid"] = np.array([0], dtype=np.int64)
        try:
            sound = np.asarray(self._network.run(None, given)[0]).reshape(-1)
        except Exception as error:
            raise VoiceFailed(Message("the voice failed: {kind}", kind=type(error).__name__)) from None
        return bytes((np.clip(sound, -1.0, 1.0) * _LOUDEST).astype("<i2").tobytes())

    def _coded(self, said: str) -> Iterator[int]:
        """The numbers of the phonemes, a pad after each; those the network never saw are left out."""
        yield from self._ids.get(_BEGIN, ())
        for sign in said:
            if sign in self._ids:
                yield from self._ids[sign]
                yield from self._ids.get(_PAD, ())
        yield from self._ids.get(_END, ())


def voice_in(folder: Path) -> PiperVoice:
    """``piper``: the voice that is set, in the folder of models."""
    return PiperVoice(folder)
