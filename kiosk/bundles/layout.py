"""Where things lie in a bundle, as it travels and as it is used."""

from __future__ import annotations

import gzip
import tarfile
from pathlib import Path
from typing import Any, Final

import yaml

from kiosk.protocol.manifest import BadBundle
from runtime.messages import Message
from runtime.settings import PREFIX, Settings

CATALOGUE_LINES: Final = "catalogue.jsonl"
CATALOGUE: Final = "catalogue.db"
MODEL_TREE: Final = "model"
MODEL: Final = "model.tar.gz"
TEXTS: Final = "nlu_data"
PROMPTS: Final = "prompts"
SETTINGS: Final = "settings.yml"

MAY_BE_SET: Final = frozenset(
    {
        "session_minutes",
        "conversation_days",
        "stale_after_days",
        "second_factor_tries",
        "lock_minutes",
        "voice_accent",
        "voice_speed",
        "kiosk_sync_minutes",
        "kiosk_beat_seconds",
        "log_level",
    }
)
"""Settings a centre may give its kiosks. Addresses, keys, devices and paths are the box's own."""


def environment_of(folder: Path) -> dict[str, str]:
    """What processes must see to use a bundle."""
    found = {PREFIX + "NLU_DATA": str(folder / TEXTS)} if (folder / TEXTS).is_dir() else {}
    if (folder / MODEL).exists():
        found[PREFIX + "MODEL"] = str(folder / MODEL)
    if (folder / CATALOGUE).exists():
        found[PREFIX + "CATALOGUE_URL"] = f"sqlite:///{folder / CATALOGUE}"
    if (folder / PROMPTS).is_dir():
        found[PREFIX + "VOICE_PROMPTS"] = str(folder / PROMPTS)
    if (folder / SETTINGS).exists():
        found |= {PREFIX + name.upper(): str(value) for name, value in read_settings(folder / SETTINGS).items()}
    return found


def read_settings(path: Path) -> dict[str, Any]:
    """The settings of a bundle, each known, allowed and valid.

    Raises:
        BadBundle: naming the first that is not.
    """
    content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    if not isinstance(content, dict):
        raise BadBundle(Message("the bundle's settings are no names with values"))
    for name in content:
        if name not in MAY_BE_SET:
            raise BadBundle(Message("the bundle sets {name}, which is not the centre's to set", name=name))
    try:
        Settings(**content)
    except ValueError:
        raise BadBundle(Message("the bundle's settings have a value that is not allowed")) from None
    return content


def pack_model(tree: Path, target: Path) -> None:
    """Make the archive Rasa reads from the files it holds; quickly rather than small, it stays on this disk."""
    with (
        target.open("wb") as file,
        gzip.GzipFile(fileobj=file, mode="wb", compresslevel=1, mtime=0, filename="") as packed,
        tarfile.open(fileobj=packed, mode="w|") as archive,
    ):
        for path in sorted(tree.rglob("*")):
            archive.add(path, arcname=path.relative_to(tree).as_posix(), recursive=False)
