"""What a page names in this repository is there: files, folders, other pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "SECURITY.md")] + sorted(
    (ROOT / "docs").rglob("*.md")
)
FOLDERS = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")} - {"var", "models"}

MADE_LATER = {
    "nlu_data/learned/": "written by `motcua learn`",
}

_NAMED = re.compile(r"`([a-z_]+/[\w./-]*)`")
_LINKED = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
_PLACEHOLDER = re.compile(r"\b(?:NAME|CODE|TAG|NN)\b|NAME_")


def _named(page: Path) -> set[str]:
    found = set(_NAMED.findall(page.read_text(encoding="utf-8")))
    return {
        name for name in found if name.split("/")[0] in FOLDERS and not _PLACEHOLDER.search(name)
    } - MADE_LATER.keys()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_files_and_folders_a_page_names_are_there(page: Path) -> None:
    gone = {name for name in _named(page) if not (ROOT / name).exists()}
    assert gone == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_inside_the_repository_lead_somewhere(page: Path) -> None:
    linked = set(_LINKED.findall(page.read_text(encoding="utf-8")))
    assert {link for link in linked if not (page.parent / link).exists()} == set()
