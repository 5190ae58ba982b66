"""Answers written as sentences, as they are told on a day. Pure."""

from __future__ import annotations

from datetime import date, timedelta

from actions.procedures.money_lines import ANNOUNCED_WITHIN
from actions.procedures.phrases import lower_first
from catalogue.dated_answer import DatedAnswer
from contract.wording import Wording
from language.formatting import format_date

ONE_DAY = timedelta(days=1)


def lines_of(entry: DatedAnswer, wording: Wording, language: str, today: date) -> tuple[str, ...]:
    """The answer that holds on ``today``; then what comes in its place soon, or that it may have changed."""
    told = entry.told_on(language, today)
    note = _note(entry, wording, language, today, told)
    return (told, note) if note is not None else (told,)


def _note(entry: DatedAnswer, wording: Wording, language: str, today: date, told: str) -> str | None:
    if entry.valid_until is None:
        return None
    day = format_date(entry.valid_until)
    if entry.is_overtaken(today):
        return wording.text(language, "entry_overtaken", date=day)
    if today > entry.valid_until or not entry.ends_by(today + ANNOUNCED_WITHIN):
        return None
    if entry.then:
        day_after = entry.valid_until + ONE_DAY
        coming = lower_first(entry.told_on(language, day_after)).rstrip(".")
        return wording.text(language, "fee_announced", date=format_date(day_after), items=coming)
    # An answer that names its last day says it once.
    return None if day in told else wording.text(language, "entry_until", date=day)
