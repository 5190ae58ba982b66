"""Asks a registry for somebody who proves to be in it: consent, tries, time budget, log; the registry itself is a part.

Consent comes before anything is asked, a try before the registry is. An unknown key and wrong digits give the same
outcome and cost the same try. What a registry says is kept nowhere. Six digits are a one-time code, as at a dossier
(:mod:`actions.dossiers.one_time`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Final, Protocol, TypeVar

from actions.dossiers.backend import BackendError, BackendRejected, BackendUnavailable, proves_one
from actions.dossiers.lockout import Lockout, LockoutUnavailable
from actions.dossiers.one_time import DIGITS, Addressed, CannotSend, CodeWrong, OneTimeCodes, Sending
from actions.dossiers.service import (
    NO_LOG,
    Ambiguous,
    Locked,
    LookUpLog,
    NotFoundOrMismatch,
    Unavailable,
    with_try,
)
from actions.registries.registry import ByLanguage, PublicRegistry, RegistryContext, RegistryEntry, RegistryFactory
from runtime import logs
from runtime.plugin_settings import own_settings
from runtime.registry import RegistryError
from runtime.seams import REGISTRIES

T = TypeVar("T")
MOST_AT_ONCE: Final = 32
"""Questions under way to one registry."""
SEE: Final = "see"
"""The part that says where one sees it oneself; told after the part that was asked for."""
_ONE_TIME: Final = re.compile(rf"[0-9]{{{DIGITS}}}")
_log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """The registry's answer: the sentence that was asked for, and where one sees it oneself."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConsentNeeded:
    """Nothing was asked: the person has to agree first."""

    purpose: str


RegistryOutcome = Told | ConsentNeeded | Ambiguous | NotFoundOrMismatch | Locked | CodeWrong | Unavailable


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and where."""

    conversation: str
    """Opaque id."""
    channel: str = ""
    marks: tuple[str, ...] = ()
    """See :attr:`contract.turn.Turn.marks`."""
    language: str = ""
    """Of the answer, a BCP 47 primary tag; the registry's first where it does not speak it."""


class AskedRegistry(Protocol):
    """What a conversation asks: :class:`RegistryService`, or on a box what asks its centre."""

    @property
    def sends_codes(self) -> bool:
        """Whether a one-time code may be asked for here."""
        ...

    def purpose(self, language: str) -> str:
        """What it is asked for."""
        ...

    def asks_key(self, language: str) -> str:
        """The sentence that asks for the key."""
        ...

    def read_key(self, text: str, today: date) -> str | None:
        """See :meth:`RegistryService.read_key`."""
        ...

    def agreed(self, asker: Asker, *, yes: bool) -> None:
        """See :meth:`RegistryService.agreed`."""
        ...

    def ask(
        self, key: str, proof: str, asker: Asker, *, has_agreed: bool = False, part: str | None = None
    ) -> RegistryOutcome:
        """See :meth:`RegistryService.ask`."""
        ...

    def send_code(self, key: str, asker: Asker) -> Sending | Unavailable:
        """See :meth:`RegistryService.send_code`."""
        ...


class RegistryService:
    """One registry, asked with a second factor.

    Args:
        name: in ``MOTCUA_REGISTRIES``.
        registry: the part.
        lockout: counts tries of this registry alone.
        codes: sends and reads one-time codes; None where there are none.
        log: is told of every question, right or wrong, and of who agreed.
        seconds: a question may take on each channel, besides the registry's own limit.
    """

    def __init__(
        self,
        name: str,
        registry: PublicRegistry,
        lockout: Lockout,
        codes: OneTimeCodes | None = None,
        log: LookUpLog = NO_LOG,
        seconds: Mapping[str, float] | None = None,
    ) -> None:
        self._name = name
        self._registry = registry
        self._lockout = lockout
        self._codes = codes
        self._look_ups = log
        self._seconds = seconds or {}

    @property
    def registry(self) -> PublicRegistry:
        """The part."""
        return self._registry

    @property
    def sends_codes(self) -> bool:
        """Whether a one-time code may be asked for here."""
        return self._codes is not None and self._codes.can_be_sent

    def purpose(self, language: str) -> str:
        """What it is asked for."""
        return in_language(language, self._registry.purpose)

    def asks_key(self, language: str) -> str:
        """The sentence that asks for the key."""
        return in_language(language, self._registry.asks_key)

    def read_key(self, text: str, today: date) -> str | None:
        """The key in somebody's words; a part from outside that fails at it finds none."""
        try:
            return self._registry.read_key(text, today)
        except Exception as error:
            _log.error("a registry cannot read keys", registry=self._name, cause=type(error).__name__)
            return None

    def agreed(self, asker: Asker, *, yes: bool) -> None:
        """Note what was said to its purpose."""
        self._note("", asker, "Agreed" if yes else "Declined")

    def ask(
        self, key: str, proof: str, asker: Asker, *, has_agreed: bool = False, part: str | None = None
    ) -> RegistryOutcome:
        """Ask for one person.

        Args:
            key: what the entry is found by, as :meth:`read_key` gives it.
            proof: exactly four digits, or the six of a one-time code.
            asker: who asks.
            has_agreed: whether the person agreed to the registry's purpose.
            part: what is asked for; everything where None, or where the registry does not know of it.

        Raises:
            ValueError: ``proof`` is neither; ask again, no try is taken.
        """
        if self._registry.needs_consent and not has_agreed:
            return ConsentNeeded(self.purpose(asker.language))
        found: RegistryEntry | RegistryOutcome
        if _ONE_TIME.fullmatch(proof):
            found = self._by_one_time_code(key, proof, asker)
        else:
            found = with_try(
                self._lockout, key, proof, asker.conversation, lambda: self._proven(key, proof, asker), asker.marks
            )
        outcome = Told(_lines(found, part, asker.language)) if isinstance(found, RegistryEntry) else found
        self._note(key, asker, type(outcome).__name__)
        _log.info("registry asked", registry=self._name, outcome=type(outcome).__name__, consent=has_agreed)
        return outcome

    def send_code(self, key: str, asker: Asker) -> Sending | Unavailable:
        """Send a one-time code to the number in the entry, by which :meth:`ask` is answered in this conversation."""
        sent: Sending | Unavailable
        try:
            sent = CannotSend() if self._codes is None else self._sent(self._codes, key, asker)
        except BackendError as error:
            sent = Unavailable(str(error), retryable=error.retryable)
        self._note(key, asker, type(sent).__name__)
        return sent

    def _sent(self, codes: OneTimeCodes, key: str, asker: Asker) -> Sending:
        def addressed() -> list[Addressed]:
            return [Addressed(entry.key, entry.phone) for entry in self._found(key, asker)]

        return codes.send(key, self._talk(asker), asker.marks, asker.language, addressed)

    def _by_one_time_code(self, key: str, digits: str, asker: Asker) -> RegistryEntry | RegistryOutcome:
        if self._codes is None:
            return CodeWrong(0)
        try:
            opened = self._codes.opens(key, self._talk(asker), digits)
            if isinstance(opened, CodeWrong):
                self._lockout.wrong()
                return opened
            found = self._found(opened, asker)
            # Not before: while the registry is away the code stays good.
            self._codes.spend(key, self._talk(asker))
        except BackendError as error:
            return Unavailable(str(error), retryable=error.retryable)
        if not found:
            return CodeWrong(0)
        with suppress(LockoutUnavailable):
            self._lockout.forgive(key, asker.conversation, asker.marks)
        return found[0]

    def _talk(self, asker: Asker) -> str:
        # A code for one registry opens no other, and no dossier, whose code has the same digits.
        return f"{self._name} {asker.conversation}"

    def _proven(self, key: str, last4: str, asker: Asker) -> RegistryEntry | Ambiguous | None:
        found = self._found(key, asker)
        # Compared for an unknown key, too, so that neither time nor load tells it from another.
        endings = [entry.endings for entry in found] or [()]
        fits = [proves_one(known, last4) for known in endings]
        proven = [entry for entry, fit in zip(found, fits, strict=False) if fit]
        if len(proven) > 1:
            return Ambiguous()
        return proven[0] if proven else None

    def _found(self, key: str, asker: Asker) -> Sequence[RegistryEntry]:
        longest = self._seconds.get(asker.channel) or self._registry.seconds
        # One that hangs keeps its thread until it gives up; the person does not wait for it.
        future = self._threads.submit(self._asked, lambda: self._registry.find(key))
        try:
            return future.result(min(longest, self._registry.seconds))
        except TookTooLong:
            future.cancel()
            raise BackendUnavailable(f"the registry {self._name!r} did not answer in time") from None

    def _asked(self, ask: Callable[[], T]) -> T:
        try:
            return ask()
        except BackendError:
            raise
        except Exception as error:
            # A part from outside may fail in its own ways. Only the kind: the message may hold what was asked.
            raise BackendRejected(f"the registry {self._name!r} failed: {type(error).__name__}") from None

    @cached_property
    def _threads(self) -> ThreadPoolExecutor:
        # With the first question, after the last fork.
        return ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix=f"registry-{self._name}")

    def _note(self, key: str, asker: Asker, outcome: str) -> None:
        purpose = f"registry {self._name}"
        self._look_ups.add(f"{self._name} {key}", asker.conversation, asker.channel, asker.marks, outcome, purpose)


def open_registry(
    name: str,
    context: RegistryContext,
    lockout: Lockout,
    codes: OneTimeCodes | None = None,
    log: LookUpLog = NO_LOG,
    seconds: Mapping[str, float] | None = None,
) -> RegistryService:
    """The registry of this name.

    Raises:
        RegistryError: there is none, it cannot be imported, or its settings are wrong.
    """
    make: RegistryFactory = REGISTRIES.get(name)
    try:
        registry = make(own_settings(REGISTRIES, name), context)
    except BackendRejected as error:
        raise RegistryError(str(error)) from None
    return RegistryService(name, registry, lockout, codes, log, seconds)


def _lines(entry: RegistryEntry, part: str | None, language: str) -> tuple[str, ...]:
    wanted = (part, SEE) if part in entry.told else tuple(entry.told)
    return tuple(in_language(language, entry.told[one]) for one in wanted if one is not None and one in entry.told)


def in_language(language: str, texts: ByLanguage) -> str:
    """The sentence in a language, else in the registry's first."""
    return texts.get(language) or next(iter(texts.values()))
