"""Turns the outcome of a look-up into what the citizen reads or hears.

The short answer and the next step together fit three SMS segments once diacritics are dropped: what does not
fit is left for the details, the least important first. Nobody's name, phone or address is in reach here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import partial
from typing import Final

from actions.dossiers.asked import About, about, overdue
from actions.dossiers.model import Clock, Dossier, DossierStatus, DossierView, vietnam_date
from actions.dossiers.one_time import CannotSend, CodeSent, CodeWrong, NoMoreCodes, Sending
from actions.dossiers.service import Ambiguous, Found, Locked, NotFoundOrMismatch, Outcome, Unavailable
from contract.reply import Choice, Detail, Reply, ReplyKind
from contract.wording import Wording
from language.gsm7 import GSM7_EXTENSION

SEGMENT: Final = 153
"""GSM-7 characters of one part of a long SMS."""
SHORT_LIMIT: Final = 2 * SEGMENT
NEXT_STEP_LIMIT: Final = SEGMENT - 1
"""One less: a space joins it to the short answer."""
PROCEDURE_LIMIT: Final = 90
"""Characters of a procedure's name in the short answer; some official names run to three hundred."""

_ELLIPSIS: Final = "..."
_WITH_RESULT: Final = frozenset({DossierStatus.READY, DossierStatus.RETURNED})


def sms_length(text: str) -> int:
    """GSM-7 places that ``text`` (NFC) takes once its diacritics are dropped: one letter stays one letter."""
    return len(text) + sum(letter in GSM7_EXTENSION for letter in text)


def shorten(text: str, limit: int) -> str:
    """``text``, cut after a whole word and marked with three dots when it is longer than ``limit`` places."""
    if sms_length(text) <= limit:
        return text
    kept = text[: max(0, limit - len(_ELLIPSIS))]
    while kept and sms_length(kept) + len(_ELLIPSIS) > limit:
        kept = kept[:-1]
    whole_words = kept.rsplit(" ", 1)[0] if " " in kept else kept
    return (whole_words.rstrip(" ,;:.") + _ELLIPSIS)[:limit]


def join_fitting(pieces: Iterable[str], limit: int) -> str:
    """The pieces joined by spaces, in order, leaving out each that would go beyond ``limit`` places."""
    text = ""
    for piece in pieces:
        longer = f"{text} {piece}" if text else piece
        if sms_length(longer) <= limit:
            text = longer
    return text


class DossierWording:
    """Speaks about look-ups with the words of the store.

    Args:
        wording: the room ``dossiers``.
        clock: the time, for "today".
    """

    def __init__(self, wording: Wording, clock: Clock) -> None:
        self._wording = wording
        self._clock = clock

    def about(self, view: DossierView, asked: About, language: str) -> Reply:
        """What was asked about the dossier shown last; its state as a whole where nothing else was."""
        lines = about(partial(self._wording.text, language), view, asked)
        if not lines:
            return self.reply(Found(view, None), language)
        return Reply(kind=ReplyKind.ANSWER, short=lines[0], details=tuple(lines[1:]), language=language)

    def notice(self, key: str, language: str) -> Reply:
        """A sentence that needs nothing filled in."""
        return Reply(kind=ReplyKind.NOTICE, short=self._wording.text(language, key), language=language)

    def news(self, dossier: Dossier, language: str, *, reminder: bool = False) -> str:
        """What a text message tells of a dossier whose state has changed, or that still waits for its citizen."""
        say = partial(self._wording.text, language)
        office = _one_line(dossier.office or "") or say("office_unknown")
        known = dossier.code.rpartition("-")[2][-4:]
        lead = say("news_reminder" if reminder else "news", last=known, procedure=shorten(dossier.procedure_name, 60))
        return f"{lead} {say(f'status_{dossier.status:d}')}. {say(f'status_{dossier.status:d}_next', office=office)}"

    def sending(self, sent: Sending | Unavailable, language: str) -> Reply:
        """What became of the wish for a one-time code; the same whether or not there was anybody to send one to."""
        say = partial(self._wording.text, language)
        asks, next_step = Detail.LAST4, None
        match sent:
            case CodeSent():
                short, next_step, asks = say("code_sent"), say("code_sent_next"), Detail.ONE_TIME_CODE
            case NoMoreCodes(until):
                short = say("no_more_codes", time=_time(until), date=_day(until))
            case CannotSend():
                short = say("cannot_send_code")
            case Unavailable():
                short = say("code_not_now")
        return Reply(kind=ReplyKind.ASK_DETAIL, short=short, asks=asks, next_step=next_step, language=language)

    def one_time_code(self, digits: str, language: str) -> list[str]:
        """The text message with a one-time code, in lines."""
        return [
            self._wording.text(language, "code_message", digits=digits),
            self._wording.text(language, "code_warning"),
        ]

    def later(self, outcome: Outcome, language: str) -> str:
        """The text message about a look-up that could not be answered when it was asked for."""
        if isinstance(outcome, Unavailable):
            return f"{self._wording.text(language, 'waited_in_vain')} {self._wording.text(language, 'go_to_desk')}"
        reply = self.reply(outcome, language)
        return " ".join(filter(None, (self._wording.text(language, "waited"), reply.short, reply.next_step)))

    def reply(
        self, outcome: Outcome, language: str | None = None, *, by_code: bool = False, wait_key: str | None = None
    ) -> Reply:
        """What to tell the citizen in ``language``; in the installation's own when None.

        ``by_code``: whether a one-time code may be asked for; ``wait_key``: by which the answer of a later look-up can
        be had by text message.
        """
        language = language or self._wording.default
        say = partial(self._wording.text, language)
        later, asks = False, None
        choices: tuple[Choice, ...] = ()
        match outcome:
            case Found(view, as_of):
                return _Told(say, self._clock, view, as_of).reply(language)
            case NotFoundOrMismatch(tries_left, own):
                short = say("mismatch", tries=tries_left)
                next_step = say("mismatch_or_code" if by_code else "mismatch_next_step")
                if own is not None:
                    next_step = say("mismatch_own", code=own)
                kind, asks = ReplyKind.ASK_DETAIL, Detail.LAST4
            case CodeWrong(tries_left):
                short = say("code_wrong") if tries_left else say("code_void")
                next_step = say("code_wrong_next") if tries_left else say("code_void_next")
                kind, asks = ReplyKind.ASK_DETAIL, Detail.ONE_TIME_CODE if tries_left else Detail.LAST4
            case Ambiguous():
                short, next_step = say("ambiguous"), say("ambiguous_next_step")
                kind, asks = ReplyKind.ASK_DETAIL, Detail.DOSSIER_CODE
            case Locked(until, of_all):
                key = "locked_for_all" if of_all else "locked"
                short, next_step = say(key, time=_time(until), date=_day(until)), say("go_to_desk")
                kind = ReplyKind.TROUBLE
                if by_code:
                    kind, asks, next_step = ReplyKind.ASK_DETAIL, Detail.LAST4, say("locked_or_code")
            case Unavailable(retryable=retryable):
                short, next_step = say("unavailable"), say("try_again" if retryable else "go_to_desk")
                kind, later = ReplyKind.TROUBLE, retryable
                choices = (Choice(key=wait_key, label=say("wait_choice")),) if wait_key and retryable else ()
        return Reply(
            kind=kind, short=short, asks=asks, next_step=next_step, later=later, choices=choices, language=language
        )


class _Told:
    """One dossier being told in one language."""

    def __init__(self, say: Callable[..., str], clock: Clock, view: DossierView, as_of: datetime | None) -> None:
        self._say = say
        self._clock = clock
        self._view = view
        self._as_of = as_of

    def reply(self, language: str) -> Reply:
        view, say = self._view, self._say
        appointment = self._appointment()
        lead = f"{say(f'status_{view.status:d}')}."
        pieces = [lead]
        if self._as_of is not None:
            pieces.append(say("as_of", time=_time(self._as_of), date=_day(self._as_of)))
        if view.overdue_days:
            pieces.append(overdue(say, view))
        if view.supplement and view.status.awaits_citizen:
            pieces.append(self._supplement(view.supplement, SHORT_LIMIT - sms_length(lead) - 1))
        named = say("procedure", procedure=shorten(view.procedure_name, PROCEDURE_LIMIT))
        pieces.append(named.replace(f"{_ELLIPSIS}.", _ELLIPSIS))
        pieces += appointment
        pieces.append(say("updated", time=_time(view.updated_at), date=_day(view.updated_at)))
        short = join_fitting(pieces, SHORT_LIMIT)
        return Reply(
            kind=ReplyKind.ANSWER,
            short=short,
            later=self._as_of is not None,
            # Short and details are read one after the other: nothing is said twice.
            details=tuple(line for line in self._details(appointment) if line not in short),
            next_step=self._next_step(),
            language=language,
        )

    def _appointment(self) -> list[str]:
        """At most one sentence about the promised day, where it still matters."""
        view = self._view
        if view.overdue_days or not (view.status.clock_runs or view.status.awaits_citizen):
            return []
        if view.appointment_on is None:
            if view.expected_on is not None and view.status.clock_runs:
                return [self._say("appointment_expected", date=_day(view.expected_on))]
            return [self._say("appointment_unknown")]
        if view.appointment_passed:
            return [self._say("appointment_passed", date=_day(view.appointment_on))]
        if view.status.awaits_citizen:
            # The time limit stands still, so the day on the receipt is no longer a promise.
            return [self._say("appointment_may_move", date=_day(view.appointment_on))]
        today = view.appointment_on == vietnam_date(self._clock())
        return [self._say("appointment_today" if today else "appointment", date=_day(view.appointment_on))]

    def _details(self, appointment: list[str]) -> Iterable[str]:
        view, say = self._view, self._say
        if view.supplement and view.status.awaits_citizen:
            yield say("supplement", supplement=view.supplement)
        if view.status.result_to_come and view.collect_at:
            yield say("collect", office=view.collect_at)
        yield from appointment
        if view.overdue_days:
            yield say("overdue_law")
        if view.fee_due and not view.status.is_final:
            yield say("fee_due", amount=f"{view.fee_due:,}".replace(",", "."))
        if view.received_on:
            yield say("received", date=_day(view.received_on))
        if view.finished_on:
            yield say("finished" if view.status in _WITH_RESULT else "ended", date=_day(view.finished_on))
        if sms_length(view.procedure_name) > PROCEDURE_LIMIT:
            yield say("procedure_in_full", procedure=view.procedure_name, code=view.procedure_code)
        yield say("updated", time=_time(view.updated_at), date=_day(view.updated_at))

    def _supplement(self, supplement: str, room: int) -> str:
        around = sms_length(self._say("supplement", supplement=""))
        sentence = self._say("supplement", supplement=shorten(supplement, room - around))
        return sentence if sentence.endswith((".", "!", "?")) or sms_length(sentence) >= room else f"{sentence}."

    def _next_step(self) -> str:
        key = "overdue_next_step" if self._view.overdue_days else f"status_{self._view.status:d}_next"
        named = self._say(key, office=self._view.collect_at or self._say("office_unknown"))
        return named if sms_length(named) <= NEXT_STEP_LIMIT else self._say(key, office=self._say("office_unknown"))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _day(moment: date | datetime | None) -> str:
    return f"{moment:%d/%m/%Y}" if moment else ""


def _time(moment: datetime) -> str:
    return f"{moment:%H:%M}"
