"""How much anybody may send in one request."""

from __future__ import annotations

from flask import Flask, request
from werkzeug.exceptions import RequestEntityTooLarge

MAX_BODY = 256 * 1024
"""Bytes; the longest text a turn takes, with its JSON around it, needs less."""


def register(app: Flask) -> None:
    """Refuse larger bodies with status 413, whether or not their length was announced."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY

    @app.before_request
    def _refuse_large_stream() -> None:
        # A body of announced length is refused by Flask; of one sent in chunks it would just drop the rest.
        if request.content_length is None and len(request.get_data()) >= MAX_BODY:
            raise RequestEntityTooLarge
