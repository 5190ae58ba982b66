"""As little of HTTP/1.1 as a provider needs that must cost less than what is measured against it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from http import HTTPStatus
from typing import Any


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    path: str
    query: str
    authorization: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: bytes
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


class Silence(Enum):
    """Ways not to answer."""

    HANG = "hang"
    """Keep the connection open and say nothing."""
    DROP = "drop"
    """Close the connection."""


Handler = Callable[[Request], Awaitable[Response | Silence]]


def as_json(status: int, content: Any, *headers: tuple[str, str]) -> Response:
    return Response(status, json.dumps(content, ensure_ascii=False).encode(), headers=headers)


class Connection(asyncio.Protocol):
    """One kept connection; requests on it are answered one after the other."""

    def __init__(self, handler: Handler, open_connections: set[Connection]) -> None:
        self._handler = handler
        self._open = open_connections
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None
        self._answering: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._open.add(self)

    def connection_lost(self, error: Exception | None) -> None:
        self._open.discard(self)
        if self._answering is not None:
            self._answering.cancel()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._answering is None or self._answering.done():
            self._next()

    def _next(self) -> None:
        request = self._request()
        if request is not None:
            self._answering = asyncio.get_running_loop().create_task(self._answer(request))

    async def _answer(self, request: Request) -> None:
        response = await self._handler(request)
        assert self._transport is not None
        if response is Silence.HANG:
            await asyncio.Event().wait()
        elif response is Silence.DROP:
            self._transport.abort()
        elif isinstance(response, Response):
            self._transport.write(_head(response) + response.body)
            self._next()

    def _request(self) -> Request | None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        first, *lines = self._buffer[:end].decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        length = int(fields.get("content-length", "0"))
        if len(self._buffer) < end + 4 + length:
            return None
        body = bytes(self._buffer[end + 4 : end + 4 + length])
        del self._buffer[: end + 4 + length]
        method, target, _ = first.split(" ")
        path, _, query = target.partition("?")
        return Request(method, path, query, fields.get("authorization", ""), body)


def _head(response: Response) -> bytes:
    lines = [
        f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}",
        f"Content-Type: {response.content_type}",
        f"Content-Length: {len(response.body)}",
        *(f"{name}: {value}" for name, value in response.headers),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
