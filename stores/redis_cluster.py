"""A client of a Redis Cluster on asyncio whose transactions stay in the event loop, and find a closed connection out.

redis-py queues each command of a transaction in a thread with an event loop of its own. Where the client has to learn
the slots at that moment, it connects in that loop, which is closed when the command is queued: the transaction then
writes to a connection of a loop there is no more, and the turn fails. And uvloop says with RuntimeError that a
transport was closed meanwhile, which redis-py takes for a defect and does not try again after.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from redis.asyncio import RedisCluster
from redis.asyncio.cluster import AbstractStrategy, ClusterPipeline, TransactionStrategy
from redis.asyncio.connection import AbstractConnection, Connection, SSLConnection
from redis.exceptions import ConnectionError


class _TellsThatItIsClosed(AbstractConnection):
    async def send_packed_command(self, command: bytes | str | Iterable[bytes], check_health: bool = True) -> None:
        try:
            await super().send_packed_command(command, check_health)
        except RuntimeError as error:
            # Nothing has been sent; the connection was given up by the method itself.
            raise ConnectionError(f"the connection was closed meanwhile: {type(error).__name__}") from error


class _Plain(_TellsThatItIsClosed, Connection):
    pass


class _Tls(_TellsThatItIsClosed, SSLConnection):
    pass


class _Queued(TransactionStrategy):
    """Commands are only kept until they are sent; nothing is watched here."""

    def execute_command(self, *arguments: Any, **options: Any) -> Any:
        return AbstractStrategy.execute_command(self, *arguments, **options)

    async def execute(self, raise_on_error: bool = True, allow_redirections: bool = True) -> list[Any]:
        client = self._pipe.cluster_client
        if client._initialize:
            await client.initialize()
        for command in self._command_queue:
            self._pipeline_slots.add(await client._determine_slot(*command.args))
        return await super().execute(raise_on_error, allow_redirections)


class SteadyCluster(RedisCluster):
    """A client of the cluster; make it inside the event loop that uses it."""

    def __init__(self, *, ssl: bool = False, **options: Any) -> None:
        super().__init__(ssl=ssl, **options)
        kind = _Tls if ssl else _Plain
        # The library chooses the class itself; what it makes nodes of later is this mapping.
        self.connection_kwargs["connection_class"] = kind
        for node in self.startup_nodes:
            node.connection_class = kind

    def pipeline(self, transaction: Any | None = None, shard_hint: Any | None = None) -> ClusterPipeline:
        """Commands to be sent together; in a transaction their keys lie in one slot."""
        pipeline = super().pipeline(transaction, shard_hint)
        if transaction:
            pipeline._execution_strategy = _Queued(pipeline)
        return pipeline
