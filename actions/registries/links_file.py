"""The file of ``MOTCUA_REGISTRY_LINKS``: how a registry of an agreement is reached. Secrets are in files it names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from actions.backends.named_file import read_named_file
from actions.backends.sources_file import AccessPart, NoneAtAll, Seconds
from actions.dossiers.backend import BackendRejected
from actions.registries.kinds import KINDS
from runtime.messages import Message


class LinkPart(BaseModel):
    """One registry."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    unit: str
    """``maDonVi``: who asks, as the agreement names it."""
    path: str | None = None
    """Of the service, where it is not the usual one."""
    access: AccessPart = NoneAtAll()
    authority: Path | None = None
    """PEM file of the certificate authority, where it is not a public one."""
    seconds: Seconds = 3.0


class LinksFile(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    registries: Annotated[dict[str, LinkPart], Field(min_length=1)]


def read_link(path: Path | None, matter: str) -> LinkPart:
    """How one registry is reached.

    Raises:
        BackendRejected: the file is missing or wrong, or does not name it; the message says where.
    """
    names = f"it names the file that says how {matter} is reached, docs/registries.md"
    file = read_named_file(path, "MOTCUA_REGISTRY_LINKS", names, LinksFile)
    if unknown := sorted(file.registries.keys() - KINDS.keys()):
        raise BackendRejected(
            Message(
                "MOTCUA_REGISTRY_LINKS={path}: registries.{unknown}: is none of {kinds}",
                path=path,
                unknown=unknown[0],
                kinds=", ".join(sorted(KINDS)),
            )
        )
    if matter not in file.registries:
        raise BackendRejected(
            Message("MOTCUA_REGISTRY_LINKS={path}: registries: {matter} is not in it", path=path, matter=matter)
        )
    return file.registries[matter]
