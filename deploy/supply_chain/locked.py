"""The packages that ``requirements.lock`` names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCK = ROOT / "requirements.lock"
_PINNED = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)((?:\\\n|.)*)", re.MULTILINE)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True)
class Locked:
    """One package as it is installed."""

    name: str
    """Normalised as PEP 503 has it."""
    version: str
    hashes: tuple[str, ...]
    """SHA-256 of the distributions any one of which may be installed: one for each platform."""


def normalised(name: str) -> str:
    """A package's name as indexes and advisories write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(text: str) -> tuple[Locked, ...]:
    """What a lock file pins, in its order.

    Raises:
        ValueError: when it pins nothing, or a package without a hash, which installs whatever an index answers with.
    """
    found = tuple(
        Locked(normalised(name), version, tuple(_HASH.findall(rest))) for name, version, rest in _PINNED.findall(text)
    )
    if not found:
        raise ValueError("the lock file names no package")
    bare = [package.name for package in found if not package.hashes]
    if bare:
        raise ValueError(f"the lock file has no hash for {', '.join(bare[:3])}{' and others' if len(bare) > 3 else ''}")
    return found
