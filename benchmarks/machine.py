"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("rasa", "rasa-sdk", "sanic", "numpy", "scipy", "scikit-learn", "flask", "gunicorn", "redis")


def facts() -> dict[str, str]:
    """Cores, memory, load before the run, Python and the packages that matter."""
    known = {
        "processor": _first(Path("/proc/cpuinfo"), "model name") or platform.machine(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": _first(Path("/proc/meminfo"), "MemTotal"),
        "load before": f"{os.getloadavg()[0]:.1f}",
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
    }
    return known | {name: version(name) for name in PACKAGES}


def _first(path: Path, key: str) -> str:
    for line in path.read_text(encoding="utf-8").splitlines():
        name, _, value = line.partition(":")
        if name.strip() == key:
            return value.strip()
    return ""
