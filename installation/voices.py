"""What a process speaks and hears with; apart from the commands, whose library a process without any need not load."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from runtime.settings import Settings
from speech.prompts.watching import WatchedPrompts
from speech.speaking import Speaking
from speech.voices.cache import SpokenCache
from speech.voices.worker_voice import WorkerVoice

_MEGABYTE = 1_000_000


def piper_folder(settings: Settings) -> Path:
    """Where the files of the neural voice that is set are, or would be."""
    return settings.speech_models_path / settings.piper_voice


@asynccontextmanager
async def open_speaking(settings: Settings) -> AsyncIterator[Speaking]:
    """What a process speaks with, as the settings want it; the voice's workers end with the block.

    Raises EngineMissing when the synthetic voice that is set cannot be loaded.
    """
    size = settings.voice_cache_mb * _MEGABYTE
    cache = SpokenCache(size, settings.data_path / "speech" / "spoken" if size else None, size)
    async with WorkerVoice.named(settings.voice, settings.voice_workers, piper_folder(settings)) as voice:
        yield Speaking(voice, cache, WatchedPrompts(settings.voice_prompts_path))
