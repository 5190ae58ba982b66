"""Registries of an agreement, asked over a bus of the state: ``MOTCUA_REGISTRIES=insurance``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from actions.backends.access import Access, let_in
from actions.backends.breaker import Breaker
from actions.backends.https import Https
from actions.backends.routed import access_of
from actions.dossiers.backend import BackendError, BackendRejected
from actions.registries.kind import Kind, OwnRegistry
from actions.registries.kinds import KINDS
from actions.registries.links_file import read_link
from actions.registries.registry import RegistryContext


class RemoteLink:
    """One service; what it says is kept nowhere.

    Args:
        https: the bus.
        access: what lets us in.
        breaker: leaves it alone for a while when it fails again and again.
        path: of the service.
        unit: who asks.
        seconds: one question takes at most.
    """

    def __init__(self, https: Https, access: Access, breaker: Breaker, *, path: str, unit: str, seconds: float) -> None:
        self._https = https
        self._access = access
        self._breaker = breaker
        self._path = path
        self._unit = unit
        self.seconds = seconds

    def answer(self, kind: Kind, key: str) -> Any:
        """See :class:`actions.registries.kind.Link`."""

        def ask(headers: Mapping[str, str]) -> Any:
            question = {**kind.more, kind.field: key, "maDonVi": self._unit}
            return self._https.exchange("POST", self._path, headers=headers, body=question)

        self._breaker.enter()
        try:
            answer = let_in(self._access, ask)
        except BackendError:
            self._breaker.failed()
            raise
        except Exception as error:
            self._breaker.failed()
            # Only the kind: the message may hold what was asked.
            raise BackendRejected(f"{kind.matter}: failed ({type(error).__name__})") from None
        self._breaker.passed()
        return answer


def open_remote(kind: Kind, _settings: Any, context: RegistryContext) -> OwnRegistry:
    """One of the kinds over the link of the file.

    Raises:
        BackendRejected: the file does not say how it is reached.
    """
    part = read_link(context.links, kind.matter)
    https = Https(kind.matter, part.url, part.authority, part.seconds)
    access = access_of(kind.matter, part, https)
    breaker = Breaker(kind.matter)
    path = part.path or kind.path
    link = RemoteLink(https, access, breaker, path=path, unit=part.unit, seconds=part.seconds)
    return OwnRegistry(kind, link, context.words, context.clock)


population = partial(open_remote, KINDS["population"])
insurance = partial(open_remote, KINDS["insurance"])
land = partial(open_remote, KINDS["land"])
business = partial(open_remote, KINDS["business"])
vehicle = partial(open_remote, KINDS["vehicle"])
