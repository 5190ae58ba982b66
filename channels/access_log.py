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

_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""What every answer carries that does not say something else itself; pages name what they load."""

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
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        say = _log.debug if request.path in _QUIET else _log.info
        say(
            "request",
            method=request.method,
            path=request.path,
            status=response.status_code,
            milliseconds=round((time.perf_counter() - g.request_started) * 1000, 1),
        )
        return response
