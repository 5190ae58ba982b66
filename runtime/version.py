"""The version of this program. ``pyproject.toml`` is the one place it is written in; see CHANGELOG.md."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from importlib import metadata

from runtime.settings import PROJECT_ROOT

DISTRIBUTION = "motcua"
_NO_PROGRAM = frozenset({"benchmarks", "tests"})


@cache
def version() -> str:
    """What ``motcua --version``, ``/metrics``, the API's description, kiosks and their bundles show: ``0.1.0``."""
    project = PROJECT_ROOT / "pyproject.toml"
    # A working copy is not installed as a distribution; beside it an older one may be.
    if project.exists():
        found: str = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"]
        return found
    return metadata.version(DISTRIBUTION)


@cache
def build() -> str:
    """Which program this is, as 16 hexadecimal digits: another after every update, whatever number it bears."""
    digest = hashlib.sha256()
    for room in sorted(path.parent for path in PROJECT_ROOT.glob("[a-z]*/__init__.py")):
        if room.name not in _NO_PROGRAM:
            for path in sorted(room.rglob("*.py")):
                digest.update(path.relative_to(PROJECT_ROOT).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
