"""``motcua speech say`` and ``motcua speech prompts`` as an operator uses them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
import yaml
from typer.testing import CliRunner

from cli.speech import app
from speech.audio import Recording, level, read_wav, write_wav

pytest.importorskip("pyttsx3", reason="the Python package pyttsx3 is not installed")

SOUND = Recording((np.sin(np.arange(24000) / 5) * 9000).astype("<i2").tobytes(), 16000)


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def run(*arguments: str, text: str | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, arguments, input=text)
    return result.exit_code, result.stdout, result.stderr


@pytest.mark.parametrize(
    ("options", "rate"), [([], 16000), (["--voice", "south", "--rate", "8000"], 8000), (["--language", "en"], 16000)]
)
def test_a_text_becomes_a_file_and_a_line_about_it(tmp_path: Path, options: list[str], rate: int) -> None:
    file = tmp_path / "out.wav"
    code, printed, _ = run("say", "Lệ phí: 50.000 đồng.", "-o", str(file), *options)
    assert code == 0
    report = json.loads(printed)
    recording = read_wav(file)
    assert recording.rate == report["rate"] == rate
    assert report["seconds"] == pytest.approx(recording.seconds, abs=0.01)
    assert level(recording.pcm) > -30


def test_slower_takes_longer_and_text_may_come_from_standard_input(tmp_path: Path) -> None:
    usual, slow = tmp_path / "usual.wav", tmp_path / "slow.wav"
    assert run("say", "-", "-o", str(usual), text="Thời gian giải quyết ba ngày.")[0] == 0
    assert run("say", "-", "-o", str(slow), "--speed", "0.7", text="Thời gian giải quyết ba ngày.")[0] == 0
    assert read_wav(slow).seconds > 1.2 * read_wav(usual).seconds


@pytest.mark.parametrize("text", ["", "...", "\n"])
def test_a_text_without_words_is_an_error_and_writes_nothing(tmp_path: Path, text: str) -> None:
    code, _, told = run("say", text, "-o", str(tmp_path / "out.wav"))
    assert code == 1
    assert "nothing to say" in told
    assert not (tmp_path / "out.wav").exists()


def test_a_file_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    code, _, told = run("say", "Xin chào.", "-o", str(tmp_path / "nowhere" / "out.wav"))
    assert code == 1
    assert "No such file" in told


def test_without_a_player_it_says_how_to_get_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.speaking.shutil.which", lambda name: None)
    code, _, told = run("say", "Xin chào.")
    assert code == 1
    assert "-o FILE.wav" in told


def test_a_province_gets_a_script_records_it_and_is_heard(tmp_path: Path, data_dir: Path) -> None:
    assert run("prompts", "--accent", "south", "--write")[0] == 0
    folder = data_dir / "speech" / "prompts" / "vi" / "south"
    with (folder / "script.csv").open(encoding="utf-8-sig", newline="") as table:
        rows = list(csv.DictReader(table))
    chosen = next(row for row in rows if row["text"] == "Cần việc nào dưới đây?")
    write_wav(folder / chosen["file"], SOUND)
    code, printed, _ = run("prompts", "--accent", "south")
    assert code == 0
    assert f"1 of {len(rows)} sentences are recorded" in printed
    assert chosen["text"] not in printed
    file = tmp_path / "out.wav"
    assert run("say", "Cần việc nào dưới đây?", "--voice", "south", "-o", str(file))[0] == 0
    assert read_wav(file).seconds == pytest.approx(SOUND.seconds + 0.35, abs=0.1)


def test_writing_the_script_again_keeps_what_people_noted(data_dir: Path) -> None:
    run("prompts", "--write")
    index = data_dir / "speech" / "prompts" / "vi" / "any" / "index.yml"
    content = yaml.safe_load(index.read_text(encoding="utf-8"))
    content["source"] = "đài truyền thanh xã"
    content["recordings"]["own.wav"] = "Xin chào bà con."
    index.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    run("prompts", "--write")
    assert yaml.safe_load(index.read_text(encoding="utf-8")) == content


def test_an_english_script_holds_english_sentences_only() -> None:
    _, printed, _ = run("prompts", "--language", "en")
    assert "missing  Which procedure is it about?" in printed
    assert "đăng ký" not in printed


def test_a_bad_recording_is_named_and_ends_with_an_error(data_dir: Path) -> None:
    folder = data_dir / "speech" / "prompts" / "vi" / "any"
    folder.mkdir(parents=True)
    (folder / "index.yml").write_text("recordings: {a.wav: Xin chào.}", encoding="utf-8")
    (folder / "a.wav").write_bytes(b"no sound")
    code, _, told = run("prompts")
    assert code == 1
    assert "a.wav" in told


def test_an_accent_there_is_not_is_refused() -> None:
    code, _, told = run("prompts", "--accent", "west")
    assert code == 1
    assert "north, central, south or any" in told
