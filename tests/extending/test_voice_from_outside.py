"""A program that speaks, added by following docs/extending.md, is heard through a voice's worker."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from outside_packages import Outside
from running_system import run_cli

from installation.voices import open_speaking
from runtime.settings import load
from speech.audio import level, read_wav, seconds_of
from speech.errors import EngineMissing, VoiceFailed
from speech.voices.voice import NoSuchVoice, Style
from speech.voices.worker_voice import WorkerVoice

PROGRAM = """
import math, sys
letters = len(sys.stdin.buffer.read().decode())
for at in range(letters * 800):
    sys.stdout.buffer.write(int(8000 * math.sin(at / 8)).to_bytes(2, "little", signed=True))
"""


@pytest.fixture
def command(tmp_path: Path) -> str:
    """A program that hums as long as a text is: a tenth of a second a letter."""
    (tmp_path / "hum.py").write_text(PROGRAM)
    return f"{sys.executable} {tmp_path / 'hum.py'}"


@pytest.fixture
def voice(outside: Outside, command: str, monkeypatch: pytest.MonkeyPatch) -> str:
    outside.add_example("A voice")
    monkeypatch.setenv("MOTCUA_VOICE", "program-voice")
    monkeypatch.setenv("MOTCUA_PROGRAM_VOICE_COMMAND", command)
    monkeypatch.setenv("MOTCUA_PROGRAM_VOICE_RATE", "8000")
    return load().voice


async def test_a_sentence_is_spoken_by_it(voice: str) -> None:
    async with open_speaking(load()) as speaking:
        pcm = await speaking.whole("Xin chào bà con.", Style(), rate=8000)
    assert 1.5 < seconds_of(pcm, 8000) < 2.5
    assert level(pcm) > -30


async def test_its_refusals_are_told_apart(voice: str, command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with WorkerVoice.named(voice) as speaking:
        assert speaking.name == f"program {command}"
        with pytest.raises(NoSuchVoice, match="speaks vi alone"):
            await speaking.speak("hello", Style("en"))
    monkeypatch.setenv("MOTCUA_PROGRAM_VOICE_COMMAND", "false")
    async with WorkerVoice.named(voice) as speaking:
        with pytest.raises(VoiceFailed, match="CalledProcessError"):
            await speaking.speak("xin chào", Style())
    monkeypatch.setenv("MOTCUA_PROGRAM_VOICE_COMMAND", "a-program-nobody-has")
    with pytest.raises(EngineMissing, match="a-program-nobody-has is not installed"):
        await WorkerVoice.named(voice).start()


def test_the_command_speaks_with_it(outside: Outside, command: str, tmp_path: Path) -> None:
    outside.add_example("A voice")
    environment = outside.environment(
        MOTCUA_VOICE="program-voice",
        MOTCUA_PROGRAM_VOICE_COMMAND=command,
        MOTCUA_PROGRAM_VOICE_RATE=8000,
        MOTCUA_DATA_DIR=tmp_path / "data",
    )
    done = run_cli("speech", "say", "Xin chào", "-o", str(tmp_path / "said.wav"), environment=environment)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["seconds"] > 0.5
    assert level(read_wav(tmp_path / "said.wav").pcm) > -30


async def test_a_broken_one_is_told_by_name(outside: Outside) -> None:
    outside.add(
        "broken-mouth",
        {"motcua.voices": {"mouth": "broken_mouth:Mouth"}},
        {"broken_mouth.py": "def Mouth(settings):\n    raise OSError('no sound card')\n"},
    )
    with pytest.raises(EngineMissing, match="the voice mouth does not start: OSError: no sound card"):
        await WorkerVoice.named("mouth").start()
