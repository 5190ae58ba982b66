"""The core's one Rasa channel: the gateway posts a turn, the core answers with replies and understanding."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

from pydantic import ValidationError
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.core.lock_store import LockError
from redis import RedisError
from sanic import Blueprint, Request, response
from sanic.response import HTTPResponse

from assistant.turns import Turns
from contract.tried import as_text
from contract.turn import Turn, TurnResult
from runtime import logs, settings
from runtime.core_key import core_key

_log = logs.get(__name__)


class TurnInput(InputChannel):  # type: ignore[misc]
    """``POST /webhooks/turn/converse`` with a :class:`Turn` as JSON; answers a :class:`TurnResult`.
    ``POST /webhooks/turn/dry-run`` answers the same turn without keeping or changing anything, or 204 where that cannot
    be. ``GET /webhooks/turn/tried/CONVERSATION`` answers what was tried in a conversation (:mod:`contract.tried`).

    Args:
        key: bearer key callers must show.
    """

    def __init__(self, key: str) -> None:
        self._key = key

    @classmethod
    def name(cls) -> str:
        """Part of the address."""
        return "turn"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> TurnInput:
        """Made by Rasa; the key comes from the settings, never from a file in the repository."""
        return cls(core_key(settings.load().secret()))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The routes."""
        routes = Blueprint("motcua_turn", "turn")

        @routes.route("/", methods=["GET"])  # type: ignore[untyped-decorator]
        async def health(request: Request) -> HTTPResponse:
            ready = getattr(request.app.ctx, "turns", None) is not None
            return response.json({"status": "ok" if ready else "starting"}, 200 if ready else 503)

        @routes.route("/tried/<conversation>", methods=["GET"])  # type: ignore[untyped-decorator]
        async def tried(request: Request, conversation: str) -> HTTPResponse:
            turns = self._turns_for(request)
            if isinstance(turns, HTTPResponse):
                return turns
            try:
                found = await turns.tried(unquote(conversation))
            except RedisError as error:
                _log.error("a conversation cannot be read", cause=type(error).__name__)
                return response.json({"error": "the store of conversations does not answer"}, 503)
            return response.raw((as_text(found) or "[]").encode(), content_type="application/json")

        @routes.route("/converse", methods=["POST"])  # type: ignore[untyped-decorator]
        async def converse(request: Request) -> HTTPResponse:
            return await answered(request, lambda turns, turn: turns.answer(turn))

        @routes.route("/dry-run", methods=["POST"])  # type: ignore[untyped-decorator]
        async def dry_run(request: Request) -> HTTPResponse:
            return await answered(request, lambda turns, turn: turns.dry_run(turn))

        async def answered(request: Request, by: Callable[[Turns, Turn], Awaitable[TurnResult | None]]) -> HTTPResponse:
            turns = self._turns_for(request)
            if isinstance(turns, HTTPResponse):
                return turns
            try:
                turn = Turn.model_validate_json(request.body)
            except ValidationError as error:
                return response.json({"error": str(error.errors(include_input=False))}, 400)
            try:
                result = await by(turns, turn)
            except LockError:
                return response.json({"error": "the message before is still being answered"}, 503)
            except RedisError as error:
                # It will pass: whoever asks must not take it for a message that cannot be answered.
                _log.error("conversations cannot be read or written", cause=type(error).__name__)
                return response.json({"error": "the store of conversations does not answer"}, 503)
            if result is None:
                return response.empty()
            return response.raw(result.model_dump_json().encode(), content_type="application/json")

        return routes

    def _turns_for(self, request: Request) -> Turns | HTTPResponse:
        """Who answers; or the refusal of somebody who is not the gateway, or comes too early."""
        shown = (request.headers.get("authorization") or "").removeprefix("Bearer ")
        if not hmac.compare_digest(shown.encode("utf-8", "surrogatepass"), self._key.encode()):
            return response.json({"error": "the core answers only its gateway"}, 401)
        turns: Turns | None = getattr(request.app.ctx, "turns", None)
        return turns if turns is not None else response.json({"error": "the core is starting"}, 503)
