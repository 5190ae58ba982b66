"""What a public registry must offer, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from redis import Redis

from actions.dossiers.model import Clock
from contract.wording import Wording
from stores.sealing import Seal

ByLanguage = Mapping[str, str]
"""A sentence by language, as BCP 47 primary tags; the first stands for those it lacks."""


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """What a registry holds under a key, with what the person in it proves to be that person by."""

    key: str = field(repr=False)
    """In canonical form."""
    told: Mapping[str, ByLanguage]
    """Sentences by part (``card``, ``months``), in the order in which they are told; no name, number or address."""
    endings: tuple[str, ...] = field(repr=False)
    """Last four digits of the telephone and identity numbers of the person."""
    phone: str | None = field(default=None, repr=False)
    """The telephone number of the person, as ``0900000101``: for a one-time code; never told."""


class PublicRegistry(Protocol):
    """A registry that answers one person's question about themselves in a sentence or two.

    Every method may raise :class:`actions.dossiers.backend.BackendError`. Calls block; run them off the event loop.
    """

    @property
    def matter(self) -> str:
        """What it is asked about: ``population``, ``insurance``, ``land``, ``business``, ``vehicle``. Entries of
        knowledge name it, and so lead to it."""
        ...

    @property
    def purpose(self) -> ByLanguage:
        """What it is asked for, in a sentence: said before a person agrees."""
        ...

    @property
    def asks_key(self) -> ByLanguage:
        """The sentence that asks for what the person's entry is found by, and says where that stands."""
        ...

    @property
    def needs_consent(self) -> bool:
        """Whether the person must have agreed to this purpose before anything is asked."""
        ...

    @property
    def seconds(self) -> float:
        """How long an answer may take; after that nothing could be looked up."""
        ...

    @property
    def kept_on_kiosks(self) -> bool:
        """Whether the law lets a kiosk keep its entries for days without a line. Where it does not, a kiosk without a
        line says so and names the page."""
        ...

    def read_key(self, text: str, today: date) -> str | None:
        """The key in somebody's words, in canonical form, or only its digits where only these were given (on the keys
        of a telephone); None when there is none. Never an identity number."""
        ...

    def find(self, key: str) -> Sequence[RegistryEntry]:
        """The entries with this key, or with these digits in their key; none when the registry knows none.

        Whether somebody may hear of one is for :class:`actions.registries.service.RegistryService` to say.
        """
        ...


@dataclass(frozen=True, slots=True)
class RegistryContext:
    """What an installation hands to a registry."""

    clock: Clock
    redis: Redis
    """Shared by every process of the installation; keys begin with ``motcua:`` and the registry's name."""
    seal: Seal
    """Hides what is kept there."""
    words: Wording
    """The room ``registries``, for the project's own."""
    links: Path | None = None
    """The file of ``MOTCUA_REGISTRY_LINKS``."""


RegistryFactory = Callable[[Any, RegistryContext], PublicRegistry]
"""What ``motcua.registries`` names, given the registry's own settings and what it may use. It must not ask anybody
yet: the system starts although a registry is down."""
