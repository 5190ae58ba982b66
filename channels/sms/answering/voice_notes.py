"""Voice notes and voicemail that come as files: fetched from the provider, and made words on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import urlsplit

import httpx

from channels.core_client import CoreUnavailable
from channels.recordings_address import LARGEST_BYTES, PATH
from channels.websockets.address import listening_socket
from runtime import logs
from runtime.core_key import core_key
from runtime.settings import Settings
from speech.errors import Fault

FETCH_SECONDS: Final = 10.0
HEAR_SECONDS: Final = 60.0
"""The longest recording, on a machine that is busy with calls."""
MOST_REDIRECTS: Final = 3

_log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Note:
    """What a recording held."""

    text: str = ""
    """Empty where nothing was understood."""
    is_too_long: bool = False


class VoiceNotes(Protocol):
    """Listens to recordings."""

    def listen(self, address: str) -> Note:
        """What is said in the recording at an address; raises CoreUnavailable when that cannot be told just now."""
        ...


class RecognisedNotes:
    """Fetches from the provider that brought the message, and asks the voice process; safe to share between threads.

    The address comes in a signed form. Even so the account's password goes to the provider's own host alone; another
    host it sends us on to gets none, and must speak TLS.

    Args:
        settings: the provider's address and account, and where the voice process listens.
    """

    def __init__(self, settings: Settings) -> None:
        self._origin = _origin(str(settings.twilio_api_url))
        self._account = settings.twilio_account_sid or ""
        self._token = settings.twilio_auth_token
        self._fetching = httpx.Client(timeout=FETCH_SECONDS, trust_env=False)
        self._voice = httpx.Client(
            transport=httpx.HTTPTransport(uds=str(listening_socket(settings))),
            base_url="http://voice",
            headers={"Authorization": f"Bearer {core_key(settings.secret())}"},
            timeout=HEAR_SECONDS,
            trust_env=False,
        )

    def listen(self, address: str) -> Note:
        """What is said in the recording.

        Raises:
            CoreUnavailable: the provider or the recogniser does not answer now.
        """
        recording = self._fetched(address)
        if recording is None:
            return Note()
        try:
            response = self._voice.post(PATH, content=recording)
        except httpx.HTTPError as error:
            raise CoreUnavailable(f"the voice process does not answer: {type(error).__name__}") from None
        if response.status_code == httpx.codes.UNPROCESSABLE_ENTITY:
            return Note(is_too_long=response.json().get("fault") == Fault.LONG)
        if response.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
            return Note(is_too_long=True)
        if response.status_code != httpx.codes.OK:
            raise CoreUnavailable(f"the voice process answered {response.status_code}")
        return Note(str(response.json()["text"]).strip())

    def _fetched(self, address: str) -> bytes | None:
        """The file; None where there is none to be had, ever."""
        for _ in range(MOST_REDIRECTS + 1):
            is_theirs = _origin(address) == self._origin
            if not is_theirs and not address.startswith("https://"):
                _log.warning("a recording lies at an address that is not asked")
                return None
            with self._answer_of(address, with_password=is_theirs) as response:
                if response.is_redirect:
                    address = str(response.next_request.url) if response.next_request is not None else ""
                    continue
                if response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR or response.status_code in (404, 429):
                    # Providers know a message before they know its file.
                    raise CoreUnavailable(f"the provider has no recording yet: {response.status_code}")
                if response.status_code != httpx.codes.OK:
                    _log.warning("a recording cannot be fetched", status=response.status_code)
                    return None
                return _read(response)
        return None

    @contextmanager
    def _answer_of(self, address: str, *, with_password: bool) -> Iterator[httpx.Response]:
        """An answer whose body is still to be read; what the network does until then ends as CoreUnavailable."""
        password = self._token.get_secret_value() if self._token is not None else ""
        auth = httpx.BasicAuth(self._account, password) if with_password and self._account else None
        try:
            request = self._fetching.build_request("GET", address)
            response = self._fetching.send(request, auth=auth, stream=True)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise CoreUnavailable(f"the provider's recording cannot be fetched: {type(error).__name__}") from None
        with closing(response):
            yield response


def _read(response: httpx.Response) -> bytes:
    data = bytearray()
    try:
        for piece in response.iter_bytes():
            data += piece
            if len(data) > LARGEST_BYTES:
                # One byte more tells the voice process, which says so.
                return bytes(data[: LARGEST_BYTES + 1])
    except httpx.HTTPError as error:
        raise CoreUnavailable(f"the provider's recording broke off: {type(error).__name__}") from None
    return bytes(data)


def _origin(address: str) -> tuple[str, str, int | None]:
    try:
        parts = urlsplit(address)
        return parts.scheme, parts.hostname or "", parts.port
    except ValueError:
        return "", "", None
