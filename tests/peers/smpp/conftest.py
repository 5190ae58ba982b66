from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from kannel_boxes import Gateway, Kannel
from smpp_centre import Centre

from channels.sms.providers.smpp.send import KannelRoute


@pytest.fixture
def centre() -> Iterator[Centre]:
    """The operator."""
    running = Centre.start()
    yield running
    running.stop()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    """Our webhooks, serving."""
    running = Gateway()
    running.start()
    yield running
    running.stop()


@pytest.fixture
def start_kannel(tmp_path: Path, centre: Centre, gateway: Gateway) -> Iterator[Callable[..., Kannel]]:
    """Starts Kannel; keywords as of the class."""
    running: list[Kannel] = []

    def start(**options: int) -> Kannel:
        running.append(Kannel(tmp_path, centre, gateway, **options))
        running[-1].start()
        return running[-1]

    yield start
    for kannel in running:
        kannel.stop()


@pytest.fixture
def kannel(start_kannel: Callable[..., Kannel]) -> Kannel:
    """Kannel, bound to the operator."""
    return start_kannel()


@pytest.fixture
async def route(kannel: Kannel) -> AsyncIterator[KannelRoute]:
    """Our end."""
    made = kannel.route()
    yield made
    await made.close()
