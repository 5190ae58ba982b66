"""A fresh catalogue for every test, and the published data where it is at hand."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from installations import open_catalogue

from catalogue.store import CatalogueStore

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def handwritten(tmp_path: Path) -> Path:
    """An empty folder of hand-written procedures."""
    folder = tmp_path / "procedures"
    folder.mkdir()
    return folder


@pytest.fixture
def store(tmp_path: Path, handwritten: Path) -> Iterator[CatalogueStore]:
    """An empty catalogue that notices changed files at once."""
    catalogue = open_catalogue(f"sqlite:///{tmp_path / 'catalogue.db'}", handwritten, rescan_seconds=0)
    yield catalogue
    catalogue.close()


@pytest.fixture(scope="session")
def published() -> Path:
    """The folder of published records."""
    folder = Path(os.environ.get("MOTCUA_SHARED", REPOSITORY.parent / "shared")) / "domain" / "procedures"
    if not (folder / "procedures_2026-07.jsonl.gz").is_file():
        pytest.skip(f"published records not found in {folder}; set MOTCUA_SHARED")
    return folder
