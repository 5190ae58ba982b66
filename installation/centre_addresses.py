"""The addresses of a centre: for its boxes, its officers, other agencies, and what sources say of dossiers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Blueprint

from channels.dossier_push import blueprint as push_address
from channels.parts import Parts
from installation.centre import centre_pages, desk_figures, kiosk_sync, open311, reporting
from installation.exchange import exchange
from installation.root import Installation
from installation.text_messages import TextMessageStores


def dossier_push(here: Installation, _parts: Parts) -> Blueprint:
    """Where sources say that a dossier has changed."""
    return push_address(here.dossier_pushes, TextMessageStores(here).following)


ADDRESSES: Final[tuple[Callable[[Installation, Parts], Blueprint], ...]] = (
    dossier_push,
    kiosk_sync,
    centre_pages,
    open311,
    reporting,
    exchange,
    desk_figures,
)
