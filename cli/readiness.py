"""How the supervisor knows that a process is ready."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit


class AddressReady:
    """Asks an address, on a Unix socket when one is given, until it answers 200 once.

    Args:
        address: what is asked.
        unix_socket: where it is served, where that is no port.
        tls: gives what an https address is asked with.
    """

    def __init__(
        self, address: str, unix_socket: Path | None = None, tls: Callable[[], ssl.SSLContext] | None = None
    ) -> None:
        self._address = urlsplit(address)
        # Made only where it is wanted: the machine's authorities take memory.
        self._tls = tls() if tls is not None and self._address.scheme == "https" else None
        self._unix_socket = unix_socket
        self._ready = False

    def __call__(self) -> bool:
        if not self._ready:
            connection = self._connection()
            try:
                if self._unix_socket is not None:
                    connection.sock = socket.socket(socket.AF_UNIX)
                    connection.sock.settimeout(2.0)
                    connection.sock.connect(str(self._unix_socket))
                connection.request("GET", self._address.path)
                self._ready = connection.getresponse().status == 200
            except (OSError, HTTPException):
                self._ready = False
            finally:
                connection.close()
        return self._ready

    def _connection(self) -> HTTPConnection:
        host, port = self._address.hostname or "", self._address.port
        if self._tls is not None:
            return HTTPSConnection(host, port, timeout=2.0, context=self._tls)
        return HTTPConnection(host, port, timeout=2.0)


class WorkerReady:
    """Waits for a sign of life given after this moment: the one before may be of a worker that was killed."""

    def __init__(self, redis_url: str) -> None:
        # Only a system that sends text messages needs Redis' client here.
        from channels.heartbeats import Heartbeats
        from stores.redis_addresses import client_at

        self._heartbeats = Heartbeats(client_at(redis_url, decode_responses=True))
        self._since = time.time()
        self._ready = False

    def __call__(self) -> bool:
        from redis import RedisError

        if not self._ready:
            with contextlib.suppress(RedisError):
                self._ready = self._heartbeats.any_since(self._since)
        return self._ready


def always_ready() -> bool:
    """For what nobody waits for: the line to the centre, the browser."""
    return True
