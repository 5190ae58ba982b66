"""Dossiers on which two systems say different things: what each says, and what citizens are told."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint
from werkzeug.wrappers import Response as AnyResponse

from actions.dossiers.disagreements import Disagreement
from centre.officers import Duty
from centre.page.access import AT_ONCE, CentreParts, page, page_number, signed_in
from centre.page.fleet import moment


@dataclass(frozen=True, slots=True)
class ShownSaid:
    """One system's word."""

    source: str
    state: str
    updated: str
    is_told: bool


@dataclass(frozen=True, slots=True)
class ShownDisagreement:
    """One dossier."""

    code: str
    since: str
    said: tuple[ShownSaid, ...]


def add_disagreements(pages: Blueprint, parts: CentreParts) -> None:
    """``/centre/disagreements``."""

    @pages.get("/disagreements")
    def disagreements() -> AnyResponse:
        officer = signed_in(parts, Duty.TICKETS)
        known = parts.disagreements
        number, last = page_number(known.count() if known is not None else 0)
        found = known.newest(AT_ONCE, (number - 1) * AT_ONCE) if known is not None else []
        rows = [_shown(parts, one) for one in found]
        return page(parts, "disagreements.html", officer, rows=rows, number=number, pages_count=last)


def _shown(parts: CentreParts, one: Disagreement) -> ShownDisagreement:
    said = tuple(
        ShownSaid(each.source, parts.state_words(int(each.status)), moment(each.updated_at), each.is_told)
        for each in one.said
    )
    return ShownDisagreement(one.code, moment(one.since), said)
