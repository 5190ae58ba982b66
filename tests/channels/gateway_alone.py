"""The gateway's process with the channels' own addresses and no others: starts in half the time."""

from __future__ import annotations

from flask import Flask

from cli.web_process import main
from runtime.settings import Settings


def make_app(settings: Settings) -> Flask:
    # Late, as in cli.web_process: figures must be shared before anything that counts is imported.
    from installation.gateway import gateway
    from installation.root import Installation

    return gateway(Installation(settings, hurried=True))


if __name__ == "__main__":
    main(make_app)
