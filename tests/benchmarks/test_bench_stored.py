"""The benchmark of many stored messages: it fills, measures both sides in turns, and says what is slower."""

from __future__ import annotations

from pathlib import Path

import pytest
import typer
from postgres_server import postgres_server  # noqa: F401 - fixture

from benchmarks import stored

# ruff: noqa: F811 - pytest's fixtures are imported, and named again as arguments


def test_it_runs_to_its_table_and_ends_badly_when_something_is_too_slow(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stored, "SLOWER", 0.0)
    with pytest.raises(typer.Exit):
        stored.main(rows=2_000, tries=1, postgres=None, results=tmp_path)
    said = capsys.readouterr().out
    assert "2000 messages in and out stored" in said
    assert "one message by its reference" in said.split("times the empty system")[1]
    assert len(list(tmp_path.glob("*-stored-sqlite.json"))) == 1


def test_two_workers_on_postgres_hand_over_each_message_once(
    tmp_path: Path, postgres_server: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(stored, "SLOWER", 1_000.0)
    monkeypatch.setattr(stored, "POSTGRES_RATE", 0.0)
    stored.main(rows=1_000, tries=1, postgres=postgres_server, results=tmp_path)
    assert "two workers claim and settle" in capsys.readouterr().out
