"""Recognition and voice of the voice process: made once, shared by telephone streams and the kiosk."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from functools import partial

from aiohttp import web

from installation.recognition import models_of
from installation.root import Installation
from installation.voices import open_speaking
from runtime import logs
from speech.errors import EngineMissing, SpeechError
from speech.recognition import engines
from speech.recognition.pool import RecogniserPool
from speech.speaking import Speaking

_log = logs.get(__name__)


class SpeechParts:
    """What the process hears and speaks with.

    Args:
        installation: its settings say which engine, how many workers, which voice.
    """

    def __init__(self, installation: Installation) -> None:
        self._settings = installation.settings
        spec, workers = self._chosen()
        self.pool = RecogniserPool(partial(engines.load, spec), workers, report=lambda line: _log.warning(line))
        """Hears nothing until its model is loaded, and never when there is no engine."""
        self.speaking: Speaking | None = None
        """None until the voice has started, and where none is installed."""

    async def run(self, _app: web.Application) -> AsyncIterator[None]:
        """For ``Application.cleanup_ctx``: start with the process, end with it."""
        # A model takes seconds to load; keys and pictures work meanwhile.
        loading = asyncio.create_task(self._load())
        async with contextlib.AsyncExitStack() as stack:
            try:
                self.speaking = await stack.enter_async_context(open_speaking(self._settings))
            except SpeechError as error:
                _log.warning("there is no voice", cause=str(error))
            yield
            self.speaking = None
        loading.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await loading
        await self.pool.stop()

    async def _load(self) -> None:
        try:
            await self.pool.start()
        except EngineMissing as error:
            _log.error("speech is not recognised", cause=str(error))

    def _chosen(self) -> tuple[engines.EngineSpec, int]:
        """The engine and how many workers it gets; a missing one is no reason to lose the voice."""
        settings, models = self._settings, models_of(self._settings)
        try:
            choice = engines.choose(settings.speech_engine, models)
        except EngineMissing as error:
            _log.error("speech is not recognised", cause=str(error))
            return engines.EngineSpec(engines.NONE, models), 0
        _log.info(choice.statement)
        return choice.spec, settings.recognisers if choice.hears else 0
