"""The version of this program. ``pyproject.toml`` is the one place it is written in; see CHANGELOG.md."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import metadata

from runtime.settings import PROJECT_ROOT

DISTRIBUTION = "motcua"


@cache
def version() -> str:
    """What ``motcua --version``, ``/metrics``, the API's description, kiosks and their bundles show: ``0.1.0``."""
    project = PROJECT_ROOT / "pyproject.toml"
    # A working copy is not installed as a distribution; beside it an older one may be.
    if project.exists():
        found: str = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"]
        return found
    return metadata.version(DISTRIBUTION)
