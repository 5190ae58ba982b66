"""Rasa's own commands without TensorFlow, nothing else of ours: ``python -m benchmarks.stock run ...``."""

from __future__ import annotations

import os
import sys

import assistant.lean_rasa  # noqa: F401  (before rasa)


def main() -> None:
    """Run a Rasa command."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"
    from rasa.__main__ import main as rasa_main

    sys.argv[0] = "rasa"
    rasa_main()


if __name__ == "__main__":
    main()
