"""The gateway's side: a worker that hands sockets of WebSocket requests to the voice process."""

from __future__ import annotations

import socket
from pathlib import Path
from typing import Any

from channels.fair_turns import FairWorker
from channels.websockets.address import LARGEST_REQUEST, PATHS
from runtime import logs

SOCKET_PATH: Path | None = None
"""Set by :mod:`channels.serve` before workers are forked; gunicorn makes workers without arguments of ours."""

_log = logs.get(__name__)


class HandingOverWorker(FairWorker):
    """The gateway's worker; a WebSocket request leaves with its socket instead of being answered here."""

    def handle_request(self, req: Any, conn: Any) -> bool:
        """Hand the socket over, or answer as ever: the application says 503 when nobody takes it."""
        if SOCKET_PATH is None or not is_websocket(req) or not self._hand_over(req, conn):
            return bool(super().handle_request(req, conn))
        # The voice process holds the socket now. gunicorn may shut down what it closes, which would end the stream
        # for both, so it gets a socket of no importance to close.
        conn.sock.close()
        conn.sock, other = socket.socketpair()
        other.close()
        return False

    def _hand_over(self, req: Any, conn: Any) -> bool:
        head = request_head(req) + conn.parser.unreader.take_buffered()
        if len(head) > LARGEST_REQUEST:
            return False
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
                channel.settimeout(1.0)
                channel.connect(str(SOCKET_PATH))
                socket.send_fds(channel, [head], [conn.sock.fileno()])
        except OSError as error:
            _log.warning("no voice process takes the stream", path=req.path, cause=type(error).__name__)
            return False
        _log.info("stream handed to the voice process", path=req.path)
        return True


def is_websocket(req: Any) -> bool:
    """Whether a request asks for one of our WebSockets."""
    if req.method != "GET" or req.path not in PATHS:
        return False
    return any(name == "UPGRADE" and value.lower() == "websocket" for name, value in req.headers)


def request_head(req: Any) -> bytes:
    """The request as it is written on the wire."""
    lines = [f"{req.method} {req.uri} HTTP/1.1", *(f"{name}: {value}" for name, value in req.headers)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")
