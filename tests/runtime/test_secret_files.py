"""Secrets that stand in files, and passwords that are never printed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from runtime import settings
from runtime.secret_files import without_password
from runtime.settings import PREFIX, Settings, SettingsError


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


def kept(folder: Path, content: str) -> str:
    path = folder / "value"
    path.write_text(content, encoding="utf-8")
    return str(path)


def test_a_secret_is_read_from_its_file_without_the_end_of_its_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MOTCUA_API_KEY_FILE", kept(tmp_path, " a key with spaces \n"))
    found = settings.load().api_key
    assert found is not None
    assert found.get_secret_value() == " a key with spaces "


def test_an_address_that_holds_a_password_may_stand_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MOTCUA_DATABASE_URL_FILE", kept(tmp_path, "postgresql://motcua:geheim@db/motcua"))
    assert settings.load().database_url == "postgresql://motcua:geheim@db/motcua"


@pytest.mark.parametrize("name", ["PORT_FILE", "HOST_FILE", "PUBLIC_URL_FILE"])
def test_what_is_no_secret_has_no_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    monkeypatch.setenv(PREFIX + name, kept(tmp_path, "1"))
    with pytest.raises(SettingsError, match=f"unknown setting {PREFIX}{name}"):
        settings.load()


@pytest.mark.parametrize(
    ("content", "said"), [(None, "No such file or directory"), ("", "the file is empty"), ("\n", "the file is empty")]
)
def test_a_file_without_a_value_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: str | None, said: str
) -> None:
    path = str(tmp_path / "missing") if content is None else kept(tmp_path, content)
    monkeypatch.setenv("MOTCUA_SECRET_KEY_FILE", path)
    with pytest.raises(SettingsError) as caught:
        settings.load()
    assert str(caught.value).startswith(f"MOTCUA_SECRET_KEY_FILE={path}: ")
    assert said in str(caught.value)


def test_a_file_of_other_bytes_is_named_without_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "value"
    path.write_bytes(b"\xff\xfe\x00secret")
    monkeypatch.setenv("MOTCUA_SECRET_KEY_FILE", str(path))
    with pytest.raises(SettingsError, match="holds no text in UTF-8"):
        settings.load()


def test_a_value_set_twice_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MOTCUA_API_KEY_FILE", kept(tmp_path, "one"))
    monkeypatch.setenv("MOTCUA_API_KEY", "another")
    with pytest.raises(SettingsError, match="MOTCUA_API_KEY_FILE and MOTCUA_API_KEY are both set") as caught:
        settings.load()
    assert "another" not in str(caught.value)


def test_a_wrong_value_of_a_file_is_not_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MOTCUA_KANNEL_SECRET_FILE", kept(tmp_path, "too short"))
    with pytest.raises(SettingsError) as caught:
        settings.load()
    assert "too short" not in str(caught.value)
    assert "MOTCUA_KANNEL_SECRET=(hidden)" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("postgresql://motcua:geheim@db:5432/motcua", "postgresql://motcua:***@db:5432/motcua"),
        ("postgresql+psycopg://m:p%40ss@db/m?sslmode=require", "postgresql+psycopg://m:***@db/m?sslmode=require"),
        ("redis://:geheim@redis:6379/0", "redis://:***@redis:6379/0"),
        ("no password in http://127.0.0.1:8080/kiosk", "no password in http://127.0.0.1:8080/kiosk"),
        ("at http://127.0.0.1:8080/@somebody", "at http://127.0.0.1:8080/@somebody"),
        ("two: redis://:a@one rediss://u:b@two", "two: redis://:***@one rediss://u:***@two"),
    ],
)
def test_passwords_in_addresses_are_struck_out(text: str, said: str) -> None:
    assert without_password(text) == said


def test_a_wrong_address_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_DATABASE_URL", "mysql://motcua:geheim@db/motcua")
    with pytest.raises(SettingsError) as caught:
        settings.load()
    assert "geheim" not in str(caught.value)
    assert "MOTCUA_DATABASE_URL=mysql://motcua:***@db/motcua" in str(caught.value)


def test_every_setting_that_holds_an_address_with_a_password_may_stand_in_a_file() -> None:
    from runtime.secret_files import WITH_PASSWORDS

    assert Settings.model_fields.keys() >= WITH_PASSWORDS
