"""One JSON exchange with a system of an agency: bounded in time and size, verified, and honest about what went wrong.

Nothing of a request or an answer is ever in a message: both hold codes, numbers and names.
"""

from __future__ import annotations

import json
import ssl
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx

from actions.dossiers.backend import BackendRejected, BackendUnavailable

MOST_BYTES: Final = 4_000_000
"""Of one answer, unpacked: a thousand records; more is no look-up of one code."""
CONNECT_SECONDS: Final = 5.0
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_TRY_LATER: Final = frozenset({408, 425, 429})


class NotAuthorised(BackendRejected):
    """401: the token or session is not, or no longer, taken."""


class Https:
    """Asks one system. Safe to share between threads, not across a fork.

    Args:
        name: of the source, for messages.
        url: https; http only to this machine, where a stand-in may serve.
        authority: PEM file of the certificate authority that vouches for the system, where it is not a public one.
        seconds: one exchange takes at most, whatever the other side does.

    Raises:
        BackendRejected: the address or the authority's file cannot be used.
    """

    def __init__(self, name: str, url: str, authority: Path | None, seconds: float) -> None:
        place = urlsplit(url)
        if place.scheme != "https" and place.hostname not in _LOOPBACK:
            raise BackendRejected(f"{name}: the address must begin with https://")
        self._name = name
        self._seconds = seconds
        self._client = httpx.Client(
            base_url=url,
            verify=self._trust(authority),
            # A redirect elsewhere would hand tokens and codes to whoever is there.
            follow_redirects=False,
            # Nor does a proxy set for the machine see them.
            trust_env=False,
            limits=httpx.Limits(max_connections=64, max_keepalive_connections=16, keepalive_expiry=15.0),
        )

    def exchange(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
        body: Any = None,
        form: Mapping[str, str] | None = None,
    ) -> Any:
        """What the system answers, as JSON.

        Raises:
            NotAuthorised: 401.
            BackendUnavailable: nobody answered in time, or it says or shows that it is out of order.
            BackendRejected: somebody must repair something: 403, a redirect, a certificate.
        """
        ends = time.monotonic() + self._seconds
        try:
            limits = httpx.Timeout(self._seconds, connect=min(CONNECT_SECONDS, self._seconds))
            with self._client.stream(
                method, path, headers=headers, params=params, json=body, data=form, timeout=limits
            ) as answer:
                self._check(answer.status_code)
                return self._json(self._read(answer, ends))
        except httpx.TimeoutException as error:
            raise BackendUnavailable(f"{self._name}: no answer in time ({type(error).__name__})") from None
        except httpx.DecodingError:
            raise BackendUnavailable(f"{self._name}: an answer that cannot be unpacked") from None
        except httpx.HTTPError as error:
            if _is_about_certificate(error):
                raise BackendRejected(f"{self._name}: its certificate is not valid or not trusted") from None
            raise BackendUnavailable(f"{self._name}: no connection ({type(error).__name__})") from None
        except httpx.InvalidURL:
            raise BackendRejected(f"{self._name}: the address is none") from None

    def _trust(self, authority: Path | None) -> ssl.SSLContext:
        try:
            return ssl.create_default_context(cafile=authority)
        except OSError as error:
            raise BackendRejected(
                f"{self._name}: the authority's file cannot be read ({type(error).__name__})"
            ) from None

    def _check(self, status: int) -> None:
        if status == 401:
            raise NotAuthorised(f"{self._name}: HTTP 401, the account or its token is not taken")
        if status >= 500 or status in _TRY_LATER:
            raise BackendUnavailable(f"{self._name}: HTTP {status}")
        if not 200 <= status < 300:
            raise BackendRejected(f"{self._name}: HTTP {status}")

    def _read(self, answer: httpx.Response, ends: float) -> bytes:
        content = bytearray()
        for piece in answer.iter_bytes():
            content += piece
            if len(content) > MOST_BYTES:
                raise BackendRejected(f"{self._name}: an answer larger than {MOST_BYTES} bytes")
            # A drip keeps every single read within its own limit.
            if time.monotonic() > ends:
                raise BackendUnavailable(f"{self._name}: no answer in time (it drips)")
        return bytes(content)

    def _json(self, content: bytes) -> Any:
        try:
            # RFC 8259: UTF-8; older systems put a mark before it, or write UTF-16.
            return json.loads(content.decode(json.detect_encoding(content)))
        except (ValueError, RecursionError):
            # A page of the web server in front of it, half an answer: as a rule it passes.
            raise BackendUnavailable(f"{self._name}: an answer that is no JSON") from None


def _is_about_certificate(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        error = error.__cause__ or error.__context__
    return False
