"""Settings of a part from outside are checked like the project's own."""

from __future__ import annotations

import pytest
from outside_packages import Outside
from running_system import run_cli

from runtime.settings import SettingsError, load


@pytest.fixture
def _voice(outside: Outside) -> None:
    outside.add_example("A voice")


@pytest.mark.usefixtures("_voice")
def test_its_names_are_known_and_a_misspelled_one_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_PROGRAM_VOICE_RATE", "8000")
    assert load().voice == "pyttsx3"
    monkeypatch.setenv("MOTCUA_PROGRAM_VOICE_RAET", "8000")
    with pytest.raises(SettingsError, match="unknown setting MOTCUA_PROGRAM_VOICE_RAET"):
        load()


@pytest.mark.usefixtures("_voice")
def test_wrong_and_missing_values_of_what_is_chosen_stop_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_PROGRAM_VOICE_RATE", "5")
    assert load().voice == "pyttsx3"
    with pytest.raises(SettingsError) as told:
        load(voice="program-voice")
    lines = str(told.value).splitlines()
    assert len(lines) == 2
    assert "MOTCUA_PROGRAM_VOICE_COMMAND=: Field required" in lines
    assert any(line.startswith("MOTCUA_PROGRAM_VOICE_RATE=5: ") and "8000" in line for line in lines)


def test_a_secret_one_is_not_shown(outside: Outside, monkeypatch: pytest.MonkeyPatch) -> None:
    outside.add(
        "secretive",
        {
            "motcua.voices": {"secretive": "secretive:Voice"},
            "motcua.settings": {"secretive": "secretive_settings:Own"},
        },
        {
            "secretive.py": "class Voice: ...\n",
            "secretive_settings.py": "from pydantic_settings import BaseSettings\n"
            "class Own(BaseSettings):\n    token: int\n",
        },
    )
    monkeypatch.setenv("MOTCUA_SECRETIVE_TOKEN", "very secret")
    with pytest.raises(SettingsError, match=r"MOTCUA_SECRETIVE_TOKEN=\(hidden\)") as told:
        load(voice="secretive")
    assert "very secret" not in str(told.value)


def test_names_of_a_part_whose_model_does_not_import_are_believed(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    outside.add("unreadable", {"motcua.settings": {"unreadable": "unreadable_settings:Own"}}, {})
    monkeypatch.setenv("MOTCUA_UNREADABLE_URL", "x")
    assert load().voice == "pyttsx3"


def test_the_list_of_settings_shows_them(outside: Outside) -> None:
    outside.add_example("A voice")
    shown = run_cli("settings", environment={**outside.environment(), "COLUMNS": "200"})
    assert shown.returncode == 0, shown.stderr
    assert "MOTCUA_PROGRAM_VOICE_RATE" in shown.stdout.decode()
