"""The province's accounts: a certified OpenID provider (npm ``oidc-provider``) as a process of its own."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from re import search
from urllib.parse import urljoin

import httpx
import pytest
from free_ports import free_port

PEERS = Path(__file__).parent / "peers"
CLIENT = "motcua"
SECRET = "a secret: of the tests/+%"
PUBLIC_CLIENT = "motcua-public"


@dataclass
class OpenIdProvider:
    """One provider; started, stopped and started again at the same address."""

    comes_back_to: Sequence[str]
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[str] | None = None

    @property
    def issuer(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        if shutil.which("node") is None:
            pytest.skip("node is missing: Debian package nodejs")
        if not (PEERS / "node_modules" / "oidc-provider").exists():
            pytest.skip("oidc-provider is missing: npm ci --prefix tests/peers --ignore-scripts")
        self.process = subprocess.Popen(
            ["node", PEERS / "openid" / "provider.mjs", str(self.port), *self.comes_back_to],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        assert self.process.stdout.readline().strip() == "ready"

    def stop(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.communicate()

    def set_account(self, name: str, **claims: object) -> None:
        httpx.post(f"{self.issuer}/test/accounts", json={name: claims}, trust_env=False).raise_for_status()


def sign_in_there(address: str, name: str, comes_back_to: str) -> str:
    """What somebody does at the provider, as their browser would; where it sends them back to, with the answer."""
    with httpx.Client(trust_env=False, timeout=20) as browser:
        response = browser.get(address)
        for _ in range(12):
            if (there := response.headers.get("Location")) is not None:
                there = urljoin(str(response.url), there)
                if there.startswith(comes_back_to):
                    return there
                response = browser.get(there)
                continue
            assert response.status_code == 200, response.text
            form = search(r'action="([^"]+)"', response.text)
            prompt = search(r'name="prompt" value="(\w+)"', response.text)
            assert form is not None
            assert prompt is not None
            fields = {"prompt": prompt[1], "login": name, "password": "any"}
            response = browser.post(urljoin(str(response.url), unescape(form[1])), data=fields)
    raise AssertionError("the provider does not send anybody back")
