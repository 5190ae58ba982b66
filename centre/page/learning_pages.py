"""Questions that were not understood: labelled in one click with what they most likely mean."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response, make_response, request
from werkzeug.wrappers import Response as AnyResponse

from centre.officers import Duty, Officer
from centre.page.access import AT_ONCE, CentreParts, page, page_number, redirected, signed_in, with_form
from centre.page.catalogue_pages import desk_of
from centre.page.words import say
from learning.kept import KeptUtterance
from learning.labels import LabelRefused
from learning.review import NEAR
from stores.audit import Deed

OFFERED: Final = 3
"""Procedures offered for one question."""


def add_questions(pages: Blueprint, parts: CentreParts) -> None:
    """``/centre/catalogue/questions``."""

    @pages.get("/catalogue/questions")
    def questions() -> AnyResponse:
        return _questions(parts, signed_in(parts, Duty.CATALOGUE))

    @pages.post("/catalogue/questions")
    def label() -> AnyResponse:
        officer, desk = with_form(parts, Duty.CATALOGUE), desk_of(parts)
        given = request.form.get("id", "")
        number = int(given) if given.isdecimal() and len(given) < 10 else 0
        meaning = request.form.get("do", "") or request.form.get("code", "").strip()
        if meaning == "drop":
            desk.learning.drop(number)
            parts.officers.note(Deed.CATALOGUE_CHANGED, officer.name, f"question {number} dropped")
            return redirected("questions")
        try:
            done = desk.label(number, meaning)
        except LabelRefused as refused:
            return make_response(_questions(parts, officer, problem=say(refused.why, **refused.values)), 409)
        parts.officers.note(Deed.CATALOGUE_CHANGED, officer.name, f"question {number} means {done.label}")
        return redirected("questions")


def _questions(parts: CentreParts, officer: Officer, problem: str = "") -> Response:
    desk = desk_of(parts)
    every = desk.learning.open()
    number, last = page_number(len(every))
    rows = every[(number - 1) * AT_ONCE : number * AT_ONCE]
    return page(
        parts,
        "questions.html",
        officer,
        problem=problem,
        rows=[(one, say(f"reason_{one.kept.reason.value}"), _offered(parts, one)) for one in rows],
        number=number,
        pages_count=last,
    )


def _offered(parts: CentreParts, one: KeptUtterance) -> list[tuple[str, str]]:
    """Codes and names of what was most likely meant."""
    near = [candidate.code for candidate in one.kept.candidates[:OFFERED] if candidate.chance >= NEAR]
    return [(code, name) for code in near if (name := parts.procedure_name(code)) is not None]
