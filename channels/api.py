"""``POST /api/v1/converse``: one turn of a conversation for an integrator's own channel."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, jsonify, request
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from channels.callers import Callers
from channels.cleaning import clean_fields
from channels.conversing import ConverseAnswer, Conversing, trouble
from channels.core_client import CoreError
from channels.errors import Problem, problem_response
from channels.openapi import BEARER, described
from channels.rendering import Rendered
from contract.turn import Channel, Digits, Event, Turn, Understanding, exactly_one_given
from contract.wishes import WISHES, Refusal, Wish
from runtime.settings import Settings
from stores.limiter import Limiter
from stores.sealing import Seal


class ConverseRequest(BaseModel):
    """What a citizen did: exactly one of ``text``, ``digits``, ``event`` and ``wish``; null means absent."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"channel": "sms", "conversation": "citizen-7", "text": "làm giấy khai sinh cần gì"},
                {
                    "channel": "kiosk",
                    "conversation": "citizen-7",
                    "wish": {"do": "ask", "procedure": "1.001193", "aspect": "fee"},
                },
            ],
            "oneOf": [
                {"required": [way], "properties": {way: {"not": {"type": "null"}}}}
                for way in ("text", "digits", "event", "wish")
            ],
        },
    )

    channel: Channel = Field(description="Where the citizen is; it gives the answer its shape.")
    conversation: str = Field(min_length=1, description="Any id of the integrator's own; kept only as a keyed hash.")
    text: str | None = Field(None, description="The citizen's own words.")
    digits: Digits | None = Field(None, description="Keys pressed on a telephone.")
    event: Event | None = Field(None, description="What happened without words.")
    wish: Wish | None = Field(None, description="What a button or a menu entry asks for; it is done, not understood.")

    @model_validator(mode="after")
    def _exactly_one(self) -> ConverseRequest:
        exactly_one_given(self)
        return self

    def turn(self, seal: Seal) -> Turn:
        """The turn meant; whoever sends a phone number as conversation leaves no trace of it."""
        return Turn(
            channel=self.channel,
            conversation="api:" + seal.hash("api", self.conversation),
            text=self.text,
            digits=self.digits,
            event=self.event,
            wish=self.wish,
        )


class OfferedChoice(BaseModel):
    """What the citizen can pick."""

    key: str = Field(description="Sent back as digits, or as a wish to choose.")
    label: str


class RenderedReply(BaseModel):
    """One reply in the channel's shape."""

    text: str = Field(description="What the channel shows.")
    speech: str = Field(description="What it says.")
    choices: tuple[OfferedChoice, ...]


class ConverseResponse(BaseModel):
    """The answer to one turn."""

    replies: tuple[RenderedReply, ...]
    understanding: Understanding


def blueprint(conversing: Conversing, callers: Callers, seal: Seal, settings: Settings, limiter: Limiter) -> Blueprint:
    """The API's addresses."""
    api = Blueprint("api", __name__, url_prefix="/api/v1")

    @api.post("/converse")
    @described("One turn of a conversation.", ConverseRequest, answer=ConverseResponse, security=BEARER)
    def converse() -> Response:
        if not callers.may_use_api(request):
            if not limiter.allows("api_refused_address", callers.address_of(request)):
                raise Problem(429, "too_many", "too many requests with a wrong key: wait ten minutes")
            raise _no_key(callers)
        turn = _read(request.get_data(), seal)
        try:
            answer = conversing.turn(turn)
        except CoreError:
            down = Problem(503, "core_unavailable", "no answer from the core at the moment: try again, or see /readyz")
            response = problem_response(down)
            response.set_data(
                json.dumps({**response.get_json(), **as_json(trouble(turn.channel, settings))}, ensure_ascii=False)
            )
            response.headers["Retry-After"] = "5"
            return response
        if answer.refused is not None:
            raise Problem(422, answer.refused.value, _REFUSED[answer.refused])
        return jsonify(as_json(answer))

    return api


_REFUSED = {
    Refusal.UNKNOWN_PROCEDURE: "wish.procedure: the catalogue has no procedure with this code",
    Refusal.NO_SUCH_CHOICE: "wish.key: no choice with this key is offered at the moment in this conversation",
    Refusal.NO_DOSSIER_CODE: "wish.code: send a dossier code as on the appointment slip, or only its 13 to 24 digits",
    Refusal.UNKNOWN_LANGUAGE: "wish.to: there are no answers in this language",
}


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
        return ConverseRequest.model_validate(clean_fields(fields)).turn(seal)
    except ValidationError as error:
        raise Problem(400, "bad_fields", _what_is_wrong(error)) from None


def _what_is_wrong(error: ValidationError) -> str:
    problems = []
    for found in error.errors(include_url=False, include_input=False, include_context=False)[:5]:
        field = ".".join(map(str, found["loc"]))[:40]
        message = found["msg"].removeprefix("Value error, ")
        if found["type"] == "extra_forbidden":
            message = f"unknown field; known: {', '.join(_known_fields(found['loc']))}"
        elif found["type"] in {"union_tag_invalid", "union_tag_not_found"}:
            message = f"do must be one of {', '.join(_BY_NAME)}"
        problems.append(f"{field}: {message}" if field else message)
    return "; ".join(problems)


_BY_NAME = {str(kind.model_fields["do"].default): kind for kind in WISHES}


def _known_fields(place: tuple[int | str, ...]) -> tuple[str, ...]:
    """The fields there are where an unknown one was found."""
    kind = _BY_NAME.get(str(place[1])) if len(place) > 1 and place[0] == "wish" else None
    return tuple((kind or ConverseRequest).model_fields)


def as_json(answer: ConverseAnswer) -> dict[str, Any]:
    """The documented answer."""
    response = ConverseResponse(replies=tuple(map(_reply, answer.replies)), understanding=answer.understanding)
    return response.model_dump(mode="json")


def _reply(reply: Rendered) -> RenderedReply:
    choices = tuple(OfferedChoice(key=choice.key, label=choice.label) for choice in reply.choices)
    return RenderedReply(text=reply.text, speech=reply.speech, choices=choices)
