"""Whether the gateway lives, whether what it needs is there, and its figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from flask import Blueprint, Response, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST
from pydantic import BaseModel, Field

from channels.callers import Callers
from channels.errors import Problem
from channels.metrics import Metrics
from channels.openapi import BEARER, described

Check = Callable[[], object]
"""Asks a dependency for a sign of life; raises when there is none."""


class Alive(BaseModel):
    """A sign of life."""

    status: Literal["ok"] = "ok"


class DependencyState(BaseModel):
    """How one dependency is."""

    state: Literal["ok", "needs_hand", "down"]
    cause: str | None = Field(None, description="Class of the error, where it is down.")
    details: list[str] | None = Field(None, description="What waits for an officer's hand: file, line, field, mistake.")


class Ready(BaseModel):
    """How everything the gateway needs is."""

    status: Literal["ready", "not_ready"]
    dependencies: dict[str, DependencyState]
    others: dict[str, DependencyState] = Field(description="What it can do without for a while.")


def blueprint(
    checks: Mapping[str, Check], metrics: Metrics, callers: Callers, others: Mapping[str, Check] | None = None
) -> Blueprint:
    """The addresses for supervisors, load balancers and Prometheus.

    Args:
        checks: one for each dependency, by the name it is reported under. metrics: what is exposed; only to
            this machine or with the API key, since it shows what people ask about.
        callers: who may see the figures.
        others: checks of what the gateway can do without, as it stores messages without a worker: shown, but no
            reason to send it no more requests.
    """
    health = Blueprint("health", __name__)

    @health.get("/healthz")
    @described("Whether the gateway lives.", answer=Alive)
    def healthz() -> Response:
        return jsonify(Alive().model_dump())

    @health.get("/readyz")
    @described("Whether what it needs is there; 503 when not, in the same shape.", answer=Ready)
    def readyz() -> Response:
        states = {name: _state(check) for name, check in checks.items()}
        is_ready = all(state.state == "ok" for state in states.values())
        beside = {name: _state(check) for name, check in (others or {}).items()}
        answer = Ready(status="ready" if is_ready else "not_ready", dependencies=states, others=beside)
        response = jsonify(answer.model_dump(exclude_none=True))
        response.status_code = 200 if is_ready else 503
        return response

    @health.get("/metrics")
    @described("Figures for Prometheus.", media="text/plain", security=BEARER)
    def figures() -> Response:
        if not (callers.is_local(request) or callers.has_key(request)):
            raise Problem(401, "unauthorized", "figures are for this machine, or with Authorization: Bearer KEY")
        return Response(metrics.exposition(), content_type=CONTENT_TYPE_LATEST)

    return health


class NeedsHand(RuntimeError):
    """Something works, but waits for an officer's hand; what is wrong may be shown to anybody.

    Args:
        details: one line each: file, line, field and mistake.
    """

    def __init__(self, details: Sequence[str]) -> None:
        super().__init__("; ".join(details))
        self.details = tuple(details)


def _state(check: Check) -> DependencyState:
    try:
        check()
    except NeedsHand as error:
        return DependencyState(state="needs_hand", details=list(error.details))
    except Exception as error:
        # The class says what kind of trouble it is; a message could hold addresses and passwords.
        return DependencyState(state="down", cause=type(error).__name__)
    return DependencyState(state="ok")
