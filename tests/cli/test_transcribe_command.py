"""``motcua speech transcribe`` and ``motcua speech model``."""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli import speech as command
from speech.audio import Recording, silence, write_wav
from speech.recognition.recogniser import OPEN, RATE, Heard, Hints, Partial

NAME = "vosk-model-test-0.1"


class Deaf:
    """Hears the same in everything."""

    name = "deaf"
    sample_rate = RATE

    def open(self, hints: Hints = OPEN) -> Deaf:
        self._hints, self._size = hints, 0
        return self

    def feed(self, pcm: bytes) -> Partial | None:
        self._size += len(pcm)
        return None

    def finish(self) -> Heard:
        return Heard("khai sinh", 0.87654, self._size / 2 / RATE, phrase="khai sinh" if self._hints.closed else None)

    def abandon(self) -> None:
        pass

    def knows(self, word: str) -> bool:
        return word != "tử"

    def close(self) -> None:
        pass


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command.app, list(arguments))


@pytest.fixture(autouse=True)
def _settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MOTCUA_SPEECH_ENGINE", "none")


@pytest.fixture
def recording(tmp_path: Path) -> str:
    write_wav(tmp_path / "said.wav", Recording(silence(0.5, 8000), 8000))
    return str(tmp_path / "said.wav")


def test_a_recording_becomes_json(monkeypatch: pytest.MonkeyPatch, recording: str) -> None:
    monkeypatch.setattr(command.engines, "load", lambda spec: Deaf())
    ended = run("transcribe", recording, "--phone")
    assert ended.exit_code == 0
    found = json.loads(ended.stdout)
    assert {key: found[key] for key in ("text", "confidence", "seconds", "engine")} == {
        "text": "khai sinh",
        "confidence": 0.877,
        "seconds": 0.5,
        "engine": "deaf",
    }
    assert found["real_time_factor"] >= 0
    assert "phrase" not in found


def test_allowed_phrases_give_the_one_that_was_meant_and_the_words_the_model_lacks(
    monkeypatch: pytest.MonkeyPatch, recording: str
) -> None:
    monkeypatch.setattr(command.engines, "load", lambda spec: Deaf())
    found = json.loads(run("transcribe", recording, "--allow", "khai sinh", "--allow", "khai tử").stdout)
    assert found["phrase"] == "khai sinh"
    assert found["words_missing_from_model"] == ["tử"]


def test_what_is_missing_is_told_in_a_line(recording: str) -> None:
    for arguments, reason in (
        (["transcribe", "nowhere.wav"], "there is no such file"),
        (["transcribe", recording], "no recognition engine is set"),
        (["transcribe", recording, "--engine", "siri"], "there is no recognition engine 'siri'"),
        (["transcribe", recording, "--engine", "vosk"], "motcua speech model --download"),
    ):
        ended = run(*arguments)
        assert (ended.exit_code, ended.stdout) == (1, "")
        assert reason in " ".join(ended.stderr.split())


def test_a_model_from_a_memory_stick_is_checked_and_installed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    archive = tmp_path / "stick.zip"
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr(f"{NAME}/am/final.mdl", "a model")
    monkeypatch.setenv("MOTCUA_VOSK_MODEL", NAME)
    assert "set MOTCUA_VOSK_MODEL_SHA256" in " ".join(run("model", "--archive", str(archive)).stderr.split())
    monkeypatch.setenv("MOTCUA_VOSK_MODEL_SHA256", hashlib.sha256(archive.read_bytes()).hexdigest())
    monkeypatch.setenv("MOTCUA_SPEECH_ENGINE", "auto")
    ended = run("model", "--archive", str(archive))
    assert ended.exit_code == 0
    assert (tmp_path / "data" / "speech" / "models" / NAME / "am" / "final.mdl").is_file()
    assert f"with the model {NAME}" in ended.stdout
    monkeypatch.setenv("MOTCUA_VOSK_MODEL_SHA256", "0" * 64)
    ended = run("model", "--archive", str(archive))
    assert ended.exit_code == 1
    assert "not the expected file" in ended.stderr


def test_the_model_in_use_is_shown() -> None:
    ended = run("model")
    assert ended.exit_code == 0
    assert "none, as set" in ended.stdout
