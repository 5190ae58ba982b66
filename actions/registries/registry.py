"""What a public registry must offer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from actions.dossiers.backend import SourceContext


class PublicRegistry(Protocol):
    """A registry that answers one person's question about themselves in a sentence or two."""

    @property
    def purpose(self) -> Mapping[str, str]:
        """What it is asked for, in a sentence by language, as BCP 47 primary tags: read out before a person agrees. The
        first stands for languages it lacks."""
        ...

    @property
    def needs_consent(self) -> bool:
        """Whether the person must have agreed to this purpose before anything is asked."""
        ...

    @property
    def seconds(self) -> float:
        """How long an answer may take; after that nothing could be looked up."""
        ...

    def ask(self, key: str, last4: str) -> Mapping[str, str] | None:
        """The answer by language, as :attr:`purpose`; None when key and digits do not belong together.

        Takes the same time and path for an unknown key as for wrong digits. Blocks; raises
        :class:`actions.dossiers.backend.BackendError` when nothing could be looked up.

        Args:
            key: what the person's entry is found by, such as the number of a card.
            last4: the last four digits of the phone or identity number in the entry.
        """
        ...


RegistryFactory = Callable[[Any, SourceContext], PublicRegistry]
"""What ``motcua.registries`` names, given the registry's own settings and what it may use."""
