"""What a WebSocket address says over plain HTTP, or while the voice process is away."""

from __future__ import annotations

from flask import Blueprint, Response

from channels.errors import Problem
from channels.websockets.address import PATHS


def blueprint() -> Blueprint:
    """Each address of :data:`PATHS`; a socket that was handed over never comes here."""
    addresses = Blueprint("websockets", __name__)

    def nobody_there() -> Response:
        raise Problem(503, "voice_unavailable", "the voice process is not running: try again, or see motcua up")

    def no_upgrade() -> Response:
        raise Problem(426, "upgrade_required", "this address is a WebSocket: connect with Upgrade: websocket")

    for path in sorted(PATHS):
        name = path.strip("/").replace("/", "_")
        addresses.add_url_rule(path, f"{name}_plain", no_upgrade)
        addresses.add_url_rule(path, f"{name}_socket", nobody_there, websocket=True)
    return addresses
