"""The core of an installation: what ``cli.core_process`` serves, and commands run without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from language import data

if TYPE_CHECKING:
    from assistant.offline import OfflineUnderstander
    from assistant.turns import Turns
    from installation.root import Installation


def load_turns(installation: Installation) -> Turns:
    """The core with the latest model; takes seconds.

    Raises:
        ModelMissing: when no model was trained yet.
    """
    from assistant.agent import CoreParts, build_turns
    from assistant.model import latest_model
    from learning.recorder import Recorder

    with data.using(installation.settings.nlu_data_path):
        parts = CoreParts(
            settings=installation.settings,
            services=installation.services,
            connect=installation.async_redis,
            seal=installation.seal,
            knowledge=installation.knowledge,
            emergencies=installation.emergencies,
            recorder=Recorder(
                installation.learning,
                installation.today,
                installation.settings.learning_days,
                ratings=installation.ratings,
            ),
            now=installation.now,
        )
        return build_turns(parts, latest_model(installation.settings))


def understander(installation: Installation) -> OfflineUnderstander:
    """The trained pipeline without a server.

    Raises:
        ModelMissing: when no model was trained yet.
    """
    # Late, and without the core: who only understands needs neither conversations nor a server.
    from assistant.offline import open_understander

    with data.using(installation.settings.nlu_data_path):
        return open_understander(installation.settings, installation.knowledge)
