"""The worker's process, started by ``motcua up`` or a service manager."""

from __future__ import annotations

import asyncio
import sys

import uvloop

from channels.figures_folder import share_figures
from installation.root import Installation
from installation.tables import migrate_apart
from runtime import logs
from runtime.messages import translated
from runtime.operator_errors import told_in_one_sentence
from runtime.settings import load


def main() -> None:
    """Read the settings and work; a wrong setting ends the process with its name on stderr."""
    try:
        settings = load()
        here = Installation(settings, hurried=True).alone()
        _ = here.seal
    except ValueError as error:
        sys.exit(f"motcua worker: {translated(error)}")
    logs.configure(settings.log_level, "worker")
    share_figures(settings.data_path, "worker")
    try:
        migrate_apart(settings.effective_database_url)
        # Late: figures must be shared before anything that counts is imported.
        from installation.worker import work

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(work(here))
    finally:
        here.close()


if __name__ == "__main__":
    with told_in_one_sentence("motcua worker"):
        main()
