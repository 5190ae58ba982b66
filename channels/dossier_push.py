"""``POST /dossiers/changed``: a source says that a dossier has changed."""

from __future__ import annotations

from typing import Annotated, Literal

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from actions.backends.pushing import Pushes
from channels.errors import Problem
from channels.openapi import PUSH, described
from channels.sms.notices.following import Following
from contract.wishes import LONGEST_CODE
from language.dossier_code import DossierCode
from runtime import logs
from stores.standard_webhooks import NotTaken, Refusal

_CURES = {
    Refusal.UNSIGNED: "sign webhook-id, webhook-timestamp and body as Standard Webhooks has it, with this source's key",
    Refusal.TOO_OLD: "webhook-timestamp is more than 5 minutes from this server's time: set the clock, sign anew",
}
_log = logs.get(__name__)


class ChangedDossier(BaseModel):
    """Which dossier."""

    model_config = ConfigDict(extra="ignore")

    code: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_CODE)] = Field(
        description="As it stands on the appointment slip."
    )


class DossierChanged(BaseModel):
    """A push. Whatever else stands in it is not read: the state is asked for at the source."""

    model_config = ConfigDict(extra="ignore")

    type: Literal["dossier.changed"]
    data: ChangedDossier


class PushTaken(BaseModel):
    """The same whether or not anybody follows the dossier."""

    repeated: bool = Field(description="Whether this webhook-id came before; then nothing was done.")


def blueprint(pushes: Pushes, following: Following) -> Blueprint:
    """The address.

    Args:
        pushes: who may push, and what came.
        following: asks for the dossiers that are followed.
    """
    pages = Blueprint("dossier_push", __name__)

    @pages.post("/dossiers/changed")
    @described(
        "A source of dossiers says that one has changed; whoever follows it is told within minutes.",
        DossierChanged,
        answer=PushTaken,
        security=PUSH,
    )
    def changed() -> ResponseReturnValue:
        if not pushes.senders:
            raise Problem(503, "not_set_up", "no source of this server pushes: its operator gives one a key (push)")
        body = request.get_data()
        try:
            sender, id = pushes.sender_of(dict(request.headers), body)
        except NotTaken as refused:
            raise Problem(401, refused.why, _CURES[refused.why]) from None
        try:
            code = DossierCode.parse(DossierChanged.model_validate_json(body).data.code).text
        except ValidationError as error:
            place = ".".join(map(str, error.errors()[0]["loc"])) or "the body"
            raise Problem(422, "bad_push", f"{place} is missing or wrong: see /api/openapi.json") from None
        except ValueError:
            raise Problem(422, "no_dossier_code", "data.code is no dossier code") from None
        if not sender.speaks_of(code):
            raise Problem(403, "not_yours", "this source is not asked about dossiers of this agency")
        try:
            is_new = pushes.is_new(sender, id)
            if is_new:
                pushes.heard(sender, code)
                try:
                    following.ask_now(code)
                except SQLAlchemyError:
                    pushes.forget(sender, id)
                    raise
        except (RedisError, SQLAlchemyError) as error:
            _log.error("a push cannot be taken", source=sender.name, cause=type(error).__name__)
            raise Problem(503, "not_stored", "the push could not be stored: bring it again") from None
        return jsonify(PushTaken(repeated=not is_new).model_dump())

    return pages
