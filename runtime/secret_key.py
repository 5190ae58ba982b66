"""The installation's secret: where it may come from, and whether it protects anything.

A key beside what it protects opens a stolen disk. In production it comes from outside the data folder: the setting, a
file it names, or a systemd credential; development makes one by itself, so that a first try needs nothing.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from runtime.messages import Message

CREDENTIAL = "motcua_secret_key"
"""Name of the systemd credential: ``LoadCredentialEncrypted=motcua_secret_key:…`` in the unit."""

LEAST_LENGTH = 32
LEAST_DIFFERENT = 12
"""Different characters: 32 random hexadecimal digits have 14 on average, and fewer than 10 almost never."""

CURE = Message(
    "make one with `python3 -c 'import secrets; print(secrets.token_urlsafe(32))'`, keep it outside the data folder, "
    "and name its file in MOTCUA_SECRET_KEY_FILE"
)

_PLACEHOLDER = re.compile(r"change.?me|example|secret|password|mat.?khau|motcua|123456|qwerty|xxxx", re.IGNORECASE)


def credential() -> str | None:
    """The secret systemd hands to this service, if it does."""
    folder = os.environ.get("CREDENTIALS_DIRECTORY")
    if not folder:
        return None
    try:
        return (Path(folder) / CREDENTIAL).read_text(encoding="utf-8").strip() or None
    except OSError:
        return None


def weakness(secret: str) -> Message | None:
    """What speaks against a secret, as the end of a sentence; None for a good one."""
    if len(secret) < LEAST_LENGTH:
        return Message(
            "has {count} characters; at least {least} random ones are needed", count=len(secret), least=LEAST_LENGTH
        )
    if _PLACEHOLDER.search(secret):
        return Message("holds a word people guess")
    if len(set(secret)) < LEAST_DIFFERENT:
        return Message("repeats the same few characters")
    return None


def lies_in(folder: Path, file: str | None) -> bool:
    """Whether the file a secret comes from lies inside a folder."""
    return file is not None and Path(file).resolve().is_relative_to(folder.resolve())
