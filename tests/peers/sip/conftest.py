from __future__ import annotations

from collections.abc import Iterator

import pytest
from telephone_system import TelephoneSystem


@pytest.fixture(scope="session")
def telephone(trained: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TelephoneSystem]:
    """A running system that can be called. Mark its users ``xdist_group("one-at-a-time")``."""
    folder = tmp_path_factory.mktemp("telephone")
    running = TelephoneSystem(data=folder / "data", log=folder / "log")
    running.start()
    try:
        yield running
    finally:
        running.stop()
