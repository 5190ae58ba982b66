"""The voice process as ``motcua up`` runs it: streams of calls and the kiosk's microphone."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from functools import partial

from aiohttp import web

from channels.figures_folder import share_figures
from channels.transcribing import Transcribing
from channels.websockets.serve import serve
from installation.root import Installation
from installation.speech import SpeechParts
from kiosk import recent_log
from kiosk.audio.routes import KioskAudio
from kiosk.bundles.applied import Applied
from kiosk.bundles.following import LOOK_SECONDS, Following
from kiosk.signed_texts import Signing
from language import data
from runtime import logs
from runtime.core_key import core_key
from runtime.messages import translated
from runtime.operator_errors import told_in_one_sentence
from runtime.settings import load


def main() -> None:
    """Read the settings and serve; a wrong setting ends the process with its name on stderr."""
    try:
        settings = load()
    except ValueError as error:
        sys.exit(f"motcua voice: {translated(error)}")
    logs.configure(settings.log_level, "voice")
    recent_log.keep(settings.data_path, "voice")
    share_figures(settings.data_path, "voice")
    app = web.Application()
    here = Installation(settings, hurried=True).alone()
    speech = SpeechParts(here)
    app.cleanup_ctx.append(speech.run)
    more: dict[str, Callable[[], Awaitable[None]]] = {}
    if settings.takes_calls:
        # Late: a kiosk does without the 35 MB, and figures must be shared before anything that counts is imported.
        from installation.calls import CallParts

        try:
            calls = CallParts(here, speech)
            calls.add_to(app)
            more["leave"] = calls.leave
        except ValueError as error:
            sys.exit(f"motcua voice: {translated(error)}")
    if Applied.of(settings).folder.exists():
        app.cleanup_ctx.append(partial(follow_bundles, Following.here(settings, "voice")))
    KioskAudio(speech.pool, lambda: speech.speaking, Signing(here.seal), settings).add_to(app.router)
    Transcribing(speech.pool, core_key(settings.secret())).add_to(app.router)
    serve(app, settings, **more)


async def follow_bundles(following: Following, _app: web.Application) -> AsyncIterator[None]:
    """Read the word lists of the bundle in use; for another voice or other prompts the supervisor starts us again."""

    async def follow() -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            number = following.due()
            if number is None:
                continue
            with suppress(ValueError, OSError), following.taking_up(number) as settings:
                data.serve(settings.nlu_data_path)

    task = asyncio.create_task(follow())
    yield
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


if __name__ == "__main__":
    with told_in_one_sentence("motcua voice"):
        main()
