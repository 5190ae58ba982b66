"""The embedded Redis server among the supervised processes."""

from __future__ import annotations

import time

from cli.processes import Child, die_with_parent
from stores.redis_server import RedisServer


class RedisChild(Child):
    """Keeps a server on the data folder, whoever has started it: another ``motcua`` on the same folder may have.

    Args:
        server: over the folder.
    """

    def __init__(self, server: RedisServer) -> None:
        super().__init__("redis", (), {}, server.is_answering, comes_first=True)
        self._server = server

    def start(self) -> None:
        """Start the server, unless one has the folder."""
        self.started = time.monotonic()
        self.process = self._server.launch(die_with_parent)

    def has_died(self) -> bool:
        """Whether there is none any more."""
        return super().has_died() if self.process is not None else not self._server.is_running()
