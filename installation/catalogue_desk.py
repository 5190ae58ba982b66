"""The catalogue desk of an installation, and what it offers to kiosks."""

from __future__ import annotations

import asyncio
import threading
from functools import cache, partial
from pathlib import Path

from assistant.evaluation import read_sets
from assistant.model import latest_model
from assistant.trial import Trials
from catalogue.approved import APPROVED, approved_folders
from catalogue.proposals import Proposals
from catalogue.record import Procedure
from centre.catalogue_desk import CatalogueDesk
from centre.publishing import Ingredients, Published
from centre.publishing_job import Progress, PublishingJob
from channels.rendering.plainness import Plainness, plainness
from contract.aspects import Aspect
from installation.centre import CentreStores
from installation.labels import labels_of
from installation.root import Installation
from installation.voices import open_speaking
from language.languages import default_language
from speech.audio import Recording, wav_bytes
from speech.voices.voice import Accent, Style
from stores.audit import Deed
from understanding.learned_phrases import LEARNED

_RATE = 16_000
_ONE_VOICE = threading.Lock()
"""A preview is made at a time: the voice of the telephone must not wait for the desk."""


def catalogue_desk(here: Installation) -> CatalogueDesk:
    """The desk over the stores of an installation."""
    settings = here.settings
    _, folder = approved_folders(settings.nlu_data_path, settings.data_path)
    return CatalogueDesk(
        store=here.catalogue,
        proposals=Proposals(here.database, here.now, here.audit, folder, here.catalogue.record),
        today=here.today,
        preview=partial(_preview, here),
        speak=partial(_spoken, here),
        measured=cache(lambda: tuple(line["text"] for line in read_sets(settings.nlu_data_path / "eval"))),
        learning=here.learning,
        label=lambda number, meaning: labels_of(here).label(number, meaning),
        provinces=lambda: [(code, one.name) for code, one in sorted(here.catalogue.rules().provinces.items())],
        trials=Trials(settings),
        taught_at=lambda: _newest(folder, settings.data_path / LEARNED),
        to_kiosks=PublishingJob(settings.data_path / "bundles", here.now, partial(_to_kiosks, here)),
    )


def ingredients_of(here: Installation, *, with_model: bool = True, settings_file: Path | None = None) -> Ingredients:
    """What this installation runs with, as a bundle for kiosks is made of it.

    Args:
        here: the installation.
        with_model: whether the newest model goes along, where there is one.
        settings_file: YAML of settings for kiosks.
    """
    settings, model = here.settings, latest_model(here.settings)
    approved = approved_folders(settings.nlu_data_path, settings.data_path)[1]
    return Ingredients(
        here.database,
        settings.nlu_data_path,
        model if with_model and model.exists() else None,
        settings.voice_prompts_path,
        settings_file,
        {APPROVED: approved, LEARNED: settings.data_path / LEARNED},
    )


def _newest(*folders: Path) -> float:
    """When a file below some folders changed last."""
    return max((path.stat().st_mtime for folder in folders for path in folder.rglob("*.yml")), default=0.0)


def _to_kiosks(here: Installation, officer: str, packed: Progress) -> Published:
    centre = CentreStores(here)
    done = centre.shelf.publish(ingredients_of(here), above=centre.kiosks.highest_bundle(), packed=packed)
    here.audit.note(Deed.PUBLISHED, officer, f"bundle {done.number}", "centre")
    return done


def _preview(here: Installation, record: Procedure, side: Aspect) -> Plainness:
    """As on its first day, where that is still to come."""
    settings = here.settings
    day = max(here.today(), record.valid_from or here.today())
    return plainness(here.procedure_answers_on(lambda: day).reply(record, side, first=False), settings)


def _spoken(here: Installation, text: str) -> bytes:
    settings = here.settings
    style = Style(default_language(), Accent(settings.voice_accent), settings.voice_speed)

    async def spoken() -> bytes:
        async with open_speaking(settings) as speaking:
            return await speaking.whole(text, style, rate=_RATE, is_public=True)

    with _ONE_VOICE:
        return wav_bytes(Recording(asyncio.run(spoken()), _RATE))
