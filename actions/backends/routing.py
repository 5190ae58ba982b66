"""Several sources as one: chosen by the agency in the code, asked in turn, and one rule when they disagree."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from itertools import chain
from typing import Final

from actions.backends.answers import newest
from actions.backends.breaker import Breaker
from actions.backends.single_flight import AskedOnce
from actions.dossiers.backend import BackendError, BackendUnavailable, NotesDisagreement, ProvableDossier, Said
from language.dossier_code import DossierCode
from runtime import logs

GRACE_SECONDS: Final = 0.5
"""How long the others of a group are waited for once one has found the dossier."""
LONGEST_SECONDS: Final = 20.0
_log = logs.get(__name__)


@dataclass(frozen=True, slots=True)
class Route:
    """Which sources know the dossiers of some agencies."""

    prefixes: tuple[str, ...]
    """Beginnings of agency codes, in whole groups: ``H15`` is the province, ``H15.50.05`` one commune of it."""
    groups: tuple[tuple[str, ...], ...]
    """Names of sources: those of a group are asked at once, the next group where none of this one knows the code."""


class Routed:
    """See :class:`actions.dossiers.backend.DossierBackend`.

    Args:
        sources: by name.
        routes: the one with the longest fitting beginning counts; the last resort has the beginning "".
        agencies: codes of the agencies whose slips people hold, for those who have only a telephone's keys.
        disagreements: is told of dossiers on which sources disagree.
    """

    def __init__(
        self,
        sources: Mapping[str, AskedOnce],
        routes: Sequence[Route],
        agencies: Sequence[str],
        disagreements: NotesDisagreement | None = None,
    ) -> None:
        self._disagreements = disagreements
        self._sources = sources
        self._by_prefix = {prefix: route.groups for route in routes for prefix in route.prefixes}
        self._agencies = tuple(agencies)

    def find(self, code: str) -> ProvableDossier | None:
        """See :meth:`find_within`."""
        return self.find_within(code, LONGEST_SECONDS)

    def find_within(self, code: str, seconds: float) -> ProvableDossier | None:
        """The dossier as the sources of its agency know it; where none answers, what they said before.

        Raises:
            BackendError: nobody who may know it has answered, and nothing is known of before.
        """
        ends = time.monotonic() + seconds
        groups = self._groups(code)
        failures: list[BackendError] = []
        for number, group in enumerate(groups):
            share = max(0.0, ends - time.monotonic()) / (len(groups) - number)
            found = _answers({self._sources[name].begin(code): name for name in group}, share, failures)
            if found:
                return self._agreed(code, found)
        if not failures:
            return None
        before = [old for name in chain.from_iterable(groups) if (old := self._sources[name].before(code)) is not None]
        if before:
            return newest(before)
        raise next((failure for failure in failures if failure.retryable), failures[0])

    def outdate(self, code: str) -> None:
        """See :class:`actions.dossiers.backend.KeepsAnswers`."""
        for source in self._sources.values():
            source.outdate(code)

    def codes_with_digits(self, digits: str) -> Sequence[str]:
        """Codes of the agencies served that read so, and those a source knows itself."""
        found = [
            code
            for agency in self._agencies
            if (rest := digits.removeprefix("".join(filter(str.isdigit, agency)))) != digits
            for code in _completed(agency, rest)
        ]
        for source in self._sources.values():
            try:
                found += source.source.codes_with_digits(digits)
            except BackendError as error:
                _log.warning("codes by their digits are not known", source=source.name, cause=str(error))
        return tuple(dict.fromkeys(found))

    def breaker_of(self, name: str) -> Breaker:
        """The breaker before a source, for figures."""
        return self._sources[name].breaker

    def close(self) -> None:
        """Ask nothing more."""
        for source in self._sources.values():
            source.close()

    def _groups(self, code: str) -> tuple[tuple[str, ...], ...]:
        parts = agency_parts(code)
        fitting = [
            prefix for prefix in self._by_prefix if prefix and parts[: prefix.count(".") + 1] == prefix.split(".")
        ]
        return self._by_prefix.get(max(fitting, key=len, default=""), ())

    def _agreed(self, code: str, found: Sequence[tuple[str, ProvableDossier]]) -> ProvableDossier:
        """The one that is told; where they differ, an officer finds what each of them said."""
        told: ProvableDossier | None = None
        try:
            told = newest([one for _, one in found])
            return told
        finally:
            if len(found) > 1:
                self._compared(code, found, told)

    def _compared(self, code: str, found: Sequence[tuple[str, ProvableDossier]], told: ProvableDossier | None) -> None:
        states = {one.dossier.status for _, one in found}
        differ = len(states) > 1 or told is None
        if differ:
            _log.warning("sources disagree on a dossier", states=sorted(f"{state:d}" for state in states))
        if self._disagreements is None:
            return
        if not differ:
            self._disagreements.agreed(code)
            return
        said = [Said(name, one.dossier.status, one.dossier.updated_at, one is told) for name, one in found]
        self._disagreements.note(code, said)


def _leads(beginning: list[str], parts: list[str]) -> bool:
    return parts[: len(beginning)] == beginning


def is_of(code: str, beginnings: Iterable[str]) -> bool:
    """Whether a dossier's code, or its agency alone, begins with one of these, in whole groups; "" is any."""
    parts = agency_parts(code)
    return any(not one or parts[: one.count(".") + 1] == one.split(".") for one in beginnings)


def agency_parts(code: str) -> list[str]:
    """The agency of a code in groups, the province or ministry first; codes of the older order put it last."""
    parts = code.partition("-")[0].split(".")
    return parts if parts[0][:1].isalpha() else parts[::-1]


def _answers(
    asked: Mapping[Future[ProvableDossier | None], str], seconds: float, failures: list[BackendError]
) -> list[tuple[str, ProvableDossier]]:
    """The dossiers found in time, by the names of their sources; failures are added to the list."""
    ends = time.monotonic() + seconds
    found: list[tuple[str, ProvableDossier]] = []
    waiting = set(asked)
    while waiting:
        done, waiting = wait(waiting, max(0.0, ends - time.monotonic()), return_when=FIRST_COMPLETED)
        if not done:
            if not found:
                failures.append(BackendUnavailable("no answer within the time of the channel"))
            break
        for one in done:
            try:
                if (dossier := one.result()) is not None:
                    found.append((asked[one], dossier))
            except BackendError as error:
                failures.append(error)
        if found:
            ends = min(ends, time.monotonic() + GRACE_SECONDS)
    return found


def _completed(agency: str, rest: str) -> list[str]:
    """Codes of an agency whose date and number have these digits."""
    found = []
    for length in (6, 8):
        try:
            code = DossierCode.parse(f"{agency}-{rest[:length]}-{rest[length:]}")
        except ValueError:
            continue
        if code.date is not None:
            found.append(code.text)
    return found
