"""Calls from here: an INVITE to the exchange, as often as it takes, until it is answered, refused or taken back
(RFC 3261, 13.2, 17.1.1; digest as 22.2).

The library's own client logs the number, sends an INVITE once, acknowledges no refusal, takes no route.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from aiosipua import (
    Dialog,
    DialogState,
    SdpMessage,
    SipDigestAuth,
    SipRequest,
    SipResponse,
    SipTransport,
    parse_sdp,
    serialize_sdp,
)
from aiosipua.auth import answer_challenge
from aiosipua.headers import stringify_uri
from aiosipua.utils import generate_branch, generate_tag

from runtime import logs

TRIES_SECONDS: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Pauses after which an INVITE is sent again that nothing has answered (timer A: doubled from 0.5 s)."""
LAST_WORD_SECONDS: Final = 8.0
"""What the final answer to an INVITE may take that was taken back."""
_REMEMBERED: Final = 512
"""Ended INVITEs whose repeated or late final answers are still acknowledged."""

_log = logs.get(__name__)


class Failed(StrEnum):
    """Why a call did not come about."""

    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REFUSED = "refused"
    """Declined by whoever is called, or barred."""
    NO_NUMBER = "no_number"
    FAILED = "failed"
    """The exchange could not, would not or did not answer."""


_MEANINGS: Final = {
    486: Failed.BUSY,
    600: Failed.BUSY,
    408: Failed.NO_ANSWER,
    480: Failed.NO_ANSWER,
    487: Failed.NO_ANSWER,
    603: Failed.REFUSED,
    404: Failed.NO_NUMBER,
    410: Failed.NO_NUMBER,
    484: Failed.NO_NUMBER,
    604: Failed.NO_NUMBER,
}


class NotTaken(Exception):
    """A call did not come about."""

    def __init__(self, why: Failed, status: int) -> None:
        super().__init__(f"{why} ({status})")
        self.why = why
        self.status = status


@dataclass(frozen=True, slots=True)
class Way:
    """How calls leave.

    Args:
        exchange: address it takes SIP on.
        shown: our number, as those who are called see it.
        domain: of our account; the exchange's address where it has none.
        account: where it asks who calls; None where it does not.
    """

    exchange: tuple[str, int]
    shown: str
    domain: str = ""
    account: SipDigestAuth | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Taken:
    """Somebody took the call."""

    dialog: Dialog
    invite: SipRequest = field(repr=False)
    answer: SdpMessage | None = field(repr=False)


class Dialling:
    """Dials. Responses of the line's transport come in by :meth:`handle`.

    Args:
        transport: of the line; started.
        way: how calls leave.
        agent: name of this program.
        end: sends a BYE until it is answered.
    """

    def __init__(self, transport: SipTransport, way: Way, agent: str, end: Callable[[SipRequest], None]) -> None:
        self._transport = transport
        self._end = end
        self._way = way
        self._agent = agent
        self._open: dict[str, asyncio.Queue[SipResponse]] = {}
        self._acknowledged: OrderedDict[tuple[str, str], SipRequest] = OrderedDict()
        self._given_up: OrderedDict[str, tuple[Dialog, SipRequest]] = OrderedDict()
        """INVITEs without a final answer."""

    @property
    def exchange(self) -> tuple[str, int]:
        """Where calls go."""
        return self._way.exchange

    def handle(self, response: SipResponse) -> None:
        """Take an answer to an INVITE of ours; those to other requests are left alone."""
        cseq = response.cseq
        if cseq is None or cseq.method.upper() != "INVITE":
            return
        key = (response.call_id or "", response.get_header("cseq") or "")
        if response.status_code >= 200 and (ack := self._acknowledged.get(key)) is not None:
            # Ours was lost: the exchange says it again until it hears it.
            self._transport.send(ack, self._way.exchange)
        elif (waiting := self._open.get(response.call_id or "")) is not None:
            waiting.put_nowait(response)
        elif response.status_code // 100 == 2 and (late := self._given_up.pop(response.call_id or "", None)):
            # Taken when nobody waited for it any more: whoever took it must not hold a silent telephone.
            dialog = self._taken(*late, response).dialog
            here = self._transport.local_addr
            self._end(dialog.create_request("BYE", via_host=here[0], via_port=here[1]))

    async def dial(
        self, number: str, offer: Callable[[], SdpMessage], ring_seconds: float, given_up: asyncio.Event
    ) -> Taken:
        """Ring a number until somebody takes the call; who takes it in the moment it is given up has it.

        Args:
            number: as the exchange wants it.
            offer: our sound.
            ring_seconds: how long it may ring.
            given_up: set, it rings no longer.

        Raises:
            NotTaken: nobody did.
        """
        here = self._transport.local_addr
        domain = self._way.domain or self._way.exchange[0]
        host, port = self._way.exchange
        target = f"sip:{number}@{host}:{port}"
        dialog = Dialog(
            call_id=f"{secrets.token_hex(16)}@{here[0]}",
            local_tag=generate_tag(),
            local_uri=f"sip:{self._way.shown}@{domain}",
            remote_uri=target,
            remote_target=target,
            state=DialogState.EARLY,
        )
        answers = self._open[dialog.call_id] = asyncio.Queue()
        body = serialize_sdp(offer())
        try:
            return await self._rung(dialog, body, answers, ring_seconds, given_up)
        finally:
            del self._open[dialog.call_id]

    async def _rung(
        self,
        dialog: Dialog,
        body: str,
        answers: asyncio.Queue[SipResponse],
        ring_seconds: float,
        given_up: asyncio.Event,
    ) -> Taken:
        proof: tuple[str, str] | None = None
        while True:
            invite = self._invite(dialog, body, proof)
            try:
                response = await self._final(invite, answers, ring_seconds, given_up)
            except NotTaken:
                self._given_up[dialog.call_id] = dialog, invite
                if len(self._given_up) > _REMEMBERED:
                    self._given_up.popitem(last=False)
                raise
            status = response.status_code
            if status < 300:
                return self._taken(dialog, invite, response)
            self._acknowledge(invite, response)
            if status in (401, 407) and proof is None and self._way.account is not None and not given_up.is_set():
                proof = answer_challenge(self._way.account, response, status, "INVITE", invite.uri)
                if proof is not None:
                    continue
            why = _MEANINGS.get(status, Failed.REFUSED if status == 403 else Failed.FAILED)
            raise NotTaken(why, status)

    async def _final(
        self, invite: SipRequest, answers: asyncio.Queue[SipResponse], ring_seconds: float, given_up: asyncio.Event
    ) -> SipResponse:
        """The final answer to an INVITE; raises NotTaken when there is none."""
        rings = False
        loop = asyncio.get_running_loop()
        self._transport.send(invite, self._way.exchange)
        pauses = iter(TRIES_SECONDS)
        again = loop.time() + next(pauses)
        ends = loop.time() + ring_seconds
        gone = asyncio.create_task(given_up.wait())
        try:
            while loop.time() < ends and not given_up.is_set():
                until = ends if rings else min(ends, again)
                response = await self._next(answers, until - loop.time(), gone)
                if response is not None:
                    if response.status_code >= 200:
                        return response
                    rings = True
                elif not rings and loop.time() >= again:
                    pause = next(pauses, None)
                    if pause is None:
                        raise NotTaken(Failed.FAILED, 408)
                    self._transport.send(invite, self._way.exchange)
                    again = loop.time() + pause
            if not rings:
                # Nothing may be taken back that nothing has answered (RFC 3261, 9.1).
                raise NotTaken(Failed.FAILED, 408)
            return await self._taken_back(invite, answers)
        except asyncio.CancelledError:
            # This process stops; nobody's telephone goes on ringing for it.
            if rings:
                self._transport.send(self._of(invite, "CANCEL"), self._way.exchange)
            raise
        finally:
            gone.cancel()

    async def _taken_back(self, invite: SipRequest, answers: asyncio.Queue[SipResponse]) -> SipResponse:
        loop = asyncio.get_running_loop()
        ends = loop.time() + LAST_WORD_SECONDS
        for pause in (*TRIES_SECONDS, LAST_WORD_SECONDS):
            self._transport.send(self._of(invite, "CANCEL"), self._way.exchange)
            until = min(ends, loop.time() + pause)
            while loop.time() < until:
                response = await self._next(answers, until - loop.time(), None)
                if response is not None and response.status_code >= 200:
                    return response
            if loop.time() >= ends:
                break
        raise NotTaken(Failed.NO_ANSWER, 487)

    @staticmethod
    async def _next(
        answers: asyncio.Queue[SipResponse], seconds: float, gone: asyncio.Task[bool] | None
    ) -> SipResponse | None:
        """The next answer; None when none came in time, or the call is given up."""
        getting = asyncio.create_task(answers.get())
        try:
            waited = {getting} if gone is None else {getting, gone}
            await asyncio.wait(waited, timeout=max(0.0, seconds), return_when=asyncio.FIRST_COMPLETED)
            return getting.result() if getting.done() else None
        finally:
            getting.cancel()

    def _invite(self, dialog: Dialog, body: str, proof: tuple[str, str] | None) -> SipRequest:
        here = self._transport.local_addr
        invite = dialog.create_request("INVITE", via_host=here[0], via_port=here[1])
        invite.headers.set_single("Contact", f"<sip:{here[0]}:{here[1]}>")
        invite.headers.set_single("Allow", "INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, INFO")
        invite.headers.set_single("User-Agent", self._agent)
        invite.headers.set_single("Content-Type", "application/sdp")
        if proof is not None:
            invite.headers.set_single(*proof)
        invite.text = body
        return invite

    def _taken(self, dialog: Dialog, invite: SipRequest, response: SipResponse) -> Taken:
        to = response.to_addr
        dialog.remote_tag = (to.tag if to is not None else None) or ""
        contacts = response.contact
        if contacts:
            dialog.remote_target = stringify_uri(contacts[0].uri)
        dialog.route_set = list(reversed(response.headers.get("record-route")))
        dialog.confirm()
        ack = self._of(invite, "ACK", response)
        ack.uri = dialog.remote_target
        ack.headers.set_single("Via", _with_branch(ack, generate_branch()))
        for route in dialog.route_set:
            ack.headers.append("Route", route)
        self._send_ack(ack, response)
        answer = None
        with suppress(Exception):
            # Whatever the parser meets: then nothing was answered that can be used.
            answer = parse_sdp(response.text) if response.text else None
        return Taken(dialog, invite, answer)

    def _acknowledge(self, invite: SipRequest, response: SipResponse) -> None:
        self._send_ack(self._of(invite, "ACK", response), response)

    def _send_ack(self, ack: SipRequest, response: SipResponse) -> None:
        self._acknowledged[(response.call_id or "", response.get_header("cseq") or "")] = ack
        if len(self._acknowledged) > _REMEMBERED:
            self._acknowledged.popitem(last=False)
        self._transport.send(ack, self._way.exchange)

    @staticmethod
    def _of(invite: SipRequest, method: str, response: SipResponse | None = None) -> SipRequest:
        """A request that belongs to an INVITE: same branch, same numbers (RFC 3261, 9.1 and 17.1.1.3)."""
        request = SipRequest(method=method, uri=invite.uri)
        for name in ("Via", "From", "To", "Call-ID", "Max-Forwards"):
            source = response if name == "To" and response is not None else invite
            request.headers.set_single(name, source.headers.get_first(name.lower()) or "")
        cseq = invite.cseq
        request.headers.set_single("CSeq", f"{cseq.seq if cseq is not None else 1} {method}")
        return request


def _with_branch(request: SipRequest, branch: str) -> str:
    via = request.headers.get_first("via") or ""
    return ";".join(part if not part.startswith("branch=") else f"branch={branch}" for part in via.split(";"))
