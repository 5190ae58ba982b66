"""Settings: each wrong one is named with its value and what is allowed."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from runtime import core_tls, settings
from runtime.settings import PREFIX, PROJECT_ROOT, Settings, SettingsError


@pytest.fixture(autouse=True)
def no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("PORT", "0", "greater than or equal to 1"),
        ("PORT", "65535", "less than or equal to 65534"),
        ("PORT", "eighty", "valid integer"),
        ("ENVIRONMENT", "test", "'development' or 'production'"),
        ("LOG_LEVEL", "LOUD", "DEBUG, INFO, WARNING or ERROR"),
        ("DATABASE_URL", "mysql://x", "sqlite: or postgresql"),
        ("REDIS_URL", "http://x", "redis://, rediss:// or unix://"),
        ("PUBLIC_URL", "somewhere", "valid URL"),
        ("TURN_TIMEOUT", "0", "greater than 0"),
        ("CORE_WORKERS", "99", "less than or equal to 16"),
        ("SMS_DIACRITICS", "maybe", "valid boolean"),
        ("SECOND_FACTOR_TRIES", "0", "greater than or equal to 1"),
    ],
)
def test_a_wrong_value_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, allowed: str) -> None:
    monkeypatch.setenv(PREFIX + name, value)
    with pytest.raises(SettingsError) as caught:
        settings.load()
    assert f"{PREFIX}{name}={value}" in str(caught.value)
    assert allowed in str(caught.value)


@pytest.mark.parametrize("url", ["http://10.1.2.3:8081", "http://core.example.vn"])
def test_a_core_elsewhere_is_reached_by_https_only(url: str) -> None:
    with pytest.raises(ValueError, match="https only"):
        Settings(core_url=url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9", "http://[::1]:9", "http://localhost:9", "https://core.example.vn"]
)
def test_a_core_on_loopback_needs_no_tls(url: str) -> None:
    assert Settings(core_url=url).effective_core_url == url


def test_a_certificate_for_the_core_comes_with_its_key(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="belong together"):
        Settings(core_certificate=tmp_path / "c.pem")


def test_a_core_is_not_begun_with_a_certificate_it_lacks(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="needs MOTCUA_CORE_CERTIFICATE"):
        core_tls.offering(Settings(core_url="https://core.example.vn"))
    there_is_none = {"core_certificate": tmp_path / "c.pem", "core_certificate_key": tmp_path / "k.pem"}
    for context in (core_tls.offering, core_tls.opening):
        with pytest.raises(SettingsError, match="No such file"):
            context(Settings(core_url="https://core.example.vn", **there_is_none))


def test_all_wrong_values_are_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_PORT", "0")
    monkeypatch.setenv("MOTCUA_LOG_LEVEL", "LOUD")
    with pytest.raises(SettingsError) as caught:
        settings.load()
    assert {line.partition("=")[0] for line in str(caught.value).splitlines()} == {
        "MOTCUA_PORT",
        "MOTCUA_LOG_LEVEL",
    }


def test_an_unknown_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_PROT", "8080")
    with pytest.raises(SettingsError, match="MOTCUA_PROT"):
        settings.load()


def test_settings_of_the_tests_are_no_mistake(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_TEST_POSTGRES_URL", "postgresql://x")
    monkeypatch.setenv("MOTCUA_SHARED", "/somewhere")
    assert settings.load().port == 8080


def test_secrets_do_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECRET_KEY", "API_KEY", "TWILIO_AUTH_TOKEN"):
        monkeypatch.setenv(PREFIX + name, "very secret words")
    assert "very secret" not in repr(settings.load()) + str(settings.load())


def test_options_of_a_command_win_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOTCUA_PORT", "9000")
    assert settings.load(port=9100).port == 9100
    assert settings.load(port=None).port == 9000


def test_every_setting_says_what_it_means() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_places_are_taken_from_the_project_and_the_port(tmp_path: Path) -> None:
    usual = settings.load()
    assert usual.data_path == PROJECT_ROOT / "var"
    assert usual.effective_url == "http://127.0.0.1:8080"
    assert usual.effective_core_url == "http://127.0.0.1:8081"
    assert settings.load(data_dir=tmp_path).effective_database_url == f"sqlite:///{tmp_path}/motcua.db"


def test_where_calls_with_sound_are_taken_every_core_may_recognise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert settings.load().recognisers == 1
    assert settings.load(sip_port=5060).recognisers == 2
    assert settings.load(voice_stream=True, recogniser_workers=3).recognisers == 3


def test_a_secret_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    first = settings.load(data_dir=tmp_path).secret()
    assert settings.load(data_dir=tmp_path).secret() == first
    assert len(first) >= 32
    assert (tmp_path / "secrets" / "secret.key").stat().st_mode & 0o077 == 0


def test_processes_starting_together_end_with_one_secret(tmp_path: Path) -> None:
    found: list[bytes] = []
    gate = threading.Barrier(16)

    def start() -> None:
        gate.wait()
        found.append(settings.load(data_dir=tmp_path).secret())

    threads = [threading.Thread(target=start) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 16
    assert len(set(found)) == 1
    assert [path.name for path in (tmp_path / "secrets").iterdir()] == ["secret.key"]


def test_a_webhook_token_is_never_made_up_in_production(tmp_path: Path) -> None:
    assert settings.load(data_dir=tmp_path, environment="production").twilio_token() is None
    assert settings.load(data_dir=tmp_path).twilio_token()


class TestTheSecretInProduction:
    GOOD = "8Kx2_vQ9-rT4bN7mL1zW5cY3hJ6fD0gS"

    def test_none_is_refused_and_none_is_made(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsError, match=r"SECRET_KEY is not set.*MOTCUA_SECRET_KEY_FILE"):
            settings.load(data_dir=tmp_path, environment="production").check_secret()
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        "weak", ["short but random 8Kx2", "a" * 40, "abcabcabcabcabcabcabcabcabcabcabcabc", "ChangeMe-" + GOOD]
    )
    def test_a_weak_one_is_refused(self, tmp_path: Path, weak: str) -> None:
        with pytest.raises(SettingsError, match="MOTCUA_SECRET_KEY "):
            settings.load(data_dir=tmp_path, environment="production", secret_key=weak).check_secret()

    def test_a_file_beside_the_data_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for folder, is_beside in ((tmp_path / "data", True), (tmp_path, False)):
            folder.mkdir(exist_ok=True)
            (folder / "key").write_text(self.GOOD)
            monkeypatch.setenv(PREFIX + "SECRET_KEY_FILE", str(folder / "key"))
            found = settings.load(data_dir=tmp_path / "data", environment="production")
            if is_beside:
                with pytest.raises(SettingsError, match="beside what it protects"):
                    found.check_secret()
            else:
                found.check_secret()

    def test_a_systemd_credential_will_do(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "motcua_secret_key").write_text(self.GOOD + "\n")
        monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(tmp_path))
        found = settings.load(data_dir=tmp_path / "data", environment="production")
        found.check_secret()
        assert found.secret() == self.GOOD.encode()

    def test_a_first_try_needs_none(self, tmp_path: Path) -> None:
        settings.load(data_dir=tmp_path).check_secret()
        assert (tmp_path / "secrets" / "secret.key").exists()
