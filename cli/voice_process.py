"""The voice process as ``motcua up`` runs it: streams of calls and the kiosk's microphone."""

from __future__ import annotations

import sys

from aiohttp import web

from assistant import logs
from assistant.settings import load
from channels.websockets.serve import serve


def main() -> None:
    """Read the settings and serve; a wrong setting ends the process with its name on stderr."""
    try:
        settings = load()
    except ValueError as error:
        sys.exit(f"motcua voice: {error}")
    logs.configure(settings.log_level, "voice")
    serve(web.Application(), settings)


if __name__ == "__main__":
    main()
