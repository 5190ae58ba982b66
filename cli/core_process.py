"""The core's process: serves with what serving needs and nothing else."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from assistant.lean_rasa import leave_out_for_serving, left_out_while_importing

from cli.processes import die_with_parent
from kiosk import recent_log
from kiosk.bundles.applied import Applied
from kiosk.bundles.following import LOOK_SECONDS, Following
from language import data
from runtime import logs
from runtime.data_files import check_data_files
from runtime.operator_errors import told_in_one_sentence
from runtime.settings import Settings

if TYPE_CHECKING:
    from assistant.renewal import Answering
    from assistant.turns import Turns

# Run as a program, so that the name of the module is not its own.
_log = logs.get("cli.core_process")

LOWEST_PRIORITY = 19
"""People who wait for an answer come first."""


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    leave_out_for_serving()
    # Late: importing the server imports Rasa, and with it all that is not left out by then.
    with left_out_while_importing():
        import assistant.agent  # noqa: F401 - imported as soon as a model is loaded
        from assistant.server import serve
    from runtime.settings import load

    settings = load()
    logs.configure(settings.log_level, "core")
    recent_log.keep(settings.data_path, "core")
    check_data_files(settings.nlu_data_path)
    core = Core()
    serve(settings, lambda: core.load(settings), lambda answering: core.keep_renewed(settings, answering))


class Core:
    """What answers in this process: at first with the settings it was started with."""

    def __init__(self) -> None:
        self._serving: ExitStack = ExitStack()

    def load(self, settings: Settings) -> Turns:
        """The turns of an installation; made in the process that serves, since connections do not survive a fork."""
        from installation.core import load_turns
        from installation.root import Installation

        here = Installation(settings).alone()
        self._serving.callback(here.close)
        return load_turns(here)

    async def keep_renewed(self, settings: Settings, answering: Answering) -> None:
        """Take up a model that was trained meanwhile; then, as long as the server runs, what a centre sends, or what
        officers want learnt.
        """
        from assistant.trial import Trials

        trials = Trials(settings)
        wished = trials.wished()
        await self._renew(settings, answering, lambda: is_due(settings))
        if Applied.of(settings).folder.exists():
            await self._follow(Following.here(settings, "core"), answering)
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if (newest := trials.wished()) != wished:
                wished = newest
                # Even where nothing is due: an officer waits for the word of the trial.
                await self._renew(settings, answering, lambda: True)

    async def _renew(self, settings: Settings, answering: Answering, is_wanted: Callable[[], bool]) -> None:
        """Change over to the model of the present data, where one is wanted and understands no worse."""
        from assistant.renewal import Renewal
        from runtime.memory import give_back

        before, self._serving = self._serving, ExitStack()

        async def trained() -> bool:
            return is_wanted() and await train_newer(settings)

        if await Renewal(trained, lambda: self.load(settings)).run(answering):
            before.close()
            # What loading had put aside for good is no longer so.
            gc.unfreeze()
            give_back()
        else:
            self._serving.close()
            self._serving = before

    async def _follow(self, following: Following, answering: Answering) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            number = following.due()
            if number is None:
                continue
            try:
                await self._take_up(following, number, answering)
            except Exception as error:
                _log.error(
                    "a bundle cannot be taken up, the one before goes on answering", number=number, cause=repr(error)
                )
            else:
                _log.warning("answering with a bundle", number=number)

    async def _take_up(self, following: Following, number: int, answering: Answering) -> None:
        from assistant.renewal import change_over, loaded
        from runtime.memory import give_back

        folder, before = data.folder(), self._serving
        self._serving = ExitStack()
        try:
            with following.taking_up(number) as settings:
                check_data_files(settings.nlu_data_path)
                older = change_over(answering, await loaded(lambda: self.load(settings)))
        except BaseException:
            data.serve(folder)
            self._serving.close()
            self._serving = before
            raise
        await older.retire()
        before.close()
        del older
        # What loading had put aside for good is no longer so.
        gc.unfreeze()
        give_back()


def is_due(settings: Settings) -> bool:
    """Whether somebody waits for a model, or there is none of the present data and none that was found worse."""
    from assistant.model import fingerprint, is_stale
    from assistant.trial import RUNNING, Trials

    trials = Trials(settings)
    last = trials.last()
    if last is not None and last.state in RUNNING:
        # Wished while nothing ran, or cut off: somebody waits for its word.
        return True
    return is_stale(settings) and not trials.has_refused(fingerprint(settings))


async def train_newer(settings: Settings) -> bool:
    """Have a model of the present data trained and measured beside the core; whether it is newly there."""
    from assistant.model import is_stale

    was_stale = is_stale(settings)
    if was_stale:
        _log.warning("training a new model; the one before answers meanwhile")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "cli.main",
        "train",
        "--trial",
        stdin=asyncio.subprocess.DEVNULL,
        preexec_fn=_in_the_background,
    )
    try:
        if await process.wait():
            _log.error("there is no new model; the lines above say why")
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()
    return was_stale and not is_stale(settings)


def _in_the_background() -> None:
    os.nice(LOWEST_PRIORITY)
    die_with_parent()


if __name__ == "__main__":
    with told_in_one_sentence("motcua core"):
        main()
