"""Refuses more than anybody may send in one request."""

from __future__ import annotations

from flask import Flask, request
from werkzeug.exceptions import RequestEntityTooLarge

from channels.body_sizes import MAX_BODY, most_of


def register(app: Flask) -> None:
    """Refuse larger bodies with status 413, whether or not their length was announced."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_BODY

    @app.before_request
    def _refuse_large() -> None:
        most = request.max_content_length = most_of(request.path, announced=request.content_length is not None)
        if (request.content_length or 0) > most:
            raise RequestEntityTooLarge
        # Of a body sent in chunks Flask would just drop the rest.
        if request.content_length is None and len(request.get_data()) >= most:
            raise RequestEntityTooLarge
