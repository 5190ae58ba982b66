"""The machine and its processes: where they listen, who is believed, how many there are."""

from __future__ import annotations

from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from pydantic import AnyHttpUrl, Field, SecretStr, field_validator, model_validator

from runtime.messages import Message
from runtime.setting_groups.group import Group


class Environment(StrEnum):
    """Development trusts loopback callers; production asks every caller for a key."""

    DEVELOPMENT = "development"
    PRODUCTION = "production"


class ServerSettings(Group):
    """The machine and its processes: where they listen, who is believed, how many there are."""

    environment: Environment = Field(
        Environment.DEVELOPMENT, description="development: loopback callers need no key; production: everybody does"
    )
    host: str = Field("127.0.0.1", description="address the gateway listens on")
    port: int = Field(8080, ge=1, le=65534, description="port of the gateway; the core takes the next one")
    url: AnyHttpUrl | None = Field(None, description="address commands talk to; default: loopback on the port above")
    public_url: AnyHttpUrl | None = Field(
        None, description="address providers reach us at; part of what webhook signatures cover"
    )
    trusted_proxies: str = Field(
        "", description="addresses of reverse proxies whose Host and X-Forwarded-Proto are believed, comma-separated"
    )
    host_names: str = Field(
        "",
        description="further names this server is reached by, comma-separated; beside addresses and the public URL's",
    )
    limits: str = Field(
        "",
        description="limits other than those of stores/limits.yml, as name=most,…; 0 takes one away: `motcua limits`",
    )
    numbers_from: str = Field(
        "+84",
        pattern=r"^\+[0-9]{1,6}(,\+[0-9]{1,6})*$",
        description="beginnings of numbers that get texts and call-backs asked for at a kiosk or by telephone",
    )
    map_tiles: str = Field(
        "",
        pattern=r"^$|^(https?://[A-Za-z0-9.:-]+)?/\S*\{z\}\S*\{x\}\S*\{y\}\S*$",
        description="address of map tiles below the communes' points, with {z}, {x}, {y} (EPSG:3857); empty: none. "
        "Whoever looks at a map asks that server",
    )
    map_thanks: str = Field("", max_length=200, description="whose map tiles these are, as their licence wants it said")
    core_url: AnyHttpUrl | None = Field(
        None, description="address of the core, https where it is another host's; default: loopback on port + 1"
    )
    core_certificate: Path | None = Field(
        None,
        description="certificate of this host with its chain, PEM: the core offers TLS with it, others show it to it",
    )
    core_certificate_key: Path | None = Field(None, description="private key of the certificate for the core, PEM")
    core_authority: Path | None = Field(
        None,
        description="who vouches for the core's certificate, PEM; the core then wants one of the same from everybody",
    )
    api_key: SecretStr | None = Field(None, description="bearer key of /api/v1; in production there is no API without")
    security_contact: str | None = Field(
        None,
        pattern=r"^(mailto:|https://|tel:)\S+$",
        description="where weaknesses are reported, shown at /.well-known/security.txt: mailto:…, https://… or tel:…",
    )
    core_workers: int = Field(1, ge=1, le=16, description="core processes")
    web_threads: int = Field(16, ge=1, le=256, description="threads of each gateway process")
    web_workers: int = Field(1, ge=1, le=32, description="gateway processes")
    turn_timeout: float = Field(12.0, gt=0, le=60, description="seconds the gateway waits for the core")
    drain_seconds: float = Field(
        0.0,
        ge=0,
        le=60,
        description="seconds a stopping gateway goes on answering, with 503 at /readyz, so that a balancer forgets it",
    )
    cli_language: str = Field(
        "en", description="language of the command line, as in nlu_data/wording: help, results, errors"
    )
    log_level: str = Field("INFO", description="DEBUG, INFO, WARNING or ERROR")

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in {"DEBUG", "INFO", "WARNING", "ERROR"}:
            raise ValueError(Message("must be DEBUG, INFO, WARNING or ERROR"))
        return value.upper()

    @model_validator(mode="after")
    def _core_is_reached_safely(self) -> Self:
        if self.core_url is not None and self.core_url.scheme == "http" and not _is_loopback(self.core_url.host or ""):
            raise ValueError(
                Message("MOTCUA_CORE_URL: what citizens say leaves this machine by https only; http is for loopback")
            )
        if (self.core_certificate is None) != (self.core_certificate_key is None):
            raise ValueError(Message("MOTCUA_CORE_CERTIFICATE and MOTCUA_CORE_CERTIFICATE_KEY belong together"))
        return self

    @property
    def number_beginnings(self) -> tuple[str, ...]:
        """Beginnings of numbers, in E.164, that may be written to or called at a wish."""
        return tuple(self.numbers_from.split(","))

    @property
    def effective_core_url(self) -> str:
        """The core's address without trailing slash."""
        return str(self.core_url or f"http://127.0.0.1:{self.port + 1}").rstrip("/")

    @property
    def effective_url(self) -> str:
        """The address of a running system for commands, without trailing slash."""
        return str(self.url or f"http://127.0.0.1:{self.port}").rstrip("/")

    @property
    def is_development(self) -> bool:
        """Whether conveniences for one machine are allowed."""
        return self.environment is Environment.DEVELOPMENT


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"
