"""``/kiosk-sync/v1``: what kiosks call. Every request is signed by a kiosk, every answer by the centre."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import Blueprint, Response, request

from actions.dossiers.one_time import CannotSend, CodeSent, CodeWrong, NoMoreCodes, Sending
from actions.dossiers.service import Ambiguous, Found, Locked, LookUpByCode, NotFoundOrMismatch, Unavailable
from actions.registries.service import AskedRegistry, Asker, ConsentNeeded, Told
from centre.enrolment import Enrolling, NotEnrolled
from centre.kiosks import Door, Kiosk, Kiosks
from centre.orders import BoxOrders
from centre.publishing import Shelf
from centre.receiving import Receiving
from centre.snapshots import Snapshots
from channels.errors import Problem
from channels.openapi import KIOSK, described
from kiosk.dossiers import asking
from kiosk.protocol.keys import BadSignature, Keys
from kiosk.protocol.messages import PATHS, Enrolled, Enrolment, Exchange, ExchangeAnswer, OffNow, SealedMessage
from kiosk.protocol.signing import ANSWER_HEADER, REPLAYED_BODY, REQUEST_HEADER, Claim, read_claim, sign_answer
from kiosk.protocol.snapshot import Record
from runtime import logs
from stores.out_of_service import Off, OutOfService
from tickets.asked import AskedTickets, Proof
from tickets.ticket import Rating

_PIECE: Final = re.compile(r"[0-9a-f]{64}")
_RANGE: Final = re.compile(r"bytes=([0-9]{1,9})-")
_log = logs.get(__name__)


@dataclass(frozen=True)
class SyncParts:
    """What the addresses work with."""

    keys: Keys
    kiosks: Kiosks
    enrolling: Enrolling
    receiving: Receiving
    snapshots: Snapshots
    shelf: Shelf
    look_up: LookUpByCode
    """Asks the back end."""
    registries: Mapping[str, AskedRegistry]
    """Those that may be asked, by what they are asked about."""
    out_of_service: OutOfService
    """What kiosks have off, too."""
    orders: BoxOrders
    clock: Callable[[], datetime]
    tickets: AskedTickets
    """What is told of a ticket."""
    may_ask_tickets: Callable[[str], bool]
    """Whether a box may ask about one more."""


def blueprint(parts: SyncParts) -> Blueprint:
    """The addresses."""
    api = Blueprint("kiosk_sync", __name__, url_prefix=PATHS)

    @api.post("/enrol")
    @described("A box that wants to become a kiosk.", Enrolment, answer=Enrolled)
    def enrol() -> Response:
        try:
            return Response(parts.enrolling.enrol(Enrolment.from_bytes(request.get_data())).to_bytes())
        except ValueError:
            raise Problem(400, "bad_request", "this is no enrolment") from None
        except NotEnrolled:
            raise Problem(403, "not_enrolled", "the code is unknown, used up or too old") from None

    @api.post("/exchange")
    @described("What waited goes up, what changed comes down.", Exchange, answer=ExchangeAnswer, security=KIOSK)
    def exchange() -> Response:
        def answer(kiosk: Kiosk, body: bytes) -> bytes:
            said = Exchange.from_packed(body)
            parts.kiosks.heard(kiosk, said.state)
            received = parts.receiving.receive(kiosk, said.entries)
            parts.receiving.try_pending()
            parts.orders.obeyed(kiosk, said.obeyed)
            offered = parts.shelf.offered_to(kiosk.id)
            wanted = offered is not None and offered[0] > said.state.bundle and offered[0] != said.state.refused
            part = parts.snapshots.since(said.snapshot, kiosk.heard_at, kiosk.agencies)
            return ExchangeAnswer(
                cursor=received.cursor,
                refused=received.refused,
                head=offered[1] if offered is not None and wanted else None,
                snapshot=part,
                off=tuple(map(_off, parts.out_of_service.all())),
                orders=parts.orders.open_for(kiosk),
            ).packed()

        return _signed(parts, answer)

    @api.post("/status")
    @described("A dossier looked up for a kiosk, sealed.", SealedMessage, answer=SealedMessage, security=KIOSK)
    def status() -> Response:
        def answer(kiosk: Kiosk, body: bytes) -> bytes:
            asked = asking.LookUp.from_bytes(asking.unseal(body, parts.keys, asking.QUESTION))
            return asking.seal(_looked_up(parts, kiosk, asked), kiosk.public, asking.ANSWER)

        return _signed(parts, answer)

    @api.get("/pieces/<name>")
    @described("A piece of a bundle.", media="application/octet-stream", security=KIOSK)
    def piece(name: str) -> Response:
        content = parts.shelf.piece(name) if _PIECE.fullmatch(name) else None
        if content is None:
            return _signed(parts, _no_such_piece)
        # Pieces prove themselves by their names; only a denial is signed.
        response = _signed(parts, lambda _kiosk, _body: b"")
        if response.status_code != 200:
            return response
        del response.headers[ANSWER_HEADER]
        start = _RANGE.fullmatch(request.headers.get("Range", ""))
        if start is not None and 0 < int(start[1]) < len(content):
            first = int(start[1])
            response.status_code = 206
            response.headers["Content-Range"] = f"bytes {first}-{len(content) - 1}/{len(content)}"
            content = content[first:]
        elif start is not None and int(start[1]) >= len(content):
            # All of it was there already: a box that lost power before it looked.
            response.status_code = 206
            content = b""
        response.set_data(content)
        return response

    return api


def _off(one: Off) -> OffNow:
    until = one.until.timestamp() if one.until is not None else 0.0
    return OffNow(scope=one.scope, words=one.words, since=one.since.timestamp(), until=until)


def _no_such_piece(_kiosk: Kiosk, _body: bytes) -> bytes:
    raise Problem(404, "not_found", "there is no such piece")


def _signed(parts: SyncParts, answer: Callable[[Kiosk, bytes], bytes]) -> Response:
    """Let a kiosk in, answer it, sign the answer: a refusal, too, so that nobody else can shut a box out."""
    body = request.get_data()
    try:
        claim = read_claim(request.headers.get(REQUEST_HEADER))
        kiosk, door = parts.kiosks.come_in(claim, request.method, request.path, body)
    except BadSignature:
        raise Problem(401, "unauthorized", "requests here are signed by an enrolled kiosk") from None
    if door is Door.BLOCKED:
        return _answer(parts, claim, 403, b"blocked")
    if door is Door.REPLAYED:
        return _answer(parts, claim, 409, REPLAYED_BODY + str(parts.kiosks.last_sequence(kiosk)).encode())
    try:
        return _answer(parts, claim, 200, answer(kiosk, body))
    except Problem as problem:
        return _answer(parts, claim, problem.status, problem.code.encode())
    except ValueError as error:
        _log.warning("a kiosk's request cannot be read", kiosk=kiosk.id, cause=type(error).__name__)
        return _answer(parts, claim, 400, b"unreadable")


def _answer(parts: SyncParts, claim: Claim, status: int, body: bytes) -> Response:
    response = Response(body, status=status, content_type="application/octet-stream")
    now = parts.clock().timestamp()
    response.headers[ANSWER_HEADER] = sign_answer(parts.keys, claim.signature, status, now, body)
    return response


def _looked_up(parts: SyncParts, kiosk: Kiosk, asked: asking.LookUp) -> asking.LookedUp:
    # Tries count against this kiosk's visitor, against the box and against the code.
    visitor, box = f"kiosk:{kiosk.id}:{asked.conversation}", f"place:box-{kiosk.id}"
    if asked.is_ticket:
        return _told_ticket(parts, kiosk, asked)
    if asked.registry:
        return _asked_registry(parts, asked, Asker(visitor, "kiosk", (box,), asked.language))
    if not asked.last4:
        return _code_sent(
            parts.look_up.send_code(asked.code, visitor, channel="kiosk", marks=(box,), language=asked.language)
        )
    outcome = parts.look_up.look_up(asked.code, asked.last4, visitor, channel="kiosk", marks=(box,))
    if isinstance(outcome, Found):
        return asking.LookedUp(outcome="found", record=Record.of_view(asked.code, outcome.view))
    return _not_told(outcome)


def _told_ticket(parts: SyncParts, kiosk: Kiosk, asked: asking.LookUp) -> asking.LookedUp:
    if not parts.may_ask_tickets(kiosk.id):
        return asking.LookedUp(outcome="unavailable", retryable=True)
    proof = Proof(last4=asked.last4)
    if asked.rating:
        said = parts.tickets.thanks(asked.code, Rating(asked.rating), asked.language, proof, "kiosk")
        return asking.LookedUp(outcome="told", told=(said,))
    told = parts.tickets.tell(asked.code, asked.language, proof, "kiosk")
    return asking.LookedUp(outcome="told", told=told.lines, may_rate=told.may_rate, needs_proof=told.needs_proof)


def _asked_registry(parts: SyncParts, asked: asking.LookUp, asker: Asker) -> asking.LookedUp:
    matter, _, part = asked.registry.partition(".")
    registry = parts.registries.get(matter)
    if registry is None:
        return asking.LookedUp(outcome="unavailable", retryable=False)
    if not asked.last4:
        return _code_sent(registry.send_code(asked.code, asker))
    outcome = registry.ask(asked.code, asked.last4, asker, has_agreed=True, part=part or None)
    match outcome:
        case Told(lines):
            return asking.LookedUp(outcome="told", told=lines)
        case ConsentNeeded():
            return asking.LookedUp(outcome="unavailable", retryable=False)
    return _not_told(outcome)


def _not_told(outcome: NotFoundOrMismatch | Ambiguous | Locked | CodeWrong | Unavailable) -> asking.LookedUp:
    match outcome:
        case NotFoundOrMismatch(tries_left):
            return asking.LookedUp(outcome="mismatch", tries_left=tries_left)
        case Ambiguous():
            return asking.LookedUp(outcome="ambiguous")
        case Locked(until, _):
            return asking.LookedUp(outcome="locked", until=until.timestamp())
        case CodeWrong(tries_left):
            return asking.LookedUp(outcome="code_wrong", tries_left=tries_left)
        case Unavailable(retryable=retryable):
            return asking.LookedUp(outcome="unavailable", retryable=retryable)


def _code_sent(sent: Sending | Unavailable) -> asking.LookedUp:
    match sent:
        case CodeSent():
            return asking.LookedUp(outcome="code_sent")
        case NoMoreCodes(until):
            return asking.LookedUp(outcome="no_more_codes", until=until.timestamp())
        case CannotSend():
            return asking.LookedUp(outcome="cannot_send")
        case Unavailable(retryable=retryable):
            return asking.LookedUp(outcome="unavailable", retryable=retryable)
