"""Signed requests of kiosks and signed answers of the centre. What a bundle is signed with stands in ``manifest.py``.

A request carries ``Kiosk: <id> <sequence> <signature>``. The sequence of a kiosk only grows, and the centre takes
each number once: nothing recorded can be sent again, and no clock has to be right for it. An answer carries
``Centre: <time> <signature>``; its signature covers the request's, so that it answers this request and no other,
and its time is what kiosks set their watch by.

RFC 9421 would need some 400 bytes a message for the same; an hourly sign of life should cost less than that.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from dataclasses import dataclass
from typing import Final

from kiosk.protocol.keys import BadSignature, Keys, PublicKeys

REQUEST_HEADER: Final = "Kiosk"
ANSWER_HEADER: Final = "Centre"
REPLAYED_BODY: Final = b"replayed "
"""Begins the body that denies a sequence number; the last one the centre has taken follows."""
_REQUEST: Final = b"motcua kiosk request 1"
_ANSWER: Final = b"motcua centre answer 1"


@dataclass(frozen=True, slots=True)
class Claim:
    """Who a request says it is from."""

    kiosk: str
    sequence: int
    signature: bytes


def sign_request(keys: Keys, kiosk: str, sequence: int, method: str, target: str, body: bytes) -> tuple[str, bytes]:
    """The header's value and the signature that the answer must cover.

    Args:
        keys: of the kiosk.
        kiosk: its id.
        sequence: larger than any used before.
        method: in capitals.
        target: path and query.
        body: as sent.
    """
    signature = keys.sign(*_request_parts(kiosk, sequence, method, target, body))
    return f"{kiosk} {sequence} {_text(signature)}", signature


def read_claim(value: str | None) -> Claim:
    """Read a request's header.

    Raises:
        BadSignature: there is none, or it cannot be read.
    """
    kiosk, _, rest = (value or "").partition(" ")
    sequence, _, signature = rest.partition(" ")
    # More digits than any kiosk will ever count would not fit the database.
    if not kiosk or not (sequence.isascii() and sequence.isdigit() and len(sequence) <= 15):
        raise BadSignature("no signed request of a kiosk")
    return Claim(kiosk, int(sequence), _bytes(signature))


def check_request(public: PublicKeys, claim: Claim, method: str, target: str, body: bytes) -> None:
    """Pass when the kiosk has signed this request. Raises :class:`BadSignature`."""
    public.check(claim.signature, *_request_parts(claim.kiosk, claim.sequence, method, target, body))


def sign_answer(keys: Keys, request: bytes, status: int, now: float, body: bytes) -> str:
    """The header's value.

    Args:
        keys: of the centre.
        request: signature of the request that is answered.
        status: HTTP status.
        now: seconds since 1970.
        body: as sent.
    """
    time = f"{now:.3f}"
    return f"{time} {_text(keys.sign(*_answer_parts(request, status, time, body)))}"


def check_answer(public: PublicKeys, request: bytes, status: int, value: str | None, body: bytes) -> float:
    """The time at the centre, in seconds since 1970, when it has signed this answer to this request.

    Raises:
        BadSignature: it has not; whoever sits between must not be believed.
    """
    time, _, signature = (value or "").partition(" ")
    public.check(_bytes(signature), *_answer_parts(request, status, time, body))
    return float(time)


def _request_parts(kiosk: str, sequence: int, method: str, target: str, body: bytes) -> tuple[bytes, ...]:
    digest = hashlib.sha256(body).digest()
    return (_REQUEST, kiosk.encode(), str(sequence).encode(), method.encode(), target.encode(), digest)


def _answer_parts(request: bytes, status: int, time: str, body: bytes) -> tuple[bytes, ...]:
    return (_ANSWER, request, str(status).encode(), time.encode(), hashlib.sha256(body).digest())


def _text(signature: bytes) -> str:
    return base64.urlsafe_b64encode(signature).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text.encode("ascii"))
    except (binascii.Error, UnicodeEncodeError):
        raise BadSignature("the signature cannot be read") from None
