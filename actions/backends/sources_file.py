"""The file of ``MOTCUA_DOSSIER_SOURCES``: which systems there are, how each lets us in, and whom a code is asked of.

docs/dossier-sources.md explains it with a whole example. Secrets are never in it, only names of files that hold them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from actions.backends.named_file import read_named_file
from runtime.messages import Message

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{1,40}$")]
Prefix = Annotated[str, StringConstraints(pattern=r"^[A-Z]\d{2}(\.[A-Z0-9]{2,3}){0,4}$")]
Seconds = Annotated[float, Field(gt=0, le=60)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NoneAtAll(_Part):
    """The network itself is closed."""

    kind: Literal["none"] = "none"


class ClientCredentials(_Part):
    """National bus and ministries: consumer key and secret for a token."""

    kind: Literal["client-credentials"]
    token_url: str
    id_file: Path
    secret_file: Path


class Keycloak(_Part):
    """VNPT iGate 2: a service account for a token."""

    kind: Literal["keycloak"]
    token_url: str
    client_id: str
    username_file: Path
    password_file: Path


class LgspHeader(_Part):
    """A provincial LGSP: a lasting secret in a header."""

    kind: Literal["lgsp-header"]
    parts: dict[str, Path]


AccessPart = Annotated[NoneAtAll | ClientCredentials | Keycloak | LgspHeader, Field(discriminator="kind")]


class _Remote(_Part):
    url: str
    access: AccessPart = NoneAtAll()
    authority: Path | None = None
    """PEM file of the certificate authority, where it is not a public one."""
    seconds: Seconds = 10.0
    push: Path | None = None
    """File with the key by which it signs pushes of changes; it pushes none without."""


class National(_Remote):
    """The adapter of the national portal."""

    kind: Literal["national"]
    agency: str
    target: str = "VPCP"
    username_file: Path
    password_file: Path
    login: str = "/auth"
    share: str = "/share"


class Lgsp(_Remote):
    """A ministry behind its LGSP."""

    kind: Literal["lgsp"]
    path: str = "/TraCuuHoSo"
    unit: str


class Igate(_Remote):
    """A province's VNPT iGate 2."""

    kind: Literal["igate"]
    states: dict[str, Annotated[int, Field(ge=1, le=10)]] = {}


class Added(_Part):
    """A source by its name in ``MOTCUA_DOSSIER_SOURCE``: the sandbox, or one that was added."""

    kind: Literal["source"]
    name: Name
    seconds: Seconds = 10.0
    push: Path | None = None


SourcePart = Annotated[National | Lgsp | Igate | Added, Field(discriminator="kind")]


class RoutePart(_Part):
    """Whom the codes of some agencies are asked of."""

    prefixes: Annotated[tuple[Prefix, ...], Field(min_length=1)]
    ask: Annotated[tuple[Name, ...], Field(min_length=1)]
    then: tuple[Name, ...] = ()


class SourcesFile(_Part):
    """The whole file."""

    sources: Annotated[dict[Name, SourcePart], Field(min_length=1)]
    routes: tuple[RoutePart, ...] = ()
    otherwise: tuple[Name, ...] = ()
    agencies: tuple[Prefix, ...] = ()
    keep_hours: Annotated[float, Field(gt=0, le=168)] = 24.0
    """How long what a source said may be told, with its age, while it is away."""

    @model_validator(mode="after")
    def _names_are_known(self) -> SourcesFile:
        named = {*self.otherwise, *(name for route in self.routes for name in (*route.ask, *route.then))}
        if unknown := sorted(named - set(self.sources)):
            raise ValueError(Message("no source is named {unknown}", unknown=", ".join(unknown)))
        if not named:
            raise ValueError(Message("no route leads to a source: give routes, or otherwise"))
        return self


def read_sources(path: Path | None) -> SourcesFile:
    """The file.

    Raises:
        BackendRejected: it is missing or wrong; the message names the place and what is allowed.
    """
    names = "it names the file of sources, docs/dossier-sources.md"
    return read_named_file(path, "MOTCUA_DOSSIER_SOURCES", names, SourcesFile)
