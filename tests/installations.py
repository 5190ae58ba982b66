"""Parts of an installation as tests want them: put together by the composition root, or a single store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Flask

from catalogue.store import CatalogueStore
from catalogue.watched import RESCAN_SECONDS
from installation.gateway import gateway
from installation.root import Installation
from runtime.settings import Settings
from stores.database import Database


def create_app(settings: Settings, **more: Any) -> Flask:
    """The gateway with the channels' own addresses."""
    return gateway(Installation(settings, hurried=True), **more)


def open_catalogue(
    url: str, handwritten: Path | None = None, rescan_seconds: float = RESCAN_SECONDS, **more: Any
) -> CatalogueStore:
    """A catalogue of its own in the database at an address, whose tables are made."""
    database = Database(url)
    database.migrate()
    return CatalogueStore(database, handwritten, rescan_seconds, **more)
