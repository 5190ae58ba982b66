"""The catalogue's reports speak the language of the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.catalogue import app


@pytest.mark.parametrize(
    ("language", "counted", "why"),
    [
        ("en", "New: 0; updated: 0", "fits no form of records"),
        ("vi", "Mới: 0; cập nhật: 0", "không đúng mẫu hồ sơ nào"),
    ],
)
def test_an_import_is_told_in_the_language_that_was_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, counted: str, why: str
) -> None:
    (tmp_path / "records.jsonl").write_text('{"code": "x"}\n', encoding="utf-8")
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MOTCUA_CLI_LANGUAGE", language)
    told = CliRunner().invoke(app, ["import", str(tmp_path / "records.jsonl")])
    assert told.exit_code == 0
    assert counted in told.stdout
    assert why in told.stdout


@pytest.mark.parametrize(("language", "said"), [("en", "Catalogue on"), ("vi", "Danh mục ngày")])
def test_a_check_is_told_in_the_language_that_was_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, language: str, said: str
) -> None:
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MOTCUA_CLI_LANGUAGE", language)
    assert said in CliRunner().invoke(app, ["check"]).stdout
