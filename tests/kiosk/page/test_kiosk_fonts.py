"""The fonts of the pages are made once, though the pages of the kiosk and of the centre both begin with it."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path
from threading import Barrier, BrokenBarrierError

import pytest

from kiosk.printing import fonts


def test_two_pages_that_begin_at_once_make_each_font_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []
    second = Barrier(2)

    def subset(command: list[str], **_: object) -> subprocess.CompletedProcess[bytes]:
        if not made:
            with suppress(BrokenBarrierError):
                # Long enough for another one to come in, if it may.
                second.wait(timeout=0.5)
        output = Path(next(part for part in command if part.startswith("--output-file=")).partition("=")[2])
        output.write_bytes(b"a font")
        made.append(output)
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", subset)
    for making in [fonts.make_web_fonts(tmp_path) for _ in range(4)]:
        making.join()
    assert len(made) == len(fonts.WEIGHTS)
    assert {path.suffix for path in tmp_path.iterdir()} == {".woff"}
