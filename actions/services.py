"""What the actions work with, handed in by whoever runs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from actions.dossiers.follow import Follow, NobodyFollows
from actions.dossiers.service import LookUpByCode
from actions.dossiers.wording import DossierWording
from actions.out_of_service import Notices
from actions.procedures.answers import Answers
from actions.registries.service import AskedRegistry
from catalogue.knowledge_base import KnowledgeBase
from catalogue.store import CatalogueStore
from contract.wording import Wording
from tickets.store import TicketStore


@dataclass(frozen=True)
class Services:
    """Everything an action may call."""

    catalogue: CatalogueStore
    knowledge: KnowledgeBase
    answers: Answers
    wording: Wording
    dossiers: LookUpByCode
    dossier_wording: DossierWording
    registries: Mapping[str, AskedRegistry]
    """Those that may be asked here, by what they are asked about."""
    registry_wording: Wording
    """The room ``registries``."""
    tickets: TicketStore
    today: Callable[[], date]
    """The local date."""
    notices: Notices | None = None
    """Tells what is out of service; None: nothing ever is."""
    follow: Follow = field(default_factory=NobodyFollows)
    danger_in: Callable[[str], str | None] = lambda text: None
    """The kind of danger words tell of, if any."""
    rating_share: float = 0.0
    """Of the conversations that come to their end, how many are asked whether it helped; 0 to 1."""
    origin: str = ""
    """Name of the kiosk this runs on; empty at the centre."""


class NoServices(RuntimeError):
    """Actions run without anything to call; the message says what to do."""


_provided: list[Callable[[], Services]] = []


def provide(services: Callable[[], Services]) -> None:
    """Say what the actions call that rasa-sdk makes itself, for ``motcua rasa run actions``."""
    _provided[:] = [services]


def provided() -> Services:
    """What :func:`provide` was told.

    Raises:
        NoServices: nothing was.
    """
    if not _provided:
        raise NoServices("no installation is open: start the actions by `motcua rasa run actions`")
    return _provided[0]()
