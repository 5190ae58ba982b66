"""A report as GeoReport v2 tells it: in answers to questions, and in webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from centre.open311.asking import in_language
from centre.open311.formats import Value
from centre.open311.services import services
from contract.wording import wording_of
from language import data
from language.languages import default_language
from runtime.clock import VIETNAM
from tickets.reports import Report
from tickets.ticket import TicketState


def as_request(report: Report, base: str, agency: str) -> Mapping[str, Value]:
    """A service request, its fields in the order of the specification.

    Args:
        report: as everybody may read it.
        base: address of this server, without a slash at its end.
        agency: who is responsible where the report was passed to nobody; empty: not told.
    """
    service = services().every.get(report.service)
    media = [url if url.startswith("http") else f"{base}/open311/media/{url}" for url in report.media]
    return {
        "service_request_id": report.number,
        "status": "open" if report.is_open else "closed",
        "status_notes": _notes(report),
        "service_name": in_language(service.name, default_language()) if service else report.service,
        "service_code": report.service,
        "description": report.description,
        "agency_responsible": report.agency or agency or None,
        "service_notice": None,
        "requested_datetime": _stamp(report.requested_at),
        "updated_datetime": _stamp(report.updated_at),
        "expected_datetime": _stamp(report.due_at) if report.due_at is not None else None,
        "address": report.address or None,
        "address_id": None,
        "zipcode": None,
        "lat": report.latitude,
        "long": report.longitude,
        "media_url": media[0] if media else None,
    }


def say(key: str, **values: object) -> str:
    """A sentence of the room ``open311``, in the installation's language."""
    return wording_of(data.folder()).room("open311").text(default_language(), key, **values)


def _notes(report: Report) -> str:
    if report.state is TicketState.DONE and report.outcome is not None:
        return say(f"notes_{report.outcome.value}")
    return say(f"notes_{report.state.value}")


def _stamp(moment: datetime) -> str:
    return moment.astimezone(VIETNAM).isoformat(timespec="seconds")
