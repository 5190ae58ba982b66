"""Errors of the gateway as JSON: what is wrong and what to do about it. Nobody gets a stack trace."""

from __future__ import annotations

from flask import Flask, Response, jsonify
from werkzeug.exceptions import HTTPException, InternalServerError

from channels.body_sizes import MAX_BODY
from runtime import logs

_CURES = {
    400: ("bad_request", "the request cannot be read: check its syntax"),
    404: ("not_found", "there is nothing at this address"),
    405: ("method_not_allowed", "this address takes another method: see the Allow header"),
    408: ("timeout", "the request did not arrive in time: send it again"),
    413: ("too_large", f"the body is above {MAX_BODY // 1024} kB: send less"),
    414: ("too_long", "the address is too long"),
    415: ("unsupported_media_type", "send the body as application/json"),
    431: ("too_large", "the header fields are too large"),
}

_log = logs.get(__name__)


class Problem(Exception):
    """An answer other than 2xx.

    Args:
        status: HTTP status.
        code: for programs; stable.
        message: for the developer on the other side; names the cure and repeats nothing a citizen said.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message


def problem_response(problem: Problem) -> Response:
    """``{"error": {"code", "message"}}`` with the problem's status."""
    response = jsonify(error={"code": problem.code, "message": problem.message})
    response.status_code = problem.status
    return response


def register(app: Flask) -> None:
    """Turn everything that is raised while answering into a problem."""

    @app.errorhandler(Problem)
    def _problem(problem: Problem) -> Response:
        return problem_response(problem)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        status = error.code or InternalServerError.code
        if isinstance(error, InternalServerError):
            return problem_response(_our_fault())
        code, message = _CURES.get(status, ("refused", error.name))
        response = problem_response(Problem(status, code, message))
        for name, value in error.get_headers():
            if name in {"Allow", "Location", "Retry-After"}:
                response.headers[name] = value
        return response

    @app.errorhandler(Exception)
    def _unexpected(error: Exception) -> Response:
        _log.error("request failed", exc_info=error)
        return problem_response(_our_fault())


def _our_fault() -> Problem:
    number = logs.current("request")
    return Problem(500, "internal", f"something failed on our side: report request {number}")
