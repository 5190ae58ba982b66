"""The core's process: serves with what serving needs and nothing else."""

from __future__ import annotations

from assistant.lean_rasa import leave_out_for_serving


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
    # Made in the process that serves: connections do not survive a fork.
    serve(settings, lambda: load_turns(Installation(settings).alone()))


if __name__ == "__main__":
    main()
