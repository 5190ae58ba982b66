"""The look-up itself: a code, four digits, and one of four outcomes.

What a caller can learn about codes that are not theirs:

* An unknown code and wrong digits give the same outcome, cost the same try, and put the same questions to
  the back end, in the same order. Four digits not matching does not show that the code exists.
* A lock shows only that wrong digits were sent, for a code that may or may not exist.
* While the back end is down nothing is compared and no try is lost.
* Digits keyed for a code that fits no dossier are an unknown code. Where they fit several, the four digits decide;
  only who knows those of more than one of them hears that there are several.
* Six digits are a one-time code (:mod:`actions.dossiers.one_time`), which has tries of its own: a lock of four digits
  does not bind whoever holds the telephone on the dossier.
* A right guess remains possible: four digits against two numbers, nine tries a day from everybody together, come to
  one chance in 555 a day at one dossier. Operators see wrong tries, locks and alarms (``motcua_look_up_*``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Protocol, TypeVar

from actions.dossiers.backend import (
    BackendError,
    BackendRejected,
    BackendUnavailable,
    DossierBackend,
    FindsWithin,
    ProvableDossier,
    proves,
)
from actions.dossiers.freetext import without_personal_data
from actions.dossiers.lockout import Lockout, LockoutUnavailable, Refused, Taken
from actions.dossiers.model import Clock, Dossier, DossierView, vietnam_date, view_of
from actions.dossiers.one_time import DIGITS, Addressed, CannotSend, CodeWrong, OneTimeCodes, Sending

T = TypeVar("T")
_FOUR_DIGITS: Final = re.compile(r"[0-9]{4}")
_ONE_TIME: Final = re.compile(rf"[0-9]{{{DIGITS}}}")
_ONLY_DIGITS: Final = re.compile(r"[0-9]+")


@dataclass(frozen=True, slots=True)
class Found:
    """Code and digits belong together."""

    view: DossierView
    as_of: datetime | None = None
    """When the data were fetched, where they are not asked for live: a kiosk without a line. In Vietnamese time."""


@dataclass(frozen=True, slots=True)
class NotFoundOrMismatch:
    """No dossier has this code with these digits; which of the two is wrong is not said."""

    tries_left: int
    """At least 1; the try that uses up the last gives :class:`Locked`."""
    own: str | None = None
    """A code one slip away that whoever asks has proven before."""


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """The keyed digits of the code fit several dossiers, and the four digits more than one of these: the whole code,
    with its letters, is needed."""


@dataclass(frozen=True, slots=True)
class Locked:
    """Too many wrong tries of whoever asks, or of everybody."""

    until: datetime
    """In Vietnamese time."""
    of_all: bool = False
    """Whether others had a part in it."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """Nothing could be looked up; the code and digits given are as good as before."""

    cause: str
    """For the operator; holds no personal data."""
    retryable: bool
    """Whether trying again later may work without a repair."""


Outcome = Found | NotFoundOrMismatch | Ambiguous | Locked | CodeWrong | Unavailable

NO_BUDGETS: Final[Mapping[str, float]] = {}
LONGEST_SECONDS: Final = 20.0
"""A look-up may take where no channel says otherwise."""
MOST_AT_ONCE: Final = 32
"""Questions under way to a source that does not keep to a time itself."""
MOST_CODES: Final = 8
"""Codes with the same digits that are compared; the letters of a code leave room for hardly two."""


class LookUp(Protocol):
    """What a conversation asks: :class:`DossierService`, or what a test hands in."""

    def look_up(
        self, code: str, last4: str, conversation: str, *, channel: str = "", marks: Sequence[str] = ()
    ) -> Outcome:
        """See :meth:`DossierService.look_up`."""
        ...


class LookUpByCode(LookUp, Protocol):
    """The same, with one-time codes."""

    @property
    def sends_codes(self) -> bool:
        """Whether one may be asked for here."""
        ...

    def send_code(
        self, code: str, conversation: str, *, channel: str = "", marks: Sequence[str] = (), language: str
    ) -> Sending | Unavailable:
        """See :meth:`DossierService.send_code`."""
        ...


@dataclass(frozen=True, slots=True)
class Proof:
    """Code and digits belong together, as a store knows it."""

    dossier: Dossier
    as_of: datetime | None = None
    """See :attr:`Found.as_of`."""


Answer = Proof | Ambiguous | NotFoundOrMismatch | Locked | CodeWrong | Unavailable | None
"""What a store says: the dossier, None when code and digits do not belong together, or the outcome of another look-up,
which has counted the try itself."""


STATUS: Final = "status"
"""Purpose of a look-up proven by four digits: to be told how far a dossier is."""
BY_CODE: Final = "status_by_code"
"""The same by a one-time code, and the sending of one."""


class LookUpLog(Protocol):
    """Where every look-up is noted: :class:`actions.dossiers.look_up_log.LookUps`, or nowhere."""

    def add(
        self, code: str, conversation: str, channel: str, marks: Sequence[str], outcome: str, purpose: str = STATUS
    ) -> None:
        """Note one; never raises."""
        ...


class _NoLog:
    def add(
        self, code: str, conversation: str, channel: str, marks: Sequence[str], outcome: str, purpose: str = STATUS
    ) -> None:
        return


NO_LOG: Final[LookUpLog] = _NoLog()


class DossierStore(Protocol):
    """Where :class:`DossierService` asks: a source of dossiers, or what a kiosk can reach and keeps."""

    def ask(self, code: str, last4: str, conversation: str, seconds: float) -> Answer:
        """Whether code and digits belong together, in ``seconds`` at most; see :meth:`DossierService.look_up`.

        ``Unavailable`` is said of a try that was judged, as far as it can be, and stays counted. Six digits in place of
        four are a one-time code, whose tries the store counts itself.

        Raises:
            BackendError: nothing could be judged, so the try is given back.
        """
        ...

    @property
    def sends_codes(self) -> bool:
        """Whether text messages with codes go out."""
        ...

    def send_code(self, code: str, conversation: str, marks: Sequence[str], language: str, seconds: float) -> Sending:
        """Send a one-time code to the number on the dossier: :meth:`actions.dossiers.one_time.OneTimeCodes.send`."""
        ...


class DossierService:
    """Looks a dossier up for someone who proves to belong to it: one algorithm, whatever store is asked.

    Args:
        store: is asked once a try was taken.
        lockout: counts tries.
        clock: the time.
        clean: takes personal data out of free text.
        seconds: a look-up may take on each channel; the longest for a channel that is not named.
        log: is told of every look-up, right or wrong.
    """

    def __init__(
        self,
        store: DossierStore,
        lockout: Lockout,
        clock: Clock,
        clean: Callable[[str], str] = without_personal_data,
        *,
        seconds: Mapping[str, float] = NO_BUDGETS,
        log: LookUpLog = NO_LOG,
    ) -> None:
        self._seconds = seconds
        self._log = log
        self._store = store
        self._lockout = lockout
        self._clock = clock
        self._clean = clean

    def look_up(
        self, code: str, last4: str, conversation: str, *, channel: str = "", marks: Sequence[str] = ()
    ) -> Outcome:
        """Where the dossier stands, if ``last4`` ends the phone or identity number on it.

        Args:
            code: the canonical code, or only its digits when it was keyed on a telephone.
            last4: exactly four digits, or the six of a one-time code.
            conversation: opaque id of the conversation.
            channel: where somebody waits.
            marks: of whoever asks, see :meth:`actions.dossiers.lockout.Lockout.take`.

        Raises:
            ValueError: ``last4`` is neither; ask again, no try is taken.
        """

        def ask() -> Answer:
            return self._store.ask(code, last4, conversation, self._seconds_of(channel))

        by_code = _ONE_TIME.fullmatch(last4) is not None
        answer: Proof | Outcome
        if by_code:
            answer = self._by_one_time_code(ask, code, conversation, marks)
        else:
            answer = with_try(self._lockout, code, last4, conversation, ask, marks)
            if isinstance(answer, NotFoundOrMismatch):
                answer = replace(answer, own=self._lockout.proven_like(code, marks))
        purpose = BY_CODE if by_code else STATUS
        self._log.add(code, conversation, channel, marks, type(answer).__name__, purpose)
        if isinstance(answer, Proof):
            return Found(view_of(answer.dossier, vietnam_date(self._clock()), self._clean), answer.as_of)
        return answer

    @property
    def sends_codes(self) -> bool:
        """Whether a one-time code may be asked for here."""
        return self._store.sends_codes

    def send_code(
        self, code: str, conversation: str, *, channel: str = "", marks: Sequence[str] = (), language: str
    ) -> Sending | Unavailable:
        """Send a one-time code to the number on a dossier, by which :meth:`look_up` opens it in this conversation.

        Args:
            code: the canonical code, or only its digits.
            conversation: opaque id of the conversation.
            channel: where somebody waits.
            marks: of whoever asks.
            language: of the message.
        """
        sent: Sending | Unavailable
        try:
            sent = self._store.send_code(code, conversation, marks, language, self._seconds_of(channel))
        except BackendError as error:
            sent = Unavailable(str(error), retryable=error.retryable)
        self._log.add(code, conversation, channel, marks, type(sent).__name__, BY_CODE)
        return sent

    def _by_one_time_code(
        self, ask: Callable[[], Answer], code: str, conversation: str, marks: Sequence[str]
    ) -> Proof | Outcome:
        try:
            answer = ask()
        except BackendError as error:
            return Unavailable(str(error), retryable=error.retryable)
        if isinstance(answer, Proof):
            # Whoever holds the telephone has mistyped nothing that could matter.
            with suppress(LockoutUnavailable):
                self._lockout.forgive(code, conversation, marks)
        elif isinstance(answer, CodeWrong):
            self._lockout.wrong()
        return CodeWrong(0) if answer is None else answer

    def _seconds_of(self, channel: str) -> float:
        return self._seconds.get(channel) or max(self._seconds.values(), default=LONGEST_SECONDS)


class SourceStore:
    """A source of dossiers as a store.

    Args:
        source: the project's own, or one that was added.
        codes: sends and reads one-time codes; None where there are none.
    """

    def __init__(self, source: DossierBackend, codes: OneTimeCodes | None = None) -> None:
        self._source = source
        self._codes = codes
        self._threads = ThreadPoolExecutor(MOST_AT_ONCE, thread_name_prefix="dossier-source")

    def ask(self, code: str, last4: str, conversation: str, seconds: float) -> Answer:
        """See :class:`DossierStore`."""
        if not _ONE_TIME.fullmatch(last4):
            return self._within(lambda: self._proven(code, last4, seconds), seconds)
        if self._codes is None:
            return CodeWrong(0)
        opened = self._codes.opens(code, conversation, last4)
        if isinstance(opened, CodeWrong):
            return opened
        found = self._within(lambda: self._found(opened, seconds), seconds)
        # Not before: while the source is away the code stays good.
        self._codes.spend(code, conversation)
        return Proof(found.dossier, found.as_of) if found is not None else None

    @property
    def sends_codes(self) -> bool:
        """See :class:`DossierStore`."""
        return self._codes is not None and self._codes.can_be_sent

    def send_code(self, code: str, conversation: str, marks: Sequence[str], language: str, seconds: float) -> Sending:
        """See :class:`DossierStore`."""
        if self._codes is None:
            return CannotSend()
        return self._codes.send(
            code, conversation, marks, language, lambda: self._within(lambda: self._addressed(code, seconds), seconds)
        )

    def _within(self, ask: Callable[[], T], seconds: float) -> T:
        if isinstance(self._source, FindsWithin):
            return _asked(ask)
        # One that hangs keeps its thread until it gives up; the person does not wait for it.
        future = self._threads.submit(_asked, ask)
        try:
            return future.result(seconds)
        except TookTooLong:
            future.cancel()
            raise BackendUnavailable("no answer within the time of the channel") from None

    def _all_found(self, code: str, seconds: float) -> list[ProvableDossier | None]:
        """What has this code, or these digits in its code."""
        keyed = self._source.codes_with_digits(code)[:MOST_CODES] if _ONLY_DIGITS.fullmatch(code) else ()
        codes = keyed or (code,)
        return [self._found(one, seconds / len(codes)) for one in codes]

    def _addressed(self, code: str, seconds: float) -> list[Addressed]:
        found = self._all_found(code, seconds)
        return [Addressed(one.dossier.code, one.phone) for one in found if one is not None]

    def _proven(self, code: str, last4: str, seconds: float) -> Proof | Ambiguous | None:
        """The dossier with this code, or with these digits in its code, to which the four digits belong."""
        found = self._all_found(code, seconds)
        # Compared for an unknown code, too, so that neither time nor load tells it from another.
        proven = [one for one in found if proves(one, last4) and one is not None]
        if len(proven) > 1:
            return Ambiguous()
        return Proof(proven[0].dossier, proven[0].as_of) if proven else None

    def _found(self, code: str, seconds: float) -> ProvableDossier | None:
        source = self._source
        return source.find_within(code, seconds) if isinstance(source, FindsWithin) else source.find(code)


def _asked(ask: Callable[[], T]) -> T:
    try:
        return ask()
    except BackendError:
        raise
    except Exception as error:
        # A source from outside may fail in its own ways. Only the kind: the message may hold what was asked.
        raise BackendRejected(f"the dossier source failed: {type(error).__name__}") from None


def with_try(
    lockout: Lockout,
    key: str,
    last4: str,
    conversation: str,
    ask: Callable[[], T | None],
    marks: Sequence[str] = (),
) -> T | NotFoundOrMismatch | Locked | Unavailable:
    """Ask with a second factor: take a try, ask, and count, forgive or give back.

    Args:
        lockout: counts tries.
        key: what is looked up.
        last4: exactly four digits.
        conversation: opaque id of the conversation.
        ask: what key and digits open, None when they do not belong together, or the outcome of a look-up that counts
            itself; raises :class:`BackendError` when nothing could be judged.
        marks: of whoever asks.

    Raises:
        ValueError: ``last4`` is not four digits; no try is taken.
    """
    if not _FOUR_DIGITS.fullmatch(last4):
        raise ValueError("the second factor is four digits")
    try:
        attempt = lockout.take(key, conversation, marks)
    except LockoutUnavailable as error:
        return Unavailable(str(error), retryable=True)
    if isinstance(attempt, Refused):
        return Locked(attempt.until, attempt.of_all)
    try:
        answer = ask()
    except BackendError as error:
        # A try that cannot be given back only expires later: no reason to fail differently.
        with suppress(LockoutUnavailable):
            lockout.give_back(key, conversation, marks)
        return Unavailable(str(error), retryable=error.retryable)
    match answer:
        case None:
            lockout.wrong()
            return _mismatch(attempt, attempt.tries_left)
        case NotFoundOrMismatch(tries_left=tries_left):
            return _mismatch(attempt, min(tries_left, attempt.tries_left))
        case Locked() | Unavailable():
            return answer
    with suppress(LockoutUnavailable):
        lockout.forgive(key, conversation, marks)
    return answer


def _mismatch(attempt: Taken, tries_left: int) -> NotFoundOrMismatch | Locked:
    return NotFoundOrMismatch(tries_left) if tries_left else Locked(attempt.locked_until)
