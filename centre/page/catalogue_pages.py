"""The catalogue desk: procedures, how each is told, what the freshness engine found, and the form to correct one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, Response, abort, make_response, request
from pydantic import ValidationError
from werkzeug.wrappers import Response as AnyResponse

from catalogue.proposal_check import Remarked
from catalogue.proposals import NotPossible
from catalogue.record import CODE_PATTERN, Procedure
from catalogue.record_form import form_of, typed
from catalogue.record_lines import Changed, changed_lines
from catalogue.wording import describe, mistakes_of, read_in
from centre.catalogue_desk import CatalogueDesk
from centre.officers import Duty, Officer
from centre.page.access import AT_ONCE, CentreParts, page, page_number, redirected, signed_in, turn_away, with_form
from centre.page.fleet import moment
from centre.page.ticket_pages import SIDES
from centre.page.words import language, say
from channels.rendering.plainness import Plainness
from contract.aspects import Aspect
from speech.errors import SpeechError

LONGEST_SPOKEN: Final = 1_500
"""Characters of a preview that are spoken: a minute and a half."""


@dataclass(frozen=True, slots=True)
class Told:
    """One side of a record as citizens would get it."""

    side: str
    name: str
    plain: Plainness


def desk_of(parts: CentreParts) -> CatalogueDesk:
    """The desk; an installation without one has no such pages."""
    if parts.catalogue is None:
        abort(404)
    return parts.catalogue


def told_sides(desk: CatalogueDesk, record: Procedure) -> list[Told]:
    """A record on every channel, side by side."""
    return [Told(side.value, say(f"side_{side.value}"), desk.preview(record, side)) for side in SIDES]


def shown_changes(changes: tuple[Changed, ...]) -> list[dict[str, object]]:
    """Differences in an officer's words."""
    return [
        {"added": one.added, "place": " › ".join(map(_part, one.line.names)), "value": one.line.value}
        for one in changes
    ]


def shown_remarks(remarks: tuple[Remarked, ...]) -> list[tuple[bool, str]]:
    """Remarks in an officer's words, each with whether it stands in the way."""
    return [(one.grave, say(one.key, **dict(one.values))) for one in remarks]


def add_catalogue(pages: Blueprint, parts: CentreParts) -> None:
    """``/centre/catalogue``."""

    @pages.get("/catalogue")
    def catalogue() -> AnyResponse:
        officer, desk = signed_in(parts, Duty.CATALOGUE), desk_of(parts)
        words = request.args.get("q", "").strip()
        found = desk.found(words)
        number, last = page_number(len(found))
        return page(
            parts,
            "catalogue.html",
            officer,
            words=words,
            rows=found[(number - 1) * AT_ONCE : number * AT_ONCE],
            origin=lambda one: say(f"origin_{one}"),
            new_code=words if not found and CODE_PATTERN.match(words) else None,
            count=len(found),
            number=number,
            pages_count=last,
            waiting=desk.proposals.count_waiting(),
            unlabelled=len(desk.learning.open()),
        )

    @pages.get("/catalogue/work")
    def catalogue_work() -> AnyResponse:
        officer, desk = signed_in(parts, Duty.CATALOGUE), desk_of(parts)
        with read_in(language()):
            work = desk.work()
        number, last = page_number(len(work))
        rows = work[(number - 1) * AT_ONCE : number * AT_ONCE]
        return page(parts, "catalogue_work.html", officer, rows=rows, number=number, pages_count=last)

    @pages.get("/catalogue/<code>")
    def procedure(code: str) -> AnyResponse:
        officer, desk = signed_in(parts, Duty.CATALOGUE), desk_of(parts)
        record = desk.store.get(code, _province())
        if record is None:
            turn_away(parts, officer, "no_such_procedure", 404)
        history = desk.proposals.history(code)
        standing = {one.id for one in desk.standing(code)}
        return page(
            parts,
            "procedure.html",
            officer,
            record=record,
            province=_province(),
            provinces=desk.provinces(),
            sides=told_sides(desk, record),
            history=[(one, moment(one.proposed_at), one.id in standing) for one in history],
            newer=any(one.told.code == code for one in desk.store.differences()),
        )

    @pages.get("/catalogue/<code>/speech")
    def speech(code: str) -> AnyResponse:
        signed_in(parts, Duty.CATALOGUE)
        desk = desk_of(parts)
        proposal = desk.proposals.get(int(number)) if (number := request.args.get("proposal", "")).isdecimal() else None
        record = proposal.record if proposal is not None else desk.store.get(code, _province())
        if record is None or record.code != code or (side := request.args.get("side")) not in set(SIDES):
            abort(404)
        passages = desk.preview(record, Aspect(side)).passages
        try:
            sound = desk.speak("\n".join(one.text for one in passages)[:LONGEST_SPOKEN])
        except SpeechError:
            abort(503)
        return Response(sound, content_type="audio/wav")

    @pages.get("/catalogue/<code>/edit")
    def edit_procedure(code: str) -> AnyResponse:
        officer, desk = signed_in(parts, Duty.CATALOGUE), desk_of(parts)
        if not CODE_PATTERN.match(code):
            turn_away(parts, officer, "no_such_procedure", 404)
        start = desk.start_of(code, _province(), request.args.get("take", ""))
        return _form(parts, officer, code, start.to_json() if start is not None else {})

    @pages.post("/catalogue/<code>/edit")
    def propose(code: str) -> AnyResponse:
        officer, desk = with_form(parts, Duty.CATALOGUE), desk_of(parts)
        values = typed(request.form.to_dict(flat=False))
        given = {**values, "code": code, "province": _province()}
        try:
            record = Procedure.model_validate(given)
        except ValidationError as error:
            mistakes = {".".join(map(str, one["loc"])): str(describe(one)) for one in mistakes_of(error)}
            return make_response(_form(parts, officer, code, values, mistakes=mistakes), 400)
        base = desk.store.record(code, _province())
        if request.form.get("do") != "propose":
            return _form(parts, officer, code, values, record=record, base=base)
        remarks = desk.remarks(record, base)
        if any(one.grave for one in remarks):
            return make_response(_form(parts, officer, code, values, record=record, base=base), 400)
        try:
            number = desk.proposals.propose(record, base, request.form.get("reason", ""), officer.name)
        except NotPossible as refused:
            problem = say(refused.why)
            return make_response(_form(parts, officer, code, values, record=record, base=base, problem=problem), 400)
        return redirected("proposal", number=number)


def _form(
    parts: CentreParts,
    officer: Officer,
    code: str,
    values: dict[str, object],
    *,
    mistakes: dict[str, str] | None = None,
    record: Procedure | None = None,
    base: Procedure | None = None,
    problem: str = "",
) -> Response:
    desk = desk_of(parts)
    return page(
        parts,
        "record_form.html",
        officer,
        code=code,
        province=_province(),
        provinces=desk.provinces(),
        form=form_of(values),
        choice=lambda value: say(f"choice_{value}"),
        mistakes=mistakes or {},
        placed=[(_named(path), told) for path, told in (mistakes or {}).items()],
        problem=problem,
        reason=request.form.get("reason", ""),
        changes=shown_changes(changed_lines(base, record)) if record is not None else None,
        remarks=shown_remarks(desk.remarks(record, base)) if record is not None else [],
        sides=told_sides(desk, record) if record is not None else [],
    )


def _province() -> str | None:
    """The province whose record is meant; None for the national one."""
    given = request.values.get("province", "")
    return given if len(given) == 2 and given.isdecimal() else None


def _named(path: str) -> str:
    """A path of a mistake, whose places in lists count from 0, as officers read it."""
    parts = (str(int(part) + 1) if part.isdecimal() else part for part in path.split("."))
    return " › ".join(map(_part, parts))


def _part(name: str) -> str:
    """A part of a path as officers read it; places in a list count from 1 there already."""
    return name if name.isdecimal() else say(f"field_{name}")
