"""Which engine runs, and what the operator is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from speech.errors import EngineMissing
from speech.recognition import engines
from speech.recognition.engines import Choice, Engine, EngineSpec

NAME = "vosk-model-small-vn-0.4"


def choose(wanted: str, models: Path, vosk_model: str = NAME) -> Choice:
    return engines.choose(wanted, vosk_model=vosk_model, whisper_model="base", models=models)


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> set[Engine]:
    """The engines whose packages are there; a test changes it."""
    packages = {Engine.VOSK, Engine.VIET_ASR, Engine.WHISPER}
    monkeypatch.setattr(engines, "is_installed", packages.__contains__)
    return packages


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A folder that looks like a Vosk model."""
    folder = tmp_path / NAME
    (folder / "am").mkdir(parents=True)
    (folder / "am" / "final.mdl").touch()
    return folder


def test_vosk_comes_first_when_its_model_is_there(installed: set[Engine], model: Path, tmp_path: Path) -> None:
    choice = choose("auto", tmp_path)
    assert choice.spec == EngineSpec(Engine.VOSK, str(model))
    assert NAME in choice.statement


def test_without_its_model_an_installed_viet_asr_is_taken_and_said_so(installed: set[Engine], tmp_path: Path) -> None:
    choice = choose("auto", tmp_path)
    assert choice.spec == EngineSpec(Engine.VIET_ASR)
    assert "because there is no Vosk model in" in choice.statement


def test_without_anything_the_channels_go_on_with_keys(installed: set[Engine], tmp_path: Path) -> None:
    installed.clear()
    choice = choose("auto", tmp_path)
    assert choice.spec.engine is Engine.NONE
    assert "motcua speech model --download" in choice.statement
    assert "keys" in choice.statement


def test_whisper_is_never_taken_unasked(installed: set[Engine], tmp_path: Path) -> None:
    installed.intersection_update({Engine.WHISPER})
    assert choose("auto", tmp_path).spec.engine is Engine.NONE
    assert choose("whisper", tmp_path).spec == EngineSpec(Engine.WHISPER, "base")


def test_a_model_may_be_named_by_its_folder(installed: set[Engine], model: Path, tmp_path: Path) -> None:
    assert choose("vosk", tmp_path / "elsewhere", str(model)).spec.model == str(model)


@pytest.mark.parametrize(
    ("wanted", "there", "reason"),
    [
        ("vosk", {Engine.VOSK}, "no Vosk model in .*motcua speech model --download"),
        ("vosk", set(), "pip install vosk"),
        ("viet-asr", set(), "pip install viet-asr"),
        ("whisper", set(), "pip install faster-whisper"),
        ("siri", set(), "there are auto, vosk, viet-asr, whisper, none"),
    ],
)
def test_an_engine_asked_for_and_missing_is_told_with_its_cure(
    installed: set[Engine], tmp_path: Path, wanted: str, there: set[Engine], reason: str
) -> None:
    installed.intersection_update(there)
    with pytest.raises(EngineMissing, match=reason):
        choose(wanted, tmp_path)


def test_no_engine_can_be_set_but_not_loaded(tmp_path: Path) -> None:
    choice = choose("none", tmp_path)
    assert choice.spec == EngineSpec(Engine.NONE)
    with pytest.raises(EngineMissing, match="MOTCUA_SPEECH_ENGINE"):
        engines.load(choice.spec)
