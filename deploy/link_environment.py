"""Puts the ``motcua`` command and the project's packages into the environment this runs in.

Run by ``make`` with the environment's own Python. An editable install would do the same, but its build back end needs
a newer ``packaging`` than Rasa 3.6 accepts.
"""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Write one path file and one script."""
    site_packages = Path(sysconfig.get_path("purelib"))
    (site_packages / "motcua.pth").write_text(f"{PROJECT}\n", encoding="utf-8")
    command = Path(sysconfig.get_path("scripts")) / "motcua"
    command.write_text(f"#!{sys.executable}\nfrom cli.main import main\n\nmain()\n", encoding="utf-8")
    command.chmod(0o755)


if __name__ == "__main__":
    main()
