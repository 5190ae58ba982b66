"""What is wrong around the system is one sentence with the cure; a defect keeps its stack trace."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
import redis
from running_system import ROOT, without_settings

from language.languages import LanguageError, read_languages
from runtime.operator_errors import sentence_for, told_in_one_sentence
from runtime.settings import SettingsError
from stores.database import Database


def raised_by_database(url: str) -> Exception:
    database = Database(url)
    try:
        database.migrate()
    except Exception as error:
        return error
    finally:
        database.close()
    raise AssertionError("nothing was raised")


def said_about(error: BaseException) -> str:
    said = sentence_for(error)
    assert said is not None
    assert "\n" not in said
    return said


def test_a_database_that_is_away_is_named_with_the_cure_and_without_its_password() -> None:
    said = said_about(raised_by_database("postgresql://motcua:geheim@127.0.0.1:1/motcua"))
    assert said.startswith("the database does not answer (")
    assert said.endswith("start it, or look at MOTCUA_DATABASE_URL")
    assert "geheim" not in said


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    (tmp_path / "motcua.db").write_bytes(b"what is this, a shopping list? " * 200)
    said = said_about(raised_by_database(f"sqlite:///{tmp_path / 'motcua.db'}"))
    assert "file is not a database" in said
    assert "MOTCUA_DATABASE_URL" in said


def test_a_redis_that_is_away_is_named_with_the_cure() -> None:
    with pytest.raises(redis.ConnectionError) as caught:
        redis.Redis(port=1).ping()
    assert said_about(caught.value).endswith("start it, or look at MOTCUA_REDIS_URL")


@pytest.mark.parametrize(
    ("number", "cure"),
    [
        (errno.EACCES, "chown"),
        (errno.EROFS, "mount it for writing"),
        (errno.ENOSPC, "free some space"),
        (errno.EADDRINUSE, "MOTCUA_PORT"),
    ],
)
def test_what_the_operating_system_refuses_is_told_with_the_place(number: int, cure: str) -> None:
    said = said_about(OSError(number, os.strerror(number), "/var/lib/motcua/motcua.db"))
    assert said.startswith("/var/lib/motcua/motcua.db is ")
    assert cure in said


def test_a_language_folder_that_does_not_fit_is_told_with_its_file(tmp_path: Path) -> None:
    for tag, told in (("aa", "name: Aa\ndefault: true\n"), ("bb", "default: false\n")):
        (tmp_path / tag).mkdir()
        (tmp_path / tag / "language.yml").write_text(told, encoding="utf-8")
    with pytest.raises(LanguageError) as caught:
        read_languages(tmp_path)
    said = said_about(caught.value)
    assert "bb/language.yml: name is missing" in said
    assert said.endswith("docs/extending.md says what it needs")


@pytest.mark.parametrize("defect", [ValueError("x"), KeyError("x"), OSError(errno.EBADF, "x"), AssertionError()])
def test_a_defect_is_no_sentence(defect: Exception) -> None:
    assert sentence_for(defect) is None


def test_a_process_ends_with_the_sentence_and_a_status_that_tells_settings_from_the_rest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as ended, told_in_one_sentence("motcua test", wrong_setting=2):
        raise SettingsError("MOTCUA_PORT=0: too small")
    assert ended.value.code == 2
    with pytest.raises(SystemExit) as ended, told_in_one_sentence("motcua test"):
        raise PermissionError(errno.EACCES, "Permission denied", "/data")
    assert ended.value.code == 1
    first, second = capsys.readouterr().err.splitlines()
    assert first == "motcua test: MOTCUA_PORT=0: too small"
    assert second.startswith("motcua test: /data is not writable")


@pytest.mark.parametrize(
    "command",
    [
        ["cli.main", "sms", "list"],
        ["cli.main", "tickets", "list"],
        ["cli.main", "up", "--port", "0"],
        ["cli.worker_process"],
        ["cli.sync_process"],
    ],
    ids=" ".join,
)
def test_commands_and_processes_say_one_sentence_when_the_database_is_away(command: list[str], tmp_path: Path) -> None:
    settings = {
        "MOTCUA_DATABASE_URL": "postgresql://motcua:geheim@127.0.0.1:1/motcua",
        "MOTCUA_DATA_DIR": str(tmp_path),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**without_settings(), **settings},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {1, 2}
    assert "Traceback" not in done.stderr
    assert "geheim" not in done.stderr + done.stdout
    assert done.stderr.startswith("motcua")
