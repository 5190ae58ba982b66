"""``motcua catalogue reach`` where nothing can be measured."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.catalogue import MOST_ASKED, app
from runtime.settings import PROJECT_ROOT


@pytest.mark.parametrize(
    ("written", "language", "told"),
    [(None, "en", "names no procedure"), ('codes: ["9.999999"]', "vi", "không có mã của thủ tục nào")],
)
def test_codes_nobody_knows_are_told_of_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str | None, language: str, told: str
) -> None:
    data = tmp_path / "nlu_data"
    data.mkdir()
    for path in (PROJECT_ROOT / "nlu_data").iterdir():
        if path.name != MOST_ASKED:
            (data / path.name).symlink_to(path)
    if written is not None:
        (data / MOST_ASKED).write_text(written, encoding="utf-8")
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("MOTCUA_NLU_DATA", str(data))
    monkeypatch.setenv("MOTCUA_CLI_LANGUAGE", language)
    ended = CliRunner().invoke(app, ["reach"])
    assert ended.exit_code == 1
    # Lines are broken where the terminal ends.
    said = " ".join(ended.stderr.split())
    assert told in said
    assert MOST_ASKED in said.replace(" ", "")
