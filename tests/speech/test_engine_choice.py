"""Which engine runs, and what the operator is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from speech.errors import EngineMissing
from speech.recognition import engines
from speech.recognition.engine import Models
from speech.recognition.engines import Choice, EngineSpec
from speech.recognition.vosk_engine import VoskEngine

NAME = "vosk-model-small-vn-0.4"


def choose(wanted: str, models: Path, vosk_model: str = NAME) -> Choice:
    return engines.choose(wanted, Models(models, vosk_model, "base"))


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The packages of engines that are there; a test changes it."""
    packages = {"vosk", "vietasr", "faster_whisper"}
    monkeypatch.setattr("speech.recognition.engine.find_spec", lambda name: name if name in packages else None)
    return packages


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder that looks like a Vosk model."""
    folder = tmp_path / NAME
    (folder / "am").mkdir(parents=True)
    (folder / "am" / "final.mdl").touch()
    return folder


def test_vosk_comes_first_when_its_model_is_there(installed: set[str], model: Path, tmp_path: Path) -> None:
    choice = choose("auto", tmp_path)
    assert choice.spec == EngineSpec("vosk", Models(tmp_path, NAME, "base"))
    assert NAME in choice.statement


def test_without_its_model_an_installed_viet_asr_is_taken_and_said_so(installed: set[str], tmp_path: Path) -> None:
    choice = choose("auto", tmp_path)
    assert choice.spec.name == "viet-asr"
    assert "because there is no Vosk model in" in choice.statement


def test_without_anything_the_channels_go_on_with_keys(installed: set[str], tmp_path: Path) -> None:
    installed.clear()
    choice = choose("auto", tmp_path)
    assert not choice.hears
    assert "motcua speech model --download" in choice.statement
    assert "keys" in choice.statement


def test_whisper_is_never_taken_unasked(installed: set[str], tmp_path: Path) -> None:
    installed.intersection_update({"faster_whisper"})
    assert choose("auto", tmp_path).spec.name == "none"
    assert choose("whisper", tmp_path).spec.name == "whisper"


def test_a_model_may_be_named_by_its_folder(installed: set[str], model: Path, tmp_path: Path) -> None:
    assert choose("vosk", tmp_path / "elsewhere", str(model)).spec.name == "vosk"
    assert VoskEngine(None, Models(tmp_path / "elsewhere", str(model))).missing() is None


@pytest.mark.parametrize(
    ("wanted", "there", "reason"),
    [
        ("vosk", {"vosk"}, "no Vosk model in .*motcua speech model --download"),
        ("vosk", set(), "pip install vosk"),
        ("viet-asr", set(), "pip install viet-asr"),
        ("whisper", set(), "pip install faster-whisper"),
        ("siri", set(), "known are auto, none, vosk, viet-asr, whisper"),
    ],
)
def test_an_engine_asked_for_and_missing_is_told_with_its_cure(
    installed: set[str], tmp_path: Path, wanted: str, there: set[str], reason: str
) -> None:
    installed.intersection_update(there)
    with pytest.raises(EngineMissing, match=reason):
        choose(wanted, tmp_path)


def test_no_engine_can_be_set_but_not_loaded(tmp_path: Path) -> None:
    choice = choose("none", tmp_path)
    assert not choice.hears
    with pytest.raises(EngineMissing, match="MOTCUA_SPEECH_ENGINE"):
        engines.load(choice.spec)
