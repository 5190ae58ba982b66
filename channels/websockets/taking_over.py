"""The voice process' side: sockets handed over by the gateway become connections of an aiohttp server."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

from channels.websockets.address import LARGEST_REQUEST
from runtime import logs

_log = logs.get(__name__)


class TakingOver:
    """Listens for handed-over sockets while the context is open.

    Args:
        path: Unix socket to listen on; an old one of a process that died is replaced.
        protocol: makes the server protocol of one connection (``aiohttp.web.AppRunner.server``).
    """

    def __init__(self, path: Path, protocol: Callable[[], asyncio.Protocol]) -> None:
        self._path = path
        self._protocol = protocol
        self._channel: socket.socket | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin to take sockets."""
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        # Bound beside and moved in place: a gateway never finds a path without a listener behind it.
        beside = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        beside.unlink(missing_ok=True)
        channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        channel.bind(str(beside))
        beside.chmod(0o600)
        beside.replace(self._path)
        channel.setblocking(False)
        self._channel = channel
        asyncio.get_running_loop().add_reader(channel, self._take)

    async def stop(self) -> None:
        """Take no more; connections already taken go on."""
        if self._channel is None:
            return
        asyncio.get_running_loop().remove_reader(self._channel)
        self._channel.close()
        self._channel = None
        self._path.unlink(missing_ok=True)
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _take(self) -> None:
        assert self._channel is not None
        while True:
            try:
                head, descriptors, _, _ = socket.recv_fds(self._channel, LARGEST_REQUEST, 4)
            except BlockingIOError:
                return
            except OSError as error:
                _log.warning("a stream could not be taken over", cause=type(error).__name__)
                return
            for descriptor in descriptors[1:]:
                os.close(descriptor)
            if descriptors:
                task = asyncio.get_running_loop().create_task(self._connect(head, descriptors[0]))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _connect(self, head: bytes, descriptor: int) -> None:
        connection = socket.socket(fileno=descriptor)
        connection.setblocking(False)
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            _, protocol = await asyncio.get_running_loop().connect_accepted_socket(self._protocol, connection)
        except OSError as error:
            connection.close()
            _log.info("a stream was gone before it was taken over", cause=type(error).__name__)
            return
        protocol.data_received(head)
