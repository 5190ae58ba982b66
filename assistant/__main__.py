"""The core's process, ``python -m assistant``: serves with what serving needs and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.lean_rasa import leave_out_for_serving

if TYPE_CHECKING:
    from assistant.server import LookUps


def main(look_ups: LookUps | None = None) -> None:
    """Leave out what only training needs, then serve."""
    leave_out_for_serving()
    # Late: importing the server imports Rasa, and with it all that is not left out by then.
    from assistant import server

    server.main(look_ups)


if __name__ == "__main__":
    main()
