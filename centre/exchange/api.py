"""``/exchange/v1``: the signed API between agencies; docs/case-exchange.md is for whoever writes the other side."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.exc import SQLAlchemyError

from channels.errors import Problem
from channels.openapi import AGENCY, described
from runtime import logs
from stores.standard_webhooks import NotTaken, Refusal, Signed
from tickets.exchange.book import Book, Refused
from tickets.exchange.messages import Message
from tickets.exchange.partners import Partner, PartnerOff
from tickets.scanning import NotScanned

_log = logs.get(__name__)

STATUSES: Final = {
    "wrong_agency": 403,
    "not_yours": 403,
    "no_such_case": 404,
    "out_of_order": 409,
    "papers_missing": 409,
    "too_many_papers": 429,
    "wrong_hash": 422,
    "paper_empty": 422,
    "paper_too_large": 413,
    "paper_type": 415,
    "paper_cut_off": 422,
    "paper_infected": 422,
}
_CURES: Final = {
    "wrong_agency": "`from` must be the agency that signs and `to` this one; GET /exchange/v1/agency names it",
    "not_yours": "this kind of message comes from the other side of the case",
    "no_such_case": "there is no such case between the two of us: case.sent comes first",
    "out_of_order": "another number is awaited: see `expected`",
    "papers_missing": "PUT the papers named in `papers` first, then send the message again",
    "too_many_papers": "many papers wait for their message: send it, or wait a day",
    "wrong_hash": "the sha256 of the address is not that of the body",
    "paper_empty": "the paper is empty",
    "paper_too_large": "a paper has at most 10 MB",
    "paper_type": "a paper is a PDF or a picture (JPEG, PNG, WEBP, GIF), whatever its name says",
    "paper_cut_off": "the PDF has no end: send it again",
    "paper_infected": "the scanner of this agency refuses the paper",
}


class AgencyAnswer(BaseModel):
    """Who this agency is. Compare the keys' fingerprints by telephone before you trust them."""

    code: str = Field(description="Code of the agency.")
    name: str
    keys: list[str] = Field(description="Public keys (Ed25519, `whpk_` and base64), the newest first.")


class MessageTaken(BaseModel):
    """The message is kept; the signed receipt of a case is its state 01."""

    case: str
    repeated: bool = Field(description="Whether it came before; then nothing was done.")
    at: str = Field(description="When it was taken, ISO 8601.")


class PaperTaken(BaseModel):
    """The paper is kept until its message comes, a day at most."""

    sha256: str
    repeated: bool


def blueprint(book: Book, name: str) -> Blueprint:
    """The addresses.

    Args:
        book: of cases.
        name: of this agency, for people.
    """
    pages = Blueprint("exchange", __name__, url_prefix="/exchange/v1")

    @pages.get("/agency")
    @described("Which agency this is, and the keys it signs with.", answer=AgencyAnswer)
    def agency() -> ResponseReturnValue:
        if not book.own:
            raise _not_set_up()
        return jsonify(AgencyAnswer(code=book.own, name=name, keys=book.partners.public_keys()).model_dump())

    @pages.put("/cases/<case>/papers/<sha256>")
    @described(
        "A paper, before the message that names it; webhook-id is CASE.SHA256.",
        answer=PaperTaken,
        security=AGENCY,
        takes=("application/pdf", "image/jpeg", "image/png"),
    )
    def put_paper(case: str, sha256: str) -> ResponseReturnValue:
        content = request.get_data()
        partner, signed = _signer(book, content)
        # The address is not signed, the id is: a paper cannot be put where it was not sent.
        if signed.id != f"{case}.{sha256}" or len(case) != 32 or not set(case) <= set("0123456789abcdef"):
            raise Problem(422, "wrong_id", "webhook-id must be the case, a dot and the sha256, as in the address")
        try:
            is_new = book.take_paper(partner, case, sha256, content)
        except Refused as refused:
            raise _problem(refused) from None
        except (NotScanned, OSError, SQLAlchemyError) as error:
            raise _not_stored(partner, error) from None
        return jsonify(PaperTaken(sha256=sha256, repeated=not is_new).model_dump())

    @pages.post("/messages")
    @described("A message about a case.", Message, answer=MessageTaken, security=AGENCY)
    def post_message() -> ResponseReturnValue:
        body = request.get_data()
        partner, signed = _signer(book, body)
        try:
            message = Message.model_validate_json(body)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"])) or "the message"
            raise Problem(422, "bad_message", f"{place}: {first['msg']}"[:300]) from None
        if message.id != signed.id:
            raise Problem(422, "wrong_id", "webhook-id must be the id of the message")
        try:
            taken = book.take(message, partner, proof_of(signed))
        except Refused as refused:
            if refused.expected is None and not refused.papers:
                raise _problem(refused) from None
            told = {"code": refused.code, "message": _CURES[refused.code]}
            more = {"expected": refused.expected} if refused.expected is not None else {"papers": refused.papers}
            return jsonify(error=told, **more), STATUSES[refused.code]
        except SQLAlchemyError as error:
            raise _not_stored(partner, error) from None
        return jsonify(MessageTaken(case=taken.case, repeated=taken.repeated, at=taken.at.isoformat()).model_dump())

    return pages


def proof_of(signed: Signed) -> str:
    """What is kept of a signature, with which the message can be proven later."""
    return f"{signed.timestamp} {' '.join(signed.signatures)}"


def _signer(book: Book, body: bytes) -> tuple[Partner, Signed]:
    if not book.own:
        raise _not_set_up()
    try:
        return book.partners.who_signed(dict(request.headers), body)
    except PartnerOff:
        raise Problem(403, "partner_off", "this agency exchanges nothing with yours at the moment: ask it") from None
    except NotTaken as refused:
        if refused.why is Refusal.TOO_OLD:
            cure = "webhook-timestamp is more than 5 minutes from this server's time: set the clock, sign anew"
        else:
            cure = "sign webhook-id, webhook-timestamp and body as Standard Webhooks (v1a), with a key known here"
        raise Problem(401, refused.why, cure) from None


def _problem(refused: Refused) -> Problem:
    return Problem(STATUSES[refused.code], refused.code, _CURES[refused.code])


def _not_set_up() -> Problem:
    return Problem(503, "not_set_up", "this agency exchanges no cases: its operator sets MOTCUA_EXCHANGE_AGENCY")


def _not_stored(partner: Partner, error: Exception) -> Problem:
    _log.error("what a partner sent cannot be kept", partner=partner.code, cause=type(error).__name__)
    return Problem(503, "not_stored", "it could not be kept: send it again")
