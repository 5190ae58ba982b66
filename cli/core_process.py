"""The core's process: serves with what serving needs and nothing else."""

from __future__ import annotations

import asyncio
import logging
import os
import sys

from assistant.lean_rasa import leave_out_for_serving

from cli.processes import die_with_parent
from runtime.data_files import check_data_files
from runtime.operator_errors import told_in_one_sentence
from runtime.settings import Settings

LOWEST_PRIORITY = 19
"""People who wait for an answer come first."""


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    leave_out_for_serving()
    # Late: importing the server imports Rasa, and with it all that is not left out by then.
    from assistant.server import serve
    from installation.core import load_turns
    from installation.root import Installation
    from runtime import logs
    from runtime.settings import load

    settings = load()
    logs.configure(settings.log_level, "core")
    check_data_files(settings.nlu_data_path)
    # Made in the process that serves: connections do not survive a fork.
    serve(settings, lambda: load_turns(Installation(settings).alone()), lambda: train_newer(settings))


async def train_newer(settings: Settings) -> bool:
    """Train the model of the present data beside the core, unless it is there; whether it is newly there."""
    from assistant.model import is_stale

    if not is_stale(settings):
        return False
    logger = logging.getLogger(__name__)
    logger.warning("training a new model; the one before answers meanwhile")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "cli.main", "train", stdin=asyncio.subprocess.DEVNULL, preexec_fn=_in_the_background
    )
    try:
        if await process.wait():
            logger.error("training failed; the lines above say why")
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    return not is_stale(settings)


def _in_the_background() -> None:
    os.nice(LOWEST_PRIORITY)
    die_with_parent()


if __name__ == "__main__":
    with told_in_one_sentence("motcua core"):
        main()
