"""Looking over the catalogue: what is old, doubtful, replaced, missing, or about to end.

The check reads and reports; it changes nothing. What is found in a hand-written record is for its author;
what is found in an imported one is for whoever decides to write that procedure by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from catalogue.flags import FORBIDS
from catalogue.notices import NoticeBoard, Superseded
from catalogue.record import Origin, Procedure
from catalogue.store import CatalogueStore
from catalogue.text import fold
from catalogue.wording import say
from catalogue.yaml_files import Problem

STALE_AFTER_DAYS = 180
"""Half a year: decisions that publish procedures change about that often."""

EXPIRING_WITHIN_DAYS = 60
"""Time enough to find out the new amount before the old one ends."""

FEWEST_PHRASES = 12
"""Ways of asking; below that the resolver misses too many people."""

LONGEST_LINE = 320
"""Characters of one fact; without diacritics that is a little more than two segments of an SMS (153 each)."""

LONGEST_SHORT_NAME = 40
"""Characters; the name is said in every answer."""


@dataclass(frozen=True)
class Finding:
    """Something about one procedure."""

    code: str
    name: str
    origin: Origin
    detail: str
    """A date, a flag, a code or the name of a fact; see the section it stands in."""


@dataclass(frozen=True)
class Duplicate:
    """One way of asking that stands with several procedures."""

    phrase: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class Ending:
    """An answer written as a sentence whose last day is near or over."""

    name: str
    """What its entry is found by."""
    last_day: date


@dataclass(frozen=True)
class CheckReport:
    """What :func:`check` found, by section."""

    checked_on: date
    stale_after_days: int
    handwritten: int
    imported: int
    problems: tuple[Problem, ...]
    """Hand-written files that could not be used."""
    stale: tuple[Finding, ...]
    """``detail`` is the day the facts were last read."""
    flagged: dict[str, tuple[Finding, ...]]
    """By what must not be said: "fee", "time", "law"; ``detail`` names the flags."""
    overruled: tuple[Finding, ...]
    """Hand-written fees that a flag of their own record forbids to state; ``detail`` names the flags."""
    superseded: tuple[Finding, ...]
    """``detail`` is what took its place; hand-written ones that a list calls replaced are here too."""
    incomplete: dict[str, tuple[Finding, ...]]
    """By what is missing: "papers", "where", "fee", "phrases" (``detail``: how many there are), "short_name"
    and
    "too_long" (``detail``: how many characters)."""
    duplicates: tuple[Duplicate, ...]
    expiring: tuple[Finding, ...]
    """``detail`` is the last day of an amount."""
    ending: tuple[Ending, ...]
    """Answers written as sentences that have ended or soon will, with nothing to take their place."""
    law_changes: tuple[Superseded, ...]
    """Announced changes, certain or not, that no code follows from."""
    differences: tuple[Finding, ...]
    """Hand-written records over which a newer one was imported; ``detail`` names what differs and what is told."""
    untold: dict[str, tuple[Finding, ...]]
    """Hand-written records whose answer about "fee" or "time" leaves nothing to act on."""

    @property
    def is_clean(self) -> bool:
        """Whether no hand-written record needs a hand."""
        found = [*self.stale, *self.overruled, *self.superseded, *self.expiring, *self.differences]
        found += [finding for section in self.incomplete.values() for finding in section]
        whole = not self.problems and not self.duplicates and not self.ending
        return whole and all(one.origin is Origin.IMPORTED for one in found)


def check(
    store: CatalogueStore,
    today: date,
    stale_after_days: int = STALE_AFTER_DAYS,
    expiring_within_days: int = EXPIRING_WITHIN_DAYS,
) -> CheckReport:
    """Look over every procedure as it stands on ``today``.

    Raises :class:`catalogue.imported.CatalogueUnavailable` when the imported ones cannot be read.
    """
    procedures = tuple(store.all())
    board = store.notices()
    oldest = today - timedelta(days=stale_after_days)
    last = today + timedelta(days=expiring_within_days)
    superseded = tuple(_finding(one, ", ".join(new)) for one in procedures if (new := _successors(one, board)))
    gone = {finding.code for finding in superseded}
    in_force = [one for one in procedures if one.code not in gone]
    return CheckReport(
        checked_on=today,
        stale_after_days=stale_after_days,
        handwritten=sum(one.origin is Origin.HANDWRITTEN for one in procedures),
        imported=sum(one.origin is Origin.IMPORTED for one in procedures),
        problems=store.problems(),
        stale=tuple(_finding(one, one.checked_on.isoformat()) for one in in_force if one.checked_on < oldest),
        flagged={what: tuple(_flagged(in_force, flags)) for what, flags in FORBIDS.items()},
        overruled=tuple(_flagged(store.overruled(), FORBIDS["fee"])),
        superseded=superseded,
        incomplete={what: tuple(found) for what, found in _incomplete(in_force).items()},
        duplicates=tuple(_duplicates(in_force)),
        expiring=tuple(_expiring(in_force, last)),
        ending=tuple(
            Ending(one.name, one.valid_until)
            for one in store.sentences()
            if one.valid_until is not None and one.ends_by(last) and not one.then
        ),
        law_changes=tuple(notice for notice in board.superseded if not (notice.certain and notice.old and notice.new)),
        differences=tuple(
            _finding(one.told, f"{', '.join(change.subject for change in one.changes)}; {_meanwhile(one.certain)}")
            for one in store.differences()
        ),
        untold={
            "fee": tuple(_finding(one, "") for one in in_force if _is_own(one) and not one.tells_fee(today)),
            "time": tuple(_finding(one, "") for one in in_force if _is_own(one) and not one.tells_time(today)),
        },
    )


def _is_own(procedure: Procedure) -> bool:
    return procedure.origin is Origin.HANDWRITTEN


def _meanwhile(certain: bool) -> str:
    return say("answered_from_newer" if certain else "told_as_doubtful")


def _finding(procedure: Procedure, detail: str) -> Finding:
    return Finding(procedure.code, procedure.short_name, procedure.origin, detail)


def _successors(procedure: Procedure, board: NoticeBoard) -> tuple[str, ...]:
    return procedure.replaced_by or board.replaced_by(procedure.code)


def _flagged(procedures: Sequence[Procedure], flags: frozenset[str]) -> Iterator[Finding]:
    for one in procedures:
        raised = [flag for flag in one.flags if flag in flags]
        if raised:
            yield _finding(one, ", ".join(raised))


def _incomplete(procedures: Sequence[Procedure]) -> dict[str, list[Finding]]:
    missing: dict[str, list[Finding]] = {
        what: [] for what in ("papers", "where", "fee", "phrases", "short_name", "too_long")
    }
    for one in procedures:
        for what, detail in _missing(one):
            missing[what].append(_finding(one, detail))
        if one.origin is Origin.HANDWRITTEN:
            for name, text in _lines(one):
                if len(text) > LONGEST_LINE:
                    missing["too_long"].append(_finding(one, f"{name} ({len(text)})"))
    return missing


def _missing(procedure: Procedure) -> Iterator[tuple[str, str]]:
    """What is missing, and how much of it there is."""
    if not procedure.papers:
        yield "papers", ""
    if procedure.where is None:
        yield "where", ""
    if not any(submission.fees for submission in procedure.submissions):
        yield "fee", ""
    if procedure.origin is Origin.HANDWRITTEN:
        if len(procedure.asked_as.all) < FEWEST_PHRASES:
            yield "phrases", str(len(procedure.asked_as.all))
        if len(procedure.short_name) > LONGEST_SHORT_NAME:
            yield "short_name", str(len(procedure.short_name))


def _lines(procedure: Procedure) -> Iterator[tuple[str, str]]:
    """Every fact that is told as one piece, by its field."""
    for name, text in (
        ("summary", procedure.summary),
        ("where", procedure.where),
        ("result", procedure.result),
    ):
        if text:
            yield name, text
    for name, texts in (
        ("steps", procedure.steps),
        ("conditions", procedure.conditions),
        ("forms", procedure.forms),
    ):
        for index, text in enumerate(texts, 1):
            yield f"{name}[{index}]", text
    for case in procedure.papers:
        for index, paper in enumerate(case.items, 1):
            yield f"papers[{index}]", paper.text
    for submission in procedure.submissions:
        noted = (
            submission.note,
            *(time.note for time in submission.times),
            *(fee.note for fee in submission.fees),
        )
        for text in filter(None, noted):
            yield submission.way.value, text


def _duplicates(procedures: Sequence[Procedure]) -> Iterator[Duplicate]:
    """Phrases of two procedures that are the same once case and diacritics are gone."""
    said: dict[str, dict[str, str]] = {}
    for one in procedures:
        for phrase in one.asked_as.all:
            said.setdefault(fold(phrase), {})[one.code] = phrase
    for codes in said.values():
        if len(codes) > 1:
            yield Duplicate(next(iter(codes.values())), tuple(codes))


def _expiring(procedures: Sequence[Procedure], last: date) -> Iterator[Finding]:
    """Amounts and exemptions that have ended or soon will, with nothing to take their place."""
    for one in procedures:
        fees = [fee for submission in one.submissions for fee in submission.fees]
        followed = {fee.case for fee in fees if fee.valid_from is not None}
        days = {fee.valid_until for fee in fees if fee.valid_until and fee.case not in followed}
        days |= {exemption.valid_until for exemption in one.exemptions if exemption.valid_until}
        for day in sorted(days):
            if day <= last:
                yield _finding(one, day.isoformat())
