"""Turns the outcome of a look-up into what the citizen reads or hears.

The short answer and the next step together fit three SMS segments once diacritics are dropped: what does not
fit is left for the details, the least important first. Nobody's name, phone or address is in reach here.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from actions.dossiers.answers import AnswerBook, AnswerWords
from actions.dossiers.model import Clock, DossierStatus, DossierView, vietnam_date
from actions.dossiers.service import Ambiguous, Found, Locked, NotFoundOrMismatch, Outcome, Unavailable
from actions.dossiers.statuses import StatusBook, StatusWords
from contract.reply import Detail, Reply, ReplyKind
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
    """Speaks about look-ups with the words of the data files."""

    def __init__(self, answers: AnswerBook, statuses: StatusBook, clock: Clock) -> None:
        self._answers = answers
        self._statuses = statuses
        self._clock = clock

    def reply(self, outcome: Outcome, language: str = "vi") -> Reply:
        """What to tell the citizen in ``language`` (Vietnamese when there are no words for it)."""
        words = self._answers.words(language)
        later, asks = False, None
        match outcome:
            case Found(view, as_of):
                return self._found(view, language, words, as_of)
            case NotFoundOrMismatch(tries_left):
                short, next_step = words.mismatch.format(tries=tries_left), words.mismatch_next_step
                kind, asks = ReplyKind.ASK_DETAIL, Detail.LAST4
            case Ambiguous():
                short, next_step = words.ambiguous, words.ambiguous_next_step
                kind, asks = ReplyKind.ASK_DETAIL, Detail.DOSSIER_CODE
            case Locked(until):
                short, next_step = words.locked.format(time=_time(until), date=_day(until)), words.go_to_desk
                kind = ReplyKind.TROUBLE
            case Unavailable(retryable=retryable):
                short, next_step = words.unavailable, words.try_again if retryable else words.go_to_desk
                kind, later = ReplyKind.TROUBLE, retryable
        return Reply(kind=kind, short=short, asks=asks, next_step=next_step, later=later, language=language)

    def _found(self, view: DossierView, language: str, words: AnswerWords, as_of: datetime | None) -> Reply:
        status = self._statuses.words(view.status, language)
        appointment = self._appointment(view, words)
        lead = f"{status.text}."
        pieces = [lead]
        if as_of is not None:
            pieces.append(words.as_of.format(time=_time(as_of), date=_day(as_of)))
        if view.overdue_days:
            pieces.append(words.overdue.format(days=view.overdue_days, date=_day(view.appointment_on)))
        if view.supplement and view.status.awaits_citizen:
            pieces.append(_supplement(view.supplement, words, SHORT_LIMIT - sms_length(lead) - 1))
        named = words.procedure.format(procedure=shorten(view.procedure_name, PROCEDURE_LIMIT))
        pieces.append(named.replace(f"{_ELLIPSIS}.", _ELLIPSIS))
        pieces += appointment
        pieces.append(words.updated.format(time=_time(view.updated_at), date=_day(view.updated_at)))
        short = join_fitting(pieces, SHORT_LIMIT)
        return Reply(
            kind=ReplyKind.ANSWER,
            short=short,
            later=as_of is not None,
            # Short and details are read one after the other: nothing is said twice.
            details=tuple(line for line in self._details(view, appointment, words) if line not in short),
            next_step=_next_step(view, status, words),
            language=language,
        )

    def _appointment(self, view: DossierView, words: AnswerWords) -> list[str]:
        """At most one sentence about the promised day, where it still matters."""
        if view.overdue_days or not (view.status.clock_runs or view.status.awaits_citizen):
            return []
        if view.appointment_on is None:
            return [words.appointment_unknown]
        if view.appointment_passed:
            return [words.appointment_passed.format(date=_day(view.appointment_on))]
        if view.status.awaits_citizen:
            # The time limit stands still, so the day on the receipt is no longer a promise.
            return [words.appointment_may_move.format(date=_day(view.appointment_on))]
        today = view.appointment_on == vietnam_date(self._clock())
        sentence = words.appointment_today if today else words.appointment
        return [sentence.format(date=_day(view.appointment_on))]

    def _details(self, view: DossierView, appointment: list[str], words: AnswerWords) -> Iterable[str]:
        if view.supplement and view.status.awaits_citizen:
            yield words.supplement.format(supplement=view.supplement)
        if view.status.result_to_come and view.collect_at:
            yield words.collect.format(office=view.collect_at)
        yield from appointment
        if view.received_on:
            yield words.received.format(date=_day(view.received_on))
        if view.finished_on:
            ending = words.finished if view.status in _WITH_RESULT else words.ended
            yield ending.format(date=_day(view.finished_on))
        if sms_length(view.procedure_name) > PROCEDURE_LIMIT:
            yield words.procedure_in_full.format(procedure=view.procedure_name, code=view.procedure_code)
        yield words.updated.format(time=_time(view.updated_at), date=_day(view.updated_at))


def _supplement(supplement: str, words: AnswerWords, room: int) -> str:
    around = sms_length(words.supplement.format(supplement=""))
    sentence = words.supplement.format(supplement=shorten(supplement, room - around))
    return sentence if sentence.endswith((".", "!", "?")) or sms_length(sentence) >= room else f"{sentence}."


def _next_step(view: DossierView, status: StatusWords, words: AnswerWords) -> str:
    sentence = words.overdue_next_step if view.overdue_days else status.next_step
    named = sentence.format(office=view.collect_at or words.office_unknown)
    return named if sms_length(named) <= NEXT_STEP_LIMIT else sentence.format(office=words.office_unknown)


def _day(moment: date | datetime | None) -> str:
    return f"{moment:%d/%m/%Y}" if moment else ""


def _time(moment: datetime) -> str:
    return f"{moment:%H:%M}"
