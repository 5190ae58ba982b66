"""A core on another host than those who ask it: by TLS, to those with the key, with an authority to its own alone."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from certificates import certificate
from running_system import START_SECONDS, RunningSystem

from channels.core_client import CoreClient, CoreError, CoreRefused, CoreUnavailable
from runtime import tls
from runtime.core_key import core_key
from stores.redis_server import RedisServer

SECRET = "a secret of the tests that both hosts share"


@dataclass
class Apart:
    """A core alone, a gateway alone, and what they show each other."""

    core_url: str
    gateway: RunningSystem
    files: tuple[Path, Path]

    def client(self, shown: tuple[Path | None, Path | None], secret: str = SECRET) -> CoreClient:
        context = tls.opening(self.files[0], *shown)
        return CoreClient(self.core_url, core_key(secret.encode()), timeout=5, connections=1, tls=context)


@pytest.fixture(scope="module")
def apart(trained: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    folder = tmp_path_factory.mktemp("apart")
    files = certificate(folder)
    with RedisServer(folder / "redis") as redis, ExitStack() as stack:
        core = RunningSystem(data=folder / "core", log=folder / "core.log", only="core")
        gateway = RunningSystem(data=folder / "gateway", log=folder / "gateway.log", only="web")
        shared = {
            "MOTCUA_DATABASE_URL": f"sqlite:///{folder / 'common.db'}",
            "MOTCUA_REDIS_URL": redis.url,
            "MOTCUA_SECRET_KEY": SECRET,
            "MOTCUA_CORE_URL": f"https://127.0.0.1:{core.port + 1}",
            "MOTCUA_CORE_CERTIFICATE": str(files[0]),
            "MOTCUA_CORE_CERTIFICATE_KEY": str(files[1]),
            # The certificate vouches for itself.
            "MOTCUA_CORE_AUTHORITY": str(files[0]),
        }
        for host in (core, gateway):
            host.settings = shared
            stack.callback(host.stop)
        made = Apart(shared["MOTCUA_CORE_URL"], gateway, files)
        core.launch()
        _wait_for_core(made, core)
        gateway.start()
        yield made


def _wait_for_core(made: Apart, core: RunningSystem) -> None:
    client, deadline = made.client(made.files), time.monotonic() + START_SECONDS
    try:
        while True:
            try:
                return client.ping()
            except CoreError:
                assert time.monotonic() < deadline, core.log_text()
                assert core.process is not None and core.process.poll() is None, core.log_text()  # noqa: PT018
                time.sleep(0.1)
    finally:
        client.close()


def test_a_gateway_asks_a_core_on_another_host_by_mutual_tls(apart: Apart) -> None:
    assert "Làm giấy khai sinh cần" in apart.gateway.say("làm giấy khai sinh cần gì").text


def test_who_shows_no_certificate_of_the_authority_is_not_answered(apart: Apart, tmp_path: Path) -> None:
    for shown in ((None, None), certificate(tmp_path)):
        client = apart.client(shown)
        with pytest.raises(CoreUnavailable, match=r"MOTCUA_CORE_CERTIFICATE|(?i:certificate|unknown ca)"):
            client.ping()
        client.close()


def test_who_has_a_certificate_and_not_the_key_is_refused(apart: Apart) -> None:
    client = apart.client(apart.files, "another secret")
    with pytest.raises(CoreRefused):
        client.tried("kiosk-1")
    client.close()


def test_a_core_nobody_vouches_for_is_asked_nothing(apart: Apart) -> None:
    client = CoreClient(apart.core_url, "key", timeout=5, connections=1, tls=ssl.create_default_context())
    with pytest.raises(CoreUnavailable, match=r"(?i)certificate verify failed"):
        client.ping()
    client.close()


def test_nothing_is_answered_without_tls(apart: Apart) -> None:
    with pytest.raises(httpx.HTTPError):
        httpx.get(apart.core_url.replace("https", "http") + "/webhooks/turn/", trust_env=False).raise_for_status()
