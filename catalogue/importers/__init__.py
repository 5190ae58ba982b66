"""The record formats that can be imported, one file each; the keys of a record tell which one it has."""

from __future__ import annotations

from catalogue.importers.answered import ANSWERED
from catalogue.importers.changes import REJECTED, SUPERSEDED
from catalogue.importers.defence import DEFENCE
from catalogue.importers.names import NAMES
from catalogue.importers.portal import PORTAL
from catalogue.importers.reading import Raw, RecordFormat
from catalogue.importers.rural import RURAL

FORMATS: tuple[RecordFormat, ...] = (REJECTED, SUPERSEDED, DEFENCE, RURAL, ANSWERED, PORTAL, NAMES)


def format_of(raw: Raw) -> RecordFormat | None:
    """The format of a record, or None when none fits."""
    return next((form for form in FORMATS if form.recognises(raw)), None)
