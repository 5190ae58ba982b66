"""Asks a registry for somebody who proves to be in it: consent, tries, time budget; the registry itself is a part."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass

from actions.dossiers.backend import BackendError, BackendRejected, BackendUnavailable, SourceContext
from actions.dossiers.lockout import Lockout
from actions.dossiers.service import Locked, NotFoundOrMismatch, Unavailable, with_try
from actions.registries.registry import PublicRegistry, RegistryFactory
from runtime import logs
from runtime.plugin_settings import own_settings
from runtime.seams import REGISTRIES

_log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """The registry's answer."""

    text: str


@dataclass(frozen=True, slots=True)
class ConsentNeeded:
    """Nothing was asked: the person has to agree first."""

    purpose: str


RegistryOutcome = Told | ConsentNeeded | NotFoundOrMismatch | Locked | Unavailable


class RegistryService:
    """One registry, asked with a second factor.

    Args:
        name: in ``MOTCUA_REGISTRIES``.
        registry: the part.
        lockout: counts tries of this registry alone.
    """

    def __init__(self, name: str, registry: PublicRegistry, lockout: Lockout) -> None:
        self._name = name
        self._registry = registry
        self._lockout = lockout

    @property
    def registry(self) -> PublicRegistry:
        """The part."""
        return self._registry

    def ask(
        self, key: str, last4: str, conversation: str, *, has_agreed: bool = False, language: str = ""
    ) -> RegistryOutcome:
        """Ask for one person.

        Args:
            key: what the entry is found by.
            last4: exactly four digits.
            conversation: opaque id of the conversation.
            has_agreed: whether the person agreed to the registry's purpose.
            language: of the answer, a BCP 47 primary tag; the registry's first where it does not speak it.

        Raises:
            ValueError: ``last4`` is not four digits; ask again, no try is taken.
        """
        if self._registry.needs_consent and not has_agreed:
            return ConsentNeeded(_in(language, self._registry.purpose))
        outcome = with_try(self._lockout, key, last4, conversation, lambda: self._within_time(key, last4, language))
        _log.info("registry asked", registry=self._name, outcome=type(outcome).__name__, consent=has_agreed)
        return outcome

    def _within_time(self, key: str, last4: str, language: str) -> Told | None:
        # One that hangs keeps its thread until it gives up; the person does not wait for it.
        thread = ThreadPoolExecutor(1, thread_name_prefix=f"registry-{self._name}")
        try:
            told = thread.submit(self._registry.ask, key, last4).result(self._registry.seconds)
            return None if told is None else Told(_in(language, told))
        except TookTooLong:
            raise BackendUnavailable(f"the registry {self._name!r} did not answer in time") from None
        except BackendError:
            raise
        except Exception as error:
            # A part from outside may fail in its own ways. Only the kind: the message may hold what was asked.
            raise BackendRejected(f"the registry {self._name!r} failed: {type(error).__name__}") from None
        finally:
            thread.shutdown(wait=False, cancel_futures=True)


def open_registry(name: str, context: SourceContext, lockout: Lockout) -> RegistryService:
    """The registry of this name.

    Raises:
        RegistryError: there is none, it cannot be imported, or its settings are wrong.
    """
    make: RegistryFactory = REGISTRIES.get(name)
    return RegistryService(name, make(own_settings(REGISTRIES, name), context), lockout)


def _in(language: str, texts: Mapping[str, str]) -> str:
    return texts.get(language) or next(iter(texts.values()))
