"""Keeps Rasa quiet: no usage statistics sent, no warnings nobody can act on, no debug lines."""

from __future__ import annotations

import logging
import os
import warnings


def quiet_imports() -> None:
    """Silence what old libraries say while they are imported."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    # Rasa draws thirty progress bars for a training of seconds; our commands show one of their own.
    os.environ.setdefault("TQDM_DISABLE", "1")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    warnings.filterwarnings("ignore", message=r".*declarative_base.*")
    warnings.filterwarnings("ignore", message=r".*pyparsing.*|.*parseString.*|.*resetCache.*")


def quiet_rasa() -> None:
    """Leave only Rasa's warnings and errors in the logs."""
    warnings.filterwarnings("ignore", category=UserWarning, module=r"rasa\b")
    logging.getLogger("rasa").setLevel(logging.WARNING)
    # rasa-sdk logs each registration at INFO.
    logging.getLogger("rasa_sdk").setLevel(logging.WARNING)
