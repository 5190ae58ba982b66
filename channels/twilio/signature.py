"""Whether a webhook was signed with our token.

The signature is an HMAC-SHA1 over the address the provider called and the sorted form fields. The address
must be the one it called, to the letter: frameworks decode ``%20``, ``%2F`` or ``%C4`` in what they call the
URL, and a proxy changes scheme and host. So the address is put together from the raw request line and from
the bases we may have been called at.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from urllib.parse import quote, urlsplit

from flask import Request
from twilio.request_validator import RequestValidator

from channels.callers import Callers

HEADER = "X-Twilio-Signature"

_DEFAULT_PORTS = {"http": 80, "https": 443}


class SignatureCheck:
    """Checks webhooks against one token.

    Args:
        token: what the provider signs with.
        public_url: address the provider reaches us at, if set; without trailing slash.
        callers: whose forwarding headers are believed.
    """

    def __init__(self, token: str, public_url: str | None, callers: Callers) -> None:
        self._validator = RequestValidator(token)
        self._public_url = public_url.rstrip("/") if public_url else None
        self._callers = callers

    def is_valid(self, request: Request) -> bool:
        """Whether the signature fits one of the addresses this request may have been sent to."""
        given = request.headers.get(HEADER, "").encode("utf-8", "replace")
        fits = False
        for address in self._addresses(request):
            expected = self._validator.compute_signature(address, request.form)
            fits |= hmac.compare_digest(given, expected.encode())
        return fits

    def _addresses(self, request: Request) -> Iterator[str]:
        target = raw_target(request)
        for base in self._bases(request):
            yield from (variant + target for variant in with_and_without_port(base))

    def _bases(self, request: Request) -> Iterator[str]:
        if self._public_url:
            yield self._public_url
        scheme, host = request.environ["wsgi.url_scheme"], request.headers.get("Host", "")
        yield f"{scheme}://{host}"
        if self._callers.is_trusted_proxy(request):
            forwarded_scheme = _last(request.headers.get("X-Forwarded-Proto", "")) or scheme
            forwarded_host = _last(request.headers.get("X-Forwarded-Host", "")) or host
            yield f"{forwarded_scheme}://{forwarded_host}"


def raw_target(request: Request) -> str:
    """Path and query as they stood in the request line.

    gunicorn calls it ``RAW_URI``, uWSGI and mod_wsgi ``REQUEST_URI``; a server with neither gives a decoded
    path, which is encoded again as providers do.
    """
    raw = request.environ.get("RAW_URI") or request.environ.get("REQUEST_URI")
    if not raw:
        decoded = (request.environ.get("SCRIPT_NAME", "") + request.environ.get("PATH_INFO", "")).encode("latin-1")
        query = request.environ.get("QUERY_STRING", "")
        return quote(decoded, safe="/:@!$&'()*+,;=~") + (f"?{query}" if query else "")
    if not raw.startswith("/"):
        # Absolute form, as sent to proxies: http://host/path?query.
        parts = urlsplit(raw)
        return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return str(raw)


def with_and_without_port(base: str) -> Iterator[str]:
    """A base address as it is, with its port left out, and with the scheme's own port written.

    Providers differ, and change over time, in whether they sign a port.
    """
    yield base
    scheme, _, rest = base.partition("://")
    host, slash, path = rest.partition("/")
    bare, colon, port = host.rpartition(":")
    if colon and port.isascii() and port.isdigit():
        yield f"{scheme}://{bare}{slash}{path}"
    elif scheme in _DEFAULT_PORTS:
        yield f"{scheme}://{host}:{_DEFAULT_PORTS[scheme]}{slash}{path}"


def _last(values: str) -> str:
    """The value the nearest proxy added to a comma-separated header field."""
    return values.rpartition(",")[2].strip()
