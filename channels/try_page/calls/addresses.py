"""The simulator's addresses for calls; ids stand in bodies, never in addresses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TypeVar

from flask import Blueprint, Response, jsonify, request
from redis import RedisError

from channels.errors import Problem
from channels.try_page import fields
from channels.try_page.calls.provider import CallProvider, Over, Ring, Step, Stream
from channels.try_page.webhooks import WebhookFailed

_Result = TypeVar("_Result")


def add(pages: Blueprint, provider: CallProvider) -> None:
    """Add them to the simulator's blueprint."""

    @pages.post("/calls")
    def begin() -> Response:
        caller = fields.own_number(fields.members(request.get_json()))
        call, step = _tried(lambda: provider.begin(caller))
        return _next(call, step)

    @pages.post("/calls/stream-ended")
    def stream_ended() -> Response:
        given = fields.members(request.get_json())
        call, caller = fields.call_id(given), fields.own_number(given)
        return _next(call, _tried(lambda: provider.stream_ended(call, caller)))

    @pages.post("/calls/nobody-answered")
    def nobody_answered() -> Response:
        given = fields.members(request.get_json())
        call, caller, sequence = fields.call_id(given), fields.own_number(given), fields.sequence(given)
        return _next(call, _tried(lambda: provider.nobody_answered(call, caller, sequence)))

    @pages.post("/calls/end")
    def end() -> Response:
        given = fields.members(request.get_json())
        call, caller = fields.call_id(given), fields.own_number(given)
        _tried(lambda: provider.end(call, caller))
        return Response(status=204)

    @pages.post("/calls/said")
    def said() -> Response:
        call = fields.call_id(fields.members(request.get_json()))
        return jsonify(asdict(_tried(lambda: provider.said(call))))


def _tried(act: Callable[[], _Result]) -> _Result:
    try:
        return act()
    except WebhookFailed as error:
        raise Problem(502, "webhook_failed", str(error)) from None
    except RedisError as error:
        raise Problem(503, "redis_away", f"calls cannot be kept: {type(error).__name__}") from None


def _next(call: str, step: Step) -> Response:
    match step:
        case Stream():
            return jsonify(call=call, then="stream", stream=asdict(step))
        case Ring():
            return jsonify(call=call, then="ring", ring=asdict(step))
        case Over():
            return jsonify(call=call, then="over")
