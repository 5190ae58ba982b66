"""A box becomes a kiosk with a one-time code from the centre."""

from __future__ import annotations

import hmac

import httpx

from kiosk.centre_link.client import CONNECT_SECONDS, SILENCE_SECONDS
from kiosk.centre_link.encryption import connection_to
from kiosk.centre_link.identity import FIRST_KEYS, Identity, identity_folder, keep_identity
from kiosk.protocol import codes
from kiosk.protocol.keys import Keys, PublicKeys
from kiosk.protocol.messages import PATHS, Enrolled, Enrolment
from runtime.messages import Message
from runtime.settings import Settings


class EnrolmentFailed(Exception):
    """The box is not enrolled; the message says what to do."""


def enrol(settings: Settings, url: str, code: str) -> Identity:
    """Enrol this box. Tried again after it broke off, with the same code, it ends the same.

    Args:
        settings: of this box.
        url: of the centre.
        code: as typed.

    Raises:
        EnrolmentFailed: wrong code, no line, or not the centre that made the code.
    """
    try:
        key = codes.code_key(code)
    except ValueError as error:
        raise EnrolmentFailed(str(error)) from None
    # On disk before the centre hears of them: else a power cut would leave it with keys that nobody has.
    # New ones for each code, and the same ones when the same code is tried again.
    lookup = codes.lookup(key)
    kept = f"{FIRST_KEYS}-{lookup[:16]}"
    keys = Keys.kept(identity_folder(settings) / kept)
    request = Enrolment(lookup=lookup, public=keys.public.text, proof=codes.box_proof(key, keys.public))
    url = url.rstrip("/")
    try:
        timeout = httpx.Timeout(SILENCE_SECONDS, connect=CONNECT_SECONDS)
        response = httpx.post(
            f"{url}{PATHS}/enrol",
            content=request.to_bytes(),
            timeout=timeout,
            verify=connection_to(url),
            trust_env=False,
        )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise EnrolmentFailed(
            Message("the centre cannot be reached ({kind}): check address and line", kind=type(error).__name__)
        ) from None
    if response.status_code == 403:
        raise EnrolmentFailed(Message("the centre does not know this code: it is used up, too old, or mistyped"))
    if response.status_code != 200:
        raise EnrolmentFailed(
            Message("the centre answers with status {status}: is this its address?", status=response.status_code)
        )
    try:
        answer = Enrolled.from_bytes(response.content)
        centre = PublicKeys.from_text(answer.public)
    except ValueError:
        raise EnrolmentFailed(Message("that is no centre: is this its address?")) from None
    proof = codes.centre_proof(key, keys.public, centre, answer.kiosk, answer.name)
    if not hmac.compare_digest(proof.encode(), answer.proof.encode()):
        raise EnrolmentFailed(Message("who answered does not know the code: somebody sits on the line"))
    identity = Identity(answer.kiosk, answer.name, url, centre, keys=kept)
    keep_identity(settings, identity)
    return identity
