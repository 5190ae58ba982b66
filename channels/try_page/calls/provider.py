"""Plays the provider of calls: signed voice webhooks, and what the page is to do after each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from channels.phone.dialogue.call_store import CallEnded, CallStates
from channels.phone.stream_tokens import StreamedCall, StreamTokens
from channels.try_page.calls import twiml
from channels.try_page.webhooks import OUR_NUMBER

STREAM_PATH: Final = "/voice/stream"
ACCOUNT: Final = "AC" + "0" * 32
"""Made up; nobody's account."""


@dataclass(frozen=True, slots=True)
class Stream:
    """Open a media stream."""

    path: str
    id: str
    account: str
    parameters: dict[str, str]


@dataclass(frozen=True, slots=True)
class Ring:
    """Let somebody's telephone ring."""

    number: str
    sequence: int
    """To be sent back with how it ended."""


@dataclass(frozen=True, slots=True)
class Over:
    """The call is over."""


Step = Stream | Ring | Over


@dataclass(frozen=True, slots=True)
class Said:
    """What the assistant says at this point of a call."""

    sequence: int
    """Number of the move it belongs to; 0 while nothing is known of the call."""
    lines: tuple[str, ...] = ()


class Posting(Protocol):
    """Posts a signed form to one of our webhooks; :class:`channels.try_page.webhooks.Webhooks` does."""

    def post(self, target: str, form: Mapping[str, str]) -> bytes:
        """What the webhook answers."""
        ...


class CallProvider:
    """Carries calls the way a Twilio-compatible provider does, always over the media stream.

    An installation may let its provider listen and speak (``MOTCUA_VOICE_STREAM=false``). Then the webhooks open the
    call all the same, and the stream joins it with a token of the same kind: its first input repeats the last move.

    Every method but :meth:`said` may raise :class:`WebhookFailed`, and every one :class:`redis.RedisError`.

    Args:
        webhooks: of this gateway.
        tokens: lets streams in.
        states: tells what is being said.
    """

    def __init__(self, webhooks: Posting, tokens: StreamTokens, states: CallStates) -> None:
        self._webhooks = webhooks
        self._tokens = tokens
        self._states = states

    def begin(self, caller: str) -> tuple[str, Step]:
        """A new call: its id, and how it goes on."""
        call = f"CA{uuid.uuid4().hex}"
        return call, self._told(call, caller, "/voice/twilio", CallStatus="ringing")

    def stream_ended(self, call: str, caller: str) -> Step:
        """The assistant closed the stream, or it broke."""
        return self._told(call, caller, "/voice/twilio/streamed", CallStatus="in-progress")

    def nobody_answered(self, call: str, caller: str, sequence: int) -> Step:
        """A telephone rang in vain: there is nobody behind the simulator."""
        target = f"/voice/twilio/dialled?n={sequence}"
        return self._told(call, caller, target, CallStatus="in-progress", DialCallStatus="no-answer")

    def end(self, call: str, caller: str) -> None:
        """The call is over, whoever ended it."""
        self._webhooks.post("/voice/twilio/status", _form(call, caller, CallStatus="completed"))

    def said(self, call: str) -> Said:
        """What was said last in a call."""
        try:
            state = self._states.find(call)
        except CallEnded:
            return Said(0)
        last = state.last() if state is not None else None
        return Said(last.sequence, tuple(line.text for line in last.say)) if last is not None else Said(0)

    def _told(self, call: str, caller: str, target: str, **fields: str) -> Step:
        match twiml.read(self._webhooks.post(target, _form(call, caller, **fields))):
            case twiml.Connect(path, parameters):
                return _stream(path, dict(parameters))
            case twiml.Listen():
                return _stream(STREAM_PATH, {"token": self._tokens.issue(StreamedCall(call, caller))})
            case twiml.Dial(number, sequence):
                return Ring(number, sequence)
            case twiml.HangUp():
                return Over()


def _stream(path: str, parameters: dict[str, str]) -> Stream:
    return Stream(path, f"MZ{uuid.uuid4().hex}", ACCOUNT, parameters)


def _form(call: str, caller: str, **fields: str) -> dict[str, str]:
    return {
        "CallSid": call,
        "AccountSid": ACCOUNT,
        "From": caller,
        "To": OUR_NUMBER,
        "Direction": "inbound",
        **fields,
    }
