"""HTTP for the provider's SDK: kept connections, any address, time limits, and silence.

The SDK's own asynchronous client does not do for us: it never passes its time limit on, so that a silent provider
keeps a request for ever, and it logs addresses with their query, which may hold a telephone number.
"""

from __future__ import annotations

import logging
from typing import Any

import aiohttp
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

CONNECT_SECONDS = 5.0
READ_SECONDS = 15.0
"""Silence after which we no longer wait for an answer."""
TOTAL_SECONDS = 30.0
LONGEST_ANSWER = 1_000_000
"""Bytes; fifty of the longest messages in a list take a quarter of it."""


class Refused(Exception):
    """The provider answered with another status than 2xx.

    Kept apart from the SDK's own exception, which drops the header fields and shows the provider's words, where a
    number may stand, wherever it is printed.
    """

    def __init__(self, status: int, body: str, retry_after: str | None) -> None:
        super().__init__(f"status {status}")
        self.status = status
        self.body = body
        self.retry_after = retry_after


class UnreadableAnswer(ValueError):
    """The provider answered 2xx with something that is no text of a sensible length."""


class KeptConnections(AsyncHttpClient):  # type: ignore[misc]
    """The SDK's way to the provider.

    Args:
        connections: at once, at most.
    """

    def __init__(self, connections: int) -> None:
        super().__init__(logging.getLogger(__name__), True)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=connections),
            timeout=aiohttp.ClientTimeout(total=TOTAL_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=READ_SECONDS),
            cookie_jar=aiohttp.DummyCookieJar(),
            trust_env=False,
        )

    async def request(
        self,
        method: str,
        url: str,
        params: dict[str, Any] | None = None,
        data: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """Called by the SDK; the time limits are our own.

        Raises:
            Refused: the status is not 2xx.
            UnreadableAnswer: it is, but nothing else is right.
            aiohttp.ClientError, TimeoutError: the connection failed.
        """
        async with self._session.request(
            method,
            url,
            params=params,
            data=data,
            headers={**(headers or {}), **({"Authorization": aiohttp.encode_basic_auth(*auth)} if auth else {})},
            allow_redirects=False,
        ) as response:
            text = await _text(response)
            if not 200 <= response.status < 300:
                raise Refused(response.status, text, response.headers.get("Retry-After"))
            return Response(response.status, text, response.headers)

    async def close(self) -> None:
        """Let the connections go."""
        await self._session.close()


async def _text(response: aiohttp.ClientResponse) -> str:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > LONGEST_ANSWER:
            response.close()
            raise UnreadableAnswer("the answer does not end")
    return body.decode("utf-8", "replace")
