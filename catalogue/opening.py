"""The one catalogue of a process."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from catalogue.store import CatalogueStore
from runtime.settings import NLU_DATA, Settings


@lru_cache(maxsize=4)
def _open(database_url: str, kept: Path, home: str | None) -> CatalogueStore:
    return CatalogueStore.open(database_url, NLU_DATA / "procedures", rules=NLU_DATA, last_good=kept, home=home)


def open_catalogue(settings: Settings) -> CatalogueStore:
    """The hand-written records of the repository over what was imported into this installation."""
    settings.data_path.mkdir(parents=True, exist_ok=True)
    url = settings.catalogue_url or settings.effective_database_url
    return _open(url, settings.data_path / "catalogue" / "last_good", settings.province or None)
