"""The one font of screen and paper: Be Vietnam Pro, drawn for Vietnamese, from the package that carries it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from importlib import resources
from pathlib import Path
from typing import Final

from runtime import logs

WEIGHTS: Final = {"regular": "BeVietnamPro-Regular.ttf", "bold": "BeVietnamPro-Bold.ttf"}
_PACKAGE: Final = "fontpkg_be_vietnam_pro"
_LETTERS: Final = "U+0020-007E,U+00A0-00FF,U+0102-0103,U+0110-0111,U+0128-0129,U+0168-0169,U+01A0-01A1,U+01AF-01B0,"
_VIETNAMESE: Final = "U+0300-0303,U+0309,U+0323,U+1EA0-1EF9,U+2013-2014,U+2018-201D,U+2022,U+2026,U+2190-2193,U+20AB"
_log = logs.get(__name__)


def font_file(weight: str) -> Path:
    """The whole font of a weight. Raises KeyError for an unknown weight."""
    return Path(str(resources.files(_PACKAGE).joinpath("files", WEIGHTS[weight])))


def web_font(weight: str, folder: Path) -> Path:
    """The smallest font there is at the moment: the one made by :func:`make_web_fonts`, else the whole one.

    Raises:
        KeyError: there is no such weight.
    """
    whole = font_file(weight)
    made = _made(whole, folder)
    return made if made.exists() else whole


def make_web_fonts(folder: Path) -> threading.Thread:
    """Begin to make fonts with the letters of Vietnamese and English alone, compressed; once a folder.

    Nobody waits for it: until a font is made the page gets the whole one, which is seven times as large.
    """
    making = threading.Thread(target=_make_all, args=(folder,), daemon=True)
    making.start()
    return making


_one_at_a_time = threading.Lock()


def _make_all(folder: Path) -> None:
    for weight in WEIGHTS:
        whole = font_file(weight)
        made = _made(whole, folder)
        # The pages of the kiosk and of the centre both begin with it, in one process.
        with _one_at_a_time:
            _make(whole, made)


def _make(whole: Path, made: Path) -> None:
    if not made.exists():
        made.parent.mkdir(parents=True, exist_ok=True)
        part = made.with_suffix(f".{os.getpid()}")
        # In a process of its own: the library would keep 30 MB in ours for ever.
        command = [
            *(sys.executable, "-m", "fontTools.subset", str(whole), f"--unicodes={_LETTERS}{_VIETNAMESE}"),
            *("--flavor=woff", "--layout-features=kern,mark,ccmp,locl", f"--output-file={part}"),
            # The font's own hints are nearly half of it, and the browser makes its own.
            "--no-hinting",
        ]
        done = subprocess.run(command, check=False, capture_output=True)
        if done.returncode:
            _log.warning("a font was not made smaller", status=done.returncode)
            return
        part.replace(made)


def _made(whole: Path, folder: Path) -> Path:
    return folder / f"{whole.stem}.woff"
