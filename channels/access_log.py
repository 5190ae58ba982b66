"""One log line a request, with an id that also stands in the answer; never the query, which may hold
anything.
"""

from __future__ import annotations

import time
import uuid

from flask import Flask, Response, g, request

from runtime import logs

_QUIET = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines: logged at DEBUG."""

_log = logs.get(__name__)


def register(app: Flask) -> None:
    """Number and log every request."""

    @app.before_request
    def _begin() -> None:
        number = uuid.uuid4().hex[:16]
        g.request_number = number
        g.request_started = time.perf_counter()
        logs.begin(request=number)

    @app.after_request
    def _end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.request_number
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Cache-Control", "no-store")
        say = _log.debug if request.path in _QUIET else _log.info
        say(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            milliseconds=round((time.perf_counter() - g.request_started) * 1000, 1),
        )
        return response
