"""Packages from outside the repository, written as docs/extending.md shows them."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from running_system import ROOT, without_settings

PAGE = ROOT / "docs" / "extending.md"
_BLOCK = re.compile(r"^```(?:toml|python)\n# (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Outside:
    """A folder as an installer would leave it: modules, and a ``.dist-info`` that registers them."""

    folder: Path

    def add(self, name: str, groups: Mapping[str, Mapping[str, str]], files: Mapping[str, str]) -> None:
        """Put a distribution there."""
        about = self.folder / f"{name.replace('-', '_')}-1.0.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        lines = []
        for group, points in groups.items():
            lines += [f"[{group}]", *(f"{point} = {target}" for point, target in points.items())]
        (about / "entry_points.txt").write_text("\n".join(lines) + "\n")
        for file, content in files.items():
            (self.folder / file).write_text(content, encoding="utf-8")

    def add_example(self, heading: str) -> None:
        """Put the package of one section of the page there."""
        files = dict(_BLOCK.findall(section(heading)))
        project = tomllib.loads(files.pop("pyproject.toml"))["project"]
        self.add(project["name"], project["entry-points"], files)

    def environment(self, **settings: object) -> dict[str, str]:
        """What a process sees that can import it."""
        path = os.pathsep.join([str(ROOT), str(self.folder)])
        return {**without_settings(), "PYTHONPATH": path, **{name: str(value) for name, value in settings.items()}}


def section(heading: str) -> str:
    """The text below a heading of the page."""
    found = re.search(
        rf"^## {re.escape(heading)}$(.*?)(?=^## |\Z)", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert found is not None, heading
    return found[1]
