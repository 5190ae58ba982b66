"""Keeps Rasa quiet: no usage statistics sent, no warnings nobody can act on, no debug lines."""

from __future__ import annotations

import logging
import os


def quiet_imports() -> None:
    """Silence what old libraries say while they are imported."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    # Rasa draws thirty progress bars for a training of seconds unless its own log level is low.
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    # Filters do not last: Sanic puts its own in front when it is imported. Sent to a logger, warnings stay silent.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.ERROR)


def quiet_rasa() -> None:
    """Leave only Rasa's warnings and errors in the logs."""
    logging.getLogger("rasa").setLevel(logging.WARNING)
    # rasa-sdk logs each registration at INFO.
    logging.getLogger("rasa_sdk").setLevel(logging.WARNING)
