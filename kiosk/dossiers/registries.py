"""A public registry asked from a box: over the line, through its centre, which has the agreements and counts tries.

Nothing of it is kept here, so that without a line nothing can be said: the citizen is told where to look.
"""

from __future__ import annotations

from datetime import date

from actions.dossiers.backend import BackendError
from actions.dossiers.one_time import Sending
from actions.dossiers.service import LookUpLog, Unavailable
from actions.registries.registry import PublicRegistry
from actions.registries.service import Asker, RegistryOutcome, Told, in_language
from kiosk.centre_link.client import SyncError
from kiosk.dossiers.asking import LookedUp, LookUp
from kiosk.dossiers.look_up import KioskStore, hashed, refusal, sending


class RegistryAtCentre:
    """See :class:`actions.registries.service.AskedRegistry`.

    Args:
        registry: what is said of it, and how its keys are read; it is not asked itself.
        centre: the line.
        log: of this box: who agreed.
    """

    sends_codes = True
    """The centre does, over the line."""

    def __init__(self, registry: PublicRegistry, centre: KioskStore, log: LookUpLog) -> None:
        self._registry = registry
        self._centre = centre
        self._look_ups = log

    def purpose(self, language: str) -> str:
        """What it is asked for."""
        return in_language(language, self._registry.purpose)

    def asks_key(self, language: str) -> str:
        """The sentence that asks for the key."""
        return in_language(language, self._registry.asks_key)

    def read_key(self, text: str, today: date) -> str | None:
        """The key in somebody's words."""
        return self._registry.read_key(text, today)

    def agreed(self, asker: Asker, *, yes: bool) -> None:
        """Note what was said to its purpose."""
        purpose = f"registry {self._registry.matter}"
        outcome = "Agreed" if yes else "Declined"
        self._look_ups.add("", asker.conversation, asker.channel, asker.marks, outcome, purpose)

    def ask(
        self, key: str, proof: str, asker: Asker, *, has_agreed: bool = False, part: str | None = None
    ) -> RegistryOutcome:
        """Ask the centre for one person, who has agreed."""
        asked = f"{self._registry.matter}.{part}" if part else self._registry.matter
        try:
            found = self._asked(key, proof, asker, asked)
        except BackendError as error:
            return Unavailable(str(error), retryable=error.retryable)
        except SyncError:
            return Unavailable("no line, and registries are not kept on boxes", retryable=True)
        if found.outcome == "told" and found.told:
            return Told(found.told)
        return refusal(found) or Unavailable("the centre could not ask it", retryable=found.retryable)

    def send_code(self, key: str, asker: Asker) -> Sending | Unavailable:
        """Let the centre send a one-time code; it counts against this box."""
        try:
            found = self._asked(key, "", asker, self._registry.matter)
        except BackendError as error:
            return Unavailable(str(error), retryable=error.retryable)
        except SyncError:
            return Unavailable("no line: one-time codes are the centre's", retryable=True)
        return sending(found) or Unavailable("the centre could not send a code", retryable=found.retryable)

    def _asked(self, key: str, proof: str, asker: Asker, asked: str) -> LookedUp:
        if self._centre.is_locked:
            return LookedUp(outcome="unavailable", retryable=False)
        question = LookUp(
            code=key,
            last4=proof,
            conversation=hashed(asker.conversation),
            language=asker.language,
            registry=asked,
        )
        return self._centre.asked(question)
