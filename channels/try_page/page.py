"""The simulator's addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, jsonify, request, send_from_directory

from assistant.settings import Settings
from channels.cleaning import clean_text
from channels.errors import Problem
from channels.rendering.segments import size
from channels.try_page.carrier import Carrier, CarrierError
from channels.try_page.sample_dossier import SampleDossier
from language.gsm7 import GSM7_BASIC, GSM7_EXTENSION

_FILES = Path(__file__).with_name("static")

_FICTIONAL = re.compile(r"\+84900000\d{3}")
"""Numbers the simulator may text from: a range kept for it, so that nobody's real number is used."""

_POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
"""The page asks nobody but this server for anything."""


def blueprint(settings: Settings, dossiers: Callable[[], Sequence[SampleDossier]] | None) -> Blueprint:
    """The page, its files and its way to send messages.

    Args:
        settings: where our own webhook listens, and what it is signed with.
        dossiers: the sandbox's dossiers to show beside the telephone; without it the address does not exist.
    """
    pages = Blueprint("try", __name__, url_prefix="/try")
    carrier = Carrier(settings)

    @pages.get("")
    def page() -> Response:
        response = send_from_directory(_FILES, "index.html")
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    @pages.get("/static/<path:name>")
    def files(name: str) -> Response:
        return send_from_directory(_FILES, name)

    @pages.get("/setup")
    def setup() -> Response:
        return jsonify(alphabet={"basic": GSM7_BASIC, "extension": GSM7_EXTENSION}, dossiers=dossiers is not None)

    @pages.post("/messages")
    def messages() -> Response:
        sender, text = _read(request.get_json())
        try:
            answers = carrier.send(sender, text)
        except CarrierError as error:
            raise Problem(502, "webhook_failed", str(error)) from None
        return jsonify(sent=_counted(text), messages=[_counted(answer) for answer in answers])

    if dossiers is not None:

        @pages.get("/dossiers")
        def samples() -> Response:
            return jsonify([asdict(dossier) for dossier in dossiers()])

    return pages


def _read(fields: object) -> tuple[str, str]:
    if not isinstance(fields, dict):
        raise Problem(400, "bad_json", "the body must be a JSON object with from and text")
    sender, text = fields.get("from"), fields.get("text")
    if not isinstance(sender, str) or not _FICTIONAL.fullmatch(sender):
        raise Problem(400, "bad_fields", "from: must be +84900000 and three digits")
    if not isinstance(text, str):
        raise Problem(400, "bad_fields", "text: must be a string")
    return sender, clean_text(text)


def _counted(text: str) -> dict[str, Any]:
    counted = size(text)
    return {"text": text, "encoding": counted.encoding, "units": counted.units, "segments": counted.segments}
