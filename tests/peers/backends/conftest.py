"""Stand-ins that are served, and sources that ask them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from actions.backends.routed import put_together
from actions.backends.routing import Routed
from actions.backends.sources_file import SourcesFile
from actions.dossiers.backend import SourceContext
from cli.stand_ins.kinds import ACCOUNT, As
from cli.stand_ins.serving import StandIn, serving
from runtime.clock import now
from stores.redis_server import RedisServer
from stores.sealing import Seal

SECONDS = 2.0
"""One exchange of a source takes at most."""


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    with RedisServer(tmp_path_factory.mktemp("redis")) as running:
        yield running


@pytest.fixture
def redis(redis_server: RedisServer) -> Iterator[Redis]:
    with Redis.from_url(redis_server.url) as client:
        client.flushall()
        yield client


@pytest.fixture
def secret_file(tmp_path: Path) -> Path:
    path = tmp_path / "account"
    path.write_text(f"{ACCOUNT}\n", encoding="utf-8")
    return path


class Served:
    """Stand-ins by kind, each served from when it is first asked for."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._by_kind: dict[As, tuple[StandIn, str]] = {}

    def __getitem__(self, kind: As) -> StandIn:
        return self._of(kind)[0]

    def url(self, kind: As) -> str:
        return self._of(kind)[1]

    def _of(self, kind: As) -> tuple[StandIn, str]:
        if kind not in self._by_kind:
            stand_in = StandIn(kind, now)
            self._by_kind[kind] = stand_in, self._stack.enter_context(serving(stand_in))
        return self._by_kind[kind]


@pytest.fixture
def served() -> Iterator[Served]:
    with ExitStack() as stack:
        yield Served(stack)


@pytest.fixture
def part(served: Served, secret_file: Path) -> Callable[[As], dict[str, Any]]:
    """The part of a file of sources that leads to a stand-in."""

    def described(kind: As) -> dict[str, Any]:
        url, account = served.url(kind), {"username_file": secret_file, "password_file": secret_file}
        common: dict[str, Any] = {"url": url, "seconds": SECONDS}
        match kind:
            case As.NATIONAL:
                return {"kind": "national", "agency": "000.00.01.H15", **account, **common}
            case As.LGSP:
                secrets = {"id_file": secret_file, "secret_file": secret_file}
                access = {"kind": "client-credentials", "token_url": f"{url}/token", **secrets}
                return {"kind": "lgsp", "unit": "H15", "access": access, **common}
            case As.PROVINCE:
                token_url = f"{url}/auth/realms/digo/protocol/openid-connect/token"
                access = {"kind": "keycloak", "token_url": token_url, "client_id": "mot-cua", **account}
                return {"kind": "igate", "access": access, **common}

    return described


@pytest.fixture
def routed(redis: Redis) -> Iterator[Callable[..., Routed]]:
    """Sources put together from what a file would say."""
    with ExitStack() as stack:

        def make(**content: Any) -> Routed:
            context = SourceContext(now, redis, Seal(b"a secret for tests only"))
            made = put_together(SourcesFile.model_validate(content), context)
            stack.callback(made.close)
            return made

        yield make
