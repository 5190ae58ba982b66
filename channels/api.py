"""``POST /api/v1/converse``: one turn of a conversation for an integrator's own channel."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from channels.callers import Callers
from channels.cleaning import clean, clean_text
from channels.conversing import ConverseAnswer, Conversing, trouble
from channels.core_client import CoreError
from channels.errors import Problem, problem_response
from channels.rendering import Rendered
from contract.turn import Channel, Digits, Event, Turn
from runtime.settings import Settings
from stores.sealing import Seal


class ConverseRequest(BaseModel):
    """What an integrator sends: exactly one of ``text``, ``digits`` and ``event``; null means absent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    channel: Channel
    conversation: str = Field(min_length=1)
    """Any id of the integrator's own; kept only as a keyed hash."""
    text: str | None = None
    digits: Digits | None = None
    event: Event | None = None

    def turn(self, seal: Seal) -> Turn:
        """The turn meant; whoever sends a phone number as conversation leaves no trace of it."""
        return Turn(
            channel=self.channel,
            conversation="api:" + seal.hash("api", self.conversation),
            text=self.text,
            digits=self.digits,
            event=self.event,
        )


def blueprint(conversing: Conversing, callers: Callers, seal: Seal, settings: Settings) -> Blueprint:
    """The API's addresses."""
    api = Blueprint("api", __name__, url_prefix="/api/v1")

    @api.post("/converse")
    def converse() -> Response:
        if not callers.may_use_api(request):
            raise _no_key(callers)
        turn = _read(request.get_data(), seal)
        try:
            return jsonify(as_json(conversing.turn(turn)))
        except CoreError:
            down = Problem(503, "core_unavailable", "no answer from the core at the moment: try again, or see /readyz")
            response = problem_response(down)
            response.set_data(
                json.dumps({**response.get_json(), **as_json(trouble(turn.channel, settings))}, ensure_ascii=False)
            )
            response.headers["Retry-After"] = "5"
            return response

    return api


def _no_key(callers: Callers) -> Problem:
    if callers.api_key is None:
        return Problem(401, "unauthorized", "this server has no API key yet: its operator sets MOTCUA_API_KEY")
    return Problem(401, "unauthorized", "send the API key in the header Authorization: Bearer KEY")


def _read(body: bytes, seal: Seal) -> Turn:
    if not request.is_json:
        raise Problem(415, "unsupported_media_type", "send the body as application/json")
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise Problem(400, "bad_json", "the body is not JSON in UTF-8") from None
    if not isinstance(fields, dict):
        raise Problem(400, "bad_json", "the body must be a JSON object with channel, conversation and text") from None
    try:
        return ConverseRequest.model_validate(_cleaned(fields)).turn(seal)
    except ValidationError as error:
        raise Problem(400, "bad_fields", _what_is_wrong(error)) from None


def _cleaned(fields: dict[Any, Any]) -> dict[str, Any]:
    """Text made fit for a turn before it is checked: broken signs in it are no reason to refuse a citizen."""
    cleaned = {clean(str(name)): clean(value) if isinstance(value, str) else value for name, value in fields.items()}
    if isinstance(fields.get("text"), str):
        cleaned["text"] = clean_text(fields["text"])
    return cleaned


def _what_is_wrong(error: ValidationError) -> str:
    problems = []
    for found in error.errors(include_url=False, include_input=False, include_context=False)[:5]:
        field = ".".join(map(str, found["loc"]))[:40]
        message = found["msg"].removeprefix("Value error, ")
        if found["type"] == "extra_forbidden":
            message = "unknown field; known: channel, conversation, text, digits, event"
        problems.append(f"{field}: {message}" if field else message)
    return "; ".join(problems)


def as_json(answer: ConverseAnswer) -> dict[str, Any]:
    """The documented answer: ``{replies: [{text, speech, choices}], understanding}``."""
    return {
        "replies": [_reply(reply) for reply in answer.replies],
        "understanding": answer.understanding.model_dump(mode="json"),
    }


def _reply(reply: Rendered) -> dict[str, Any]:
    return {
        "text": reply.text,
        "speech": reply.speech,
        "choices": [{"key": choice.key, "label": choice.label} for choice in reply.choices],
    }
