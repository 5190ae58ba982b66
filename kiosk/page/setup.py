"""What the page needs before the first touch, in one answer."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from catalogue.store import CatalogueStore
from channels.words import words as channel_words
from contract.turn import Channel
from kiosk.page.sign_videos import videos
from kiosk.page.situations import Situation, questions
from kiosk.page.voice_client import Abilities
from kiosk.signed_texts import Signing
from kiosk.words import words
from language.languages import installed
from runtime.settings import Settings

SPOKEN: Final = "say_"
"""Beginning of the names of texts that are read aloud."""


def setup(
    settings: Settings,
    situations: tuple[Situation, ...],
    catalogue: CatalogueStore,
    signing: Signing,
    abilities: Abilities,
    *,
    sends_texts: bool,
    keeps_look_ups: bool,
    tells_tickets: bool,
    is_shut_out: bool,
) -> dict[str, Any]:
    """Texts in every language, tiles with their questions, and what this box can do."""
    languages = installed()
    return {
        "languages": [{"tag": tag, "name": languages[tag].name} for tag in languages.offered],
        "texts": {tag: _texts(tag, signing) for tag in languages.offered},
        "situations": [
            {
                "key": one.key,
                "labels": {tag: one.label(tag) for tag in languages.offered},
                "questions": {tag: questions(one, catalogue, tag) for tag in languages.offered},
            }
            for one in situations
        ],
        "idle_seconds": settings.kiosk_idle_seconds,
        "warning_seconds": settings.kiosk_warning_seconds,
        "hears": abilities.hears,
        "speaks": abilities.speaks,
        "sign_videos": sorted(videos(settings.kiosk_sign_videos)),
        "prints": settings.kiosk_printer is not None,
        "texts_out": sends_texts,
        "service_number": settings.service_number,
        "look_ups_later": keeps_look_ups,
        "tells_tickets": tells_tickets,
        "shut_out": is_shut_out,
    }


def _texts(language: str, signing: Signing) -> dict[str, Any]:
    """Texts by name; those to be spoken with their proofs."""
    return {
        key: asdict(signing.sign(text)) if key.startswith(SPOKEN) else text
        for key, text in words().texts(language).items()
    } | {"trouble": channel_words().text(language, "trouble_next", Channel.KIOSK)}
