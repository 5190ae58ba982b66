"""The one way for commands to open an installation, and to let go of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from catalogue.wording import read_in
from installation.root import Installation
from language import data
from runtime import settings as settings_module
from runtime.settings import Settings


@contextmanager
def opened(
    settings: Settings | None = None, *, with_tables: bool = True, with_redis: bool = False
) -> Iterator[Installation]:
    """The installation for as long as a command runs.

    Args:
        settings: of it; those of the environment when None.
        with_tables: make its tables where they are missing or old.
        with_redis: the running system's Redis, or else the data folder's own server, started for this block.
    """
    installation = Installation(settings or settings_module.load())
    with ExitStack() as stack:
        if with_redis and installation.settings.redis_url is None:
            from stores.redis_server import RedisServer

            stack.enter_context(RedisServer(installation.settings.data_path / "redis"))
        stack.callback(installation.close)
        stack.enter_context(data.using(installation.settings.nlu_data_path))
        stack.enter_context(read_in(installation.settings.cli_language))
        if with_tables:
            installation.make_tables()
        yield installation
