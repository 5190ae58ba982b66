"""Commands to Redis that are sent together, on asyncio, for whoever pays for each of them.

redis-py packs them in Python, makes a task for what is sent, sets a time limit for each reply and counts each of its
connections for observers there are none of; a turn of the core asks Redis twice, and that was a tenth of it. Where all
is as it should be, the commands are packed by hiredis here, and one limit holds for the round trip. Whatever else may
be (no connection yet, one that was closed, a server that leads no more) is redis-py's, with its tries again.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Sequence
from typing import Any

import hiredis
from redis import DataError
from redis._parsers.hiredis import NOT_ENOUGH_DATA
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.asyncio.connection import AbstractConnection, ConnectionPool
from redis.exceptions import ConnectionError, ReadOnlyError, RedisError, ResponseError

Commands = Sequence[tuple[Any, Any]]
"""Each with its arguments, and how its reply is read."""

_BEGIN, _END = b"*1\r\n$5\r\nMULTI\r\n", b"*1\r\n$4\r\nEXEC\r\n"


class BriefRedis(Redis):
    """A client whose pipelines are :class:`BriefPipeline`."""

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Pipeline:
        """Commands to be sent together, in a transaction unless otherwise said."""
        return BriefPipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)


class _Gone(Exception):
    """The connection is of no use any more."""


class BriefPipeline(Pipeline):
    """redis-py's pipeline, brief where nothing is the matter."""

    # Without its look, at each call, for arguments that it warns of.
    set = inspect.unwrap(Pipeline.set)

    async def execute(self, raise_on_error: bool = True) -> list[Any]:
        """Send the commands and give what they were answered.

        Raises:
            RedisError: as redis-py raises it.
        """
        connection = await self._ready() if raise_on_error and self._is_plain() else None
        if connection is None:
            return await super().execute(raise_on_error)
        try:
            replies = await self._exchange(connection)
        except _Gone:
            replies = None
        finally:
            await self._give_back(connection)
        if replies is None:
            # Tried again as redis-py does, over a new connection.
            return await super().execute(raise_on_error)
        commands, self.command_stack = self.command_stack, []
        return self._told(commands, replies)

    def _is_plain(self) -> bool:
        """Whether there is nothing but commands and how their replies are read."""
        special = self.watching or self.explicit_transaction or self.scripts or self.connection is not None
        return not special and all(
            " " not in str(arguments[0]) and options.keys() <= {"keys"} for arguments, options in self.command_stack
        )

    async def _ready(self) -> AbstractConnection | None:
        """A connection that waits for commands; None where one is to be made or looked after first."""
        pool = self.connection_pool
        if not self.command_stack or not pool._available_connections:
            return None
        connection: AbstractConnection = pool.get_available_connection()  # type: ignore[no-untyped-call]
        try:
            if connection.is_connected and not _is_to_be_checked(connection) and not await connection.can_read():
                return connection
        except RedisError:
            pass
        await self._give_back(connection)
        return None

    async def _give_back(self, connection: AbstractConnection) -> None:
        """Have the next one take it.

        A pool nobody waits for needs no lock for that, and what redis-py tells others of it nobody listens to here.
        """
        pool = self.connection_pool
        to_be_made_anew = connection.should_reconnect()  # type: ignore[no-untyped-call]
        if to_be_made_anew or type(pool).release is not ConnectionPool.release:
            await pool.release(connection)
            return
        pool._in_use_connections.remove(connection)
        pool._available_connections.append(connection)

    async def _exchange(self, connection: AbstractConnection) -> list[Any]:
        """The replies to all commands, errors among them.

        Raises:
            _Gone: when there is no telling, or another server leads now.
            DataError: for what no command can hold.
        """
        try:
            sent = b"".join(map(_packed, self.command_stack))
        except TypeError as error:
            raise DataError(str(error)) from error
        # What is connected has both.
        writer: Any = connection._writer
        parser: Any = connection._parser
        awaited = len(self.command_stack)
        if self.is_transaction:
            sent, awaited = _BEGIN + sent + _END, awaited + 2
        try:
            async with asyncio.timeout(connection.socket_timeout):
                writer.write(sent)
                await writer.drain()
                replies = await _replies(parser, awaited)
        except (OSError, TimeoutError, ConnectionError, RuntimeError) as error:
            # RuntimeError: what uvloop says of a transport that was closed meanwhile; nothing has been sent then.
            await connection.disconnect(nowait=True)
            raise _Gone from error
        except BaseException:
            # A reply that nobody waited for must not be taken for the next one's.
            await connection.disconnect(nowait=True)
            raise
        if any(isinstance(reply, ConnectionError | ReadOnlyError) for reply in replies):
            await connection.disconnect(nowait=True)
            raise _Gone
        if connection.health_check_interval:
            connection.next_health_check = asyncio.get_running_loop().time() + connection.health_check_interval
        return replies

    def _told(self, commands: Commands, replies: list[Any]) -> list[Any]:
        """What each command was answered, read as redis-py reads it.

        Raises:
            ResponseError: the first one there is.
        """
        if self.is_transaction:
            self._raise_first(commands, replies[1:-1])
            if isinstance(replies[-1], ResponseError):
                raise replies[-1]
            replies = replies[-1]
        self._raise_first(commands, replies)
        return [self._read(arguments[0], reply) for (arguments, _), reply in zip(commands, replies, strict=True)]

    def _raise_first(self, commands: Commands, replies: list[Any]) -> None:
        for number, ((arguments, _), reply) in enumerate(zip(commands, replies, strict=True)):
            if isinstance(reply, Exception):
                self.annotate_exception(reply, number + 1, arguments)
                raise reply

    def _read(self, command: Any, reply: Any) -> Any:
        read = self.response_callbacks.get(command)
        return read(reply) if read is not None else reply


async def _replies(parser: Any, awaited: int) -> list[Any]:
    """The next replies, as many as are awaited; what hiredis has of them already without asking for each.

    Raises:
        ConnectionError: the server closed the connection.
    """
    # The first one as redis-py reads it, which also sees that the connection was closed.
    replies = [await parser.read_response()]
    while len(replies) < awaited:
        reply = parser._reader.gets()
        if reply is NOT_ENOUGH_DATA:
            await parser.read_from_socket()
        elif isinstance(reply, hiredis.PushNotification):
            # Said between two replies, to none of the commands.
            await parser.handle_push_response(reply)
        else:
            replies.append(reply)
    return replies


def _packed(command: tuple[Any, Any]) -> bytes:
    return bytes(hiredis.pack_command(command[0]))


def _is_to_be_checked(connection: AbstractConnection) -> bool:
    interval = connection.health_check_interval
    return bool(interval) and asyncio.get_running_loop().time() > connection.next_health_check
