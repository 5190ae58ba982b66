"""A SIP trunk: calls from a province's exchange, without a provider in between."""

from __future__ import annotations

import asyncio
import re
import secrets
import ssl
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from aiosipua import (
    DialogState,
    IncomingCall,
    SdpMessage,
    SipRequest,
    SipResponse,
    SipUAS,
    parse_sdp,
)

from channels.phone.calls.calls import STOPPING, Calls
from channels.phone.calls.carrier import Gone, GoneBy
from channels.phone.calls.pacer import Pacer
from channels.phone.calls.rtp import Agreed, NoCommonSound, NoPort, Ports, agree, offer_of_ours
from channels.phone.calls.sip_call import KIND, SipCall
from channels.phone.calls.sip_dialling import Dialling, Failed, NotTaken, Way
from channels.phone.calls.sip_registration import Trunk, TrunkRegistration
from channels.phone.calls.sip_transports import Strangers, TlsPeersOnly, UdpPeersOnly
from runtime import logs

AGENT: Final = "motcua"
SESSION_SECONDS: Final = 1800
"""After which a call is gone that the exchange does not renew (RFC 4028)."""
SUPPORTED: Final = frozenset({"timer", "100rel"})
"""Extensions an exchange may require (RFC 3261, 8.2.2.3)."""
LATE_ANSWER_SECONDS: Final = 10.0
"""An exchange that has not answered our offer by then does not want the call."""
_SIGNAL: Final = re.compile(r"^\s*Signal\s*=\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_NAMED_KEYS: Final = {"10": "*", "11": "#"}
RETRY_SECONDS: Final = (0.5, 1.0, 2.0, 4.0)
"""Pauses after which a request without answer is sent again (RFC 3261, timer E: doubled from 0.5 s)."""
_QUOTED: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_NUMBER: Final = re.compile(r"(?:sips?|tel):(\+?[0-9]{3,15})(?=[@;>]|$)")

_log = logs.get(__name__)


@dataclass
class _Held:
    carrier: SipCall
    agreed: Agreed
    port: int


class SipLine:
    """Takes calls of exchanges, by UDP or by TLS.

    Args:
        calls: holds the calls.
        pacer: the beat of all calls.
        address: of this machine, where exchanges reach it.
        peers: addresses of the exchanges.
        ports: for sound.
    """

    def __init__(self, calls: Calls, pacer: Pacer, address: str, peers: frozenset[str], ports: Ports) -> None:
        self._calls = calls
        self._pacer = pacer
        self._address = address
        self._peers = peers
        self._ports = ports
        self._held: dict[str, _Held] = {}
        self._answers: dict[tuple[str, str], asyncio.Future[int]] = {}
        self._transfers: dict[str, asyncio.Future[bool]] = {}
        self._late: dict[str, asyncio.Future[SdpMessage | None]] = {}
        """Calls to which the offer was ours, until it is answered."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._registration: TrunkRegistration | None = None
        self._dialling: Dialling | None = None

    async def start(self, port: int, tls: ssl.SSLContext | None = None) -> None:
        """Listen by UDP, or by TLS with a context; raises OSError when the port is taken."""
        strangers, here = Strangers(self._peers), (self._address, port)
        self._transport: UdpPeersOnly | TlsPeersOnly = (
            UdpPeersOnly(here, strangers=strangers)
            if tls is None
            else TlsPeersOnly(here, strangers=strangers, context=tls)
        )
        self._uas = uas = SipUAS(self._transport, user_agent=AGENT)
        uas._handlers["INFO"] = self._info
        uas.on_session_expired = lambda call: self._gone(call.call_id, Gone(GoneBy.BROKEN, "it was not renewed"))
        uas.on_invite = lambda call: self._start(self._take(call))
        uas.on_reinvite = self._moved
        uas.on_update = lambda call, _request: self._new_answer(call)
        uas.on_bye = lambda call, _request: self._gone(call.call_id, Gone(GoneBy.CALLER))
        uas.on_cancel = lambda request, _from: self._gone(request.call_id or "", Gone(GoneBy.CALLER))
        uas.on_ack_timeout = lambda call: self._gone(call.call_id, Gone(GoneBy.BROKEN, "the answer was not confirmed"))
        uas.on_transfer_progress = self._transfer_went_on
        await uas.start()
        known = self._transport.on_message
        assert known is not None

        def message(message: SipRequest | SipResponse, sender: tuple[str, int]) -> None:
            if isinstance(message, SipResponse):
                self._answered(message)
                if self._dialling is not None:
                    self._dialling.handle(message)
                if self._registration is not None:
                    self._registration.handle(message, sender)
            elif message.method == "ACK":
                self._handled(message, lambda: known(message, sender))
                self._acknowledged(message)
            elif message.method != "INVITE" or uas.transactions.match_request(message) is None:
                # An INVITE that comes again is being answered already; the library would take it for a new one.
                if message.method == "INVITE":
                    # Where the exchange wants a session timer: not every one that is silent about it knows UPDATE.
                    uas.session_expires = SESSION_SECONDS if message.get_header("session-expires") else None
                self._handled(message, lambda: known(message, sender))

        self._transport.on_message = message

    def _handled(self, request: SipRequest, handle: Callable[[], None]) -> None:
        """Let the library read a request; what it cannot read is answered all the same."""
        try:
            handle()
        except Exception as error:
            # It raises whatever its parsers meet. Nothing of the message is logged: it may hold a number.
            _log.warning("a SIP request cannot be read", method=request.method[:16], cause=type(error).__name__)
            if request.method == "ACK":
                return
            if request.method == "INVITE":
                self._uas._remove_invite_transaction(request)
            with suppress(Exception):
                # Its own headers may be what cannot be read; then there is nothing to answer to.
                self._uas._send_error(request, 400, "Bad Request")

    def register(self, trunk: Trunk) -> TrunkRegistration:
        """Sign in at a trunk that asks for it, and stay signed in until the line stops."""
        self._registration = TrunkRegistration(self._transport, trunk)
        self._registration.start()
        return self._registration

    async def sign_out(self) -> None:
        """Have the trunk bring no more calls; those there are go on."""
        registration, self._registration = self._registration, None
        if registration is not None:
            await registration.stop()

    async def stop(self) -> None:
        """End all calls, and listen no more."""
        await self.sign_out()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._uas.stop()

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # Calls

    async def _take(self, call: IncomingCall) -> None:
        try:
            await self._taken(call)
        except Exception:
            # Whatever an offer holds, the exchange gets a final answer, and does not ring for a minute.
            _log.exception("a SIP call cannot be taken")
            if call.call_id not in self._held:
                self._reject(call, 500)

    async def _taken(self, call: IncomingCall) -> None:
        if unknown := unknown_requirements(call.invite):
            _log.warning("a SIP call requires what is not known here", count=len(unknown))
            call._send_response(420, "Bad Extension", extra_headers={"Unsupported": ", ".join(unknown)})
            call.dialog.terminate()
            self._forget(call)
            return
        why = "twice" if call.call_id in self._held else self._calls.refuses(KIND)
        if why is not None:
            # Busy is the caller's to hear; of a service that is away an exchange tries the next host.
            self._reject(call, 503 if why == STOPPING else 486)
            return
        late = call.sdp_offer is None
        try:
            port = self._ports.take(self._address)
            agreed = await self._agreed_late(call, port) if late else agree(call.sdp_offer, self._address, port)
            carrier = SipCall(call, agreed, self, self._pacer)
            await carrier.open(self._address, port)
        except NoCommonSound as error:
            self._calls.refused(KIND, "no_common_sound")
            _log.warning("a SIP call offers no usable sound", cause=str(error))
            if late:
                # It was taken already, with an offer of ours that led to nothing.
                await self.end(call)
            else:
                self._reject(call, 488)
            return
        except (NoPort, OSError) as error:
            self._calls.refused(KIND, "no_port")
            _log.error("no port for the sound of a SIP call", cause=type(error).__name__)
            self._reject(call, 503)
            return
        if agreed.events_type is None:
            _log.warning("a SIP call without telephone events: its keys are looked for in the sound")
        if call.dialog.state is DialogState.TERMINATED:
            # The caller gave up meanwhile.
            await carrier.hang_up()
            return
        self._held[call.call_id] = _Held(carrier, agreed, port)
        if not late:
            call.accept(agreed.answer)
        # Ids of calls are the exchange's; the dialogue's must never come twice.
        await self._calls.hold(carrier, f"sip.{secrets.token_hex(16)}", caller_of(call.invite))

    async def _agreed_late(self, call: IncomingCall, port: int) -> Agreed:
        """Make the offer ourselves where a call came without one; the exchange answers in its ACK.

        Raises NoCommonSound.
        """
        answer: asyncio.Future[SdpMessage | None] = asyncio.get_running_loop().create_future()
        self._late[call.call_id] = answer
        try:
            call.accept(offer_of_ours(self._address, port))
            async with asyncio.timeout(LATE_ANSWER_SECONDS):
                return agree(await answer, self._address, port)
        except TimeoutError:
            raise NoCommonSound("an offer of ours was not answered") from None
        finally:
            del self._late[call.call_id]

    def _acknowledged(self, request: SipRequest) -> None:
        waiting = self._late.get(request.call_id or "")
        if waiting is not None and not waiting.done():
            try:
                waiting.set_result(parse_sdp(request.text) if request.text else None)
            except Exception:
                # Whatever the parser meets: nothing was answered that can be used.
                waiting.set_result(None)

    def _reject(self, call: IncomingCall, status: int) -> None:
        call.reject(status)
        self._forget(call)

    def _gone(self, call_id: str, gone: Gone) -> None:
        held = self._held.pop(call_id, None)
        if held is not None:
            held.carrier.gone(gone)

    def _forget(self, call: IncomingCall) -> None:
        # The library keeps calls that ended from our side for ever.
        call._stop_retransmissions()
        if self._uas._calls.get(call.call_id) is call:
            del self._uas._calls[call.call_id]

    def _info(self, request: SipRequest, _sender: tuple[str, int]) -> None:
        """Keys an exchange tells of in messages instead of in the sound; every other INFO is taken note of."""
        held = self._held.get(request.call_id or "")
        call = self._uas.get_call(request.call_id or "")
        if held is None or call is None:
            self._uas._send_error(request, 481, "Call/Transaction Does Not Exist")
            return
        if (key := key_of(request)) is not None:
            held.carrier.press(key)
        self._transport.send_reply(call.dialog.create_response(request, 200, "OK"))

    def _moved(self, call: IncomingCall) -> None:
        """A further INVITE in a call: other sound, on hold, or only a sign of life."""
        answer = self._new_answer(call)
        if answer is None:
            call._send_response(488, "Not Acceptable Here")
            return
        call.accept(answer)

    def _new_answer(self, call: IncomingCall) -> SdpMessage | None:
        held = self._held.get(call.call_id)
        if held is None or call.sdp_offer is None:
            return held.agreed.answer if held is not None else None
        try:
            ours = held.agreed.keys.ours if held.agreed.keys is not None else None
            agreed = agree(call.sdp_offer, self._address, held.port, ours)
        except NoCommonSound:
            return None
        if agreed.payload_type != held.agreed.payload_type or (agreed.keys is None) != (held.agreed.keys is None):
            return None
        held.agreed = agreed
        held.carrier.move(agreed)
        return agreed.answer

    # Requests of ours

    async def end(self, call: IncomingCall) -> None:
        """Say BYE until it is answered, or nobody is there."""
        self._held.pop(call.call_id, None)
        bye = call.hangup()
        if bye is not None:
            await self._answer_to(bye, call.source_addr)
        self._forget(call)

    def dials(self, way: Way) -> None:
        """From now on calls can be made, too; the line is started."""
        self._dialling = Dialling(self._transport, way, AGENT, self._end_late)

    def _end_late(self, bye: SipRequest) -> None:
        """See a call to its end that was taken when nobody waited for it any more."""
        assert self._dialling is not None
        self._start(self._said_until_answered(bye, self._dialling.exchange))

    async def _said_until_answered(self, request: SipRequest, address: tuple[str, int]) -> None:
        self._transport.send(request, address)
        await self._answer_to(request, address)

    async def call(self, number: str, ring_seconds: float, given_up: asyncio.Event) -> SipCall:
        """Ring a number until the call is taken; whoever gets the carrier hangs it up.

        Args:
            number: as the exchange wants it.
            ring_seconds: how long it may ring.
            given_up: set, it rings no longer.

        Raises:
            NotTaken: nobody took it, or what was answered cannot be heard.
            NoPort: all ports for sound are taken.
        """
        dialling = self._dialling
        assert dialling is not None
        port = self._ports.take(self._address)
        taken = await dialling.dial(number, lambda: offer_of_ours(self._address, port), ring_seconds, given_up)
        call = IncomingCall(
            dialog=taken.dialog,
            invite=taken.invite,
            sdp_offer=taken.answer,
            transport=self._transport,
            source_addr=dialling.exchange,
            user_agent=AGENT,
        )
        # From here on the library's own side for calls that came in knows it: keys by INFO, hold, and its end.
        self._uas._calls[call.call_id] = call
        try:
            agreed = agree(taken.answer, self._address, port)
            carrier = SipCall(call, agreed, self, self._pacer)
            await carrier.open(self._address, port)
        except (NoCommonSound, OSError) as error:
            _log.warning("a call of ours was taken without usable sound", cause=type(error).__name__)
            await self.end(call)
            raise NotTaken(Failed.FAILED, 488) from None
        except asyncio.CancelledError:
            call.hangup()
            self._forget(call)
            raise
        self._held[call.call_id] = _Held(carrier, agreed, port)
        if call.dialog.state is DialogState.TERMINATED:
            # Hung up in the moment it was taken.
            self._gone(call.call_id, Gone(GoneBy.CALLER))
        return carrier

    async def refer(self, call: IncomingCall, number: str, seconds: float) -> bool:
        """Ask the exchange to connect the caller with a number (RFC 3515); whether somebody took the call."""
        request = call.dialog.create_request("REFER", via_host=self._address, via_port=self._transport.local_addr[1])
        host, port = call.source_addr
        request.headers.set_single("Refer-To", f"<sip:{number}@{host}:{port}>")
        request.headers.set_single("Referred-By", f"<{call.dialog.local_uri}>")
        request.headers.set_single("Contact", f"<sip:{self._address}:{self._transport.local_addr[1]}>")
        outcome: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._transfers[call.call_id] = outcome
        try:
            self._transport.send(request, call.source_addr)
            status = await self._answer_to(request, call.source_addr)
            if not 200 <= status < 300:
                _log.warning("an exchange does not transfer a call", status=status)
                return False
            async with asyncio.timeout(seconds + RETRY_SECONDS[-1]):
                return await outcome
        except TimeoutError:
            return False
        finally:
            del self._transfers[call.call_id]

    async def _answer_to(self, request: SipRequest, address: tuple[str, int]) -> int:
        """The status a request that was sent got; sent again while there is none, 408 when none comes."""
        key = (request.call_id or "", request.get_header("cseq") or "")
        answer = self._answers[key] = asyncio.get_running_loop().create_future()
        try:
            for tried, seconds in enumerate(RETRY_SECONDS):
                if tried:
                    self._transport.send(request, address)
                with suppress(TimeoutError):
                    return await asyncio.wait_for(asyncio.shield(answer), seconds)
            return 408
        finally:
            del self._answers[key]

    def _answered(self, response: SipResponse) -> None:
        waiting = self._answers.get((response.call_id or "", response.get_header("cseq") or ""))
        if waiting is not None and not waiting.done() and response.status_code >= 200:
            waiting.set_result(response.status_code)

    def _transfer_went_on(self, call_id: str, status: int, _reason: str) -> None:
        waiting = self._transfers.get(call_id)
        if waiting is not None and not waiting.done() and status >= 200:
            waiting.set_result(status < 300)


def unknown_requirements(invite: SipRequest) -> list[str]:
    """Extensions a call needs of us that we lack."""
    wanted = ",".join(invite.headers.get("require")).split(",")
    return [tag for tag in map(str.strip, wanted) if tag and tag.lower() not in SUPPORTED]


def key_of(info: SipRequest) -> str | None:
    """The key an INFO tells of, as ``application/dtmf-relay`` or ``application/dtmf``; None when it tells of none."""
    kind = (info.content_type or "").split(";")[0].strip().lower()
    text = info.text
    if kind == "application/dtmf-relay":
        found = _SIGNAL.search(text)
        text = found.group(1) if found is not None else ""
    elif kind != "application/dtmf":
        return None
    text = text.strip()
    key = _NAMED_KEYS.get(text, text)
    return key if len(key) == 1 else None


def caller_of(invite: SipRequest) -> str | None:
    """The caller's number: what the exchange vouches for (RFC 3325), else what the caller's side says; None when it
    is withheld or no number."""
    if "id" in (invite.get_header("privacy") or "").lower():
        return None
    for name in ("p-asserted-identity", "from"):
        # The name before the address is the caller's own, and may look like one.
        found = _NUMBER.search(_QUOTED.sub("", invite.get_header(name) or ""))
        if found is not None:
            return found.group(1)
    return None
