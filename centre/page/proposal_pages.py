"""What officers propose to tell: looked at on every channel, decided on by another officer, taken back."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, make_response, request
from werkzeug.wrappers import Response as AnyResponse

from catalogue.proposal_check import learns_anew
from catalogue.proposals import NotPossible, Proposal, State
from catalogue.record_lines import changed_lines
from centre.officers import Duty, Officer
from centre.page.access import CentreParts, page, redirected, signed_in, turn_away, with_form
from centre.page.catalogue_pages import desk_of, shown_changes, shown_remarks, told_sides
from centre.page.fleet import moment
from centre.page.words import say
from runtime import logs

_log = logs.get(__name__)


def add_proposals(pages: Blueprint, parts: CentreParts) -> None:
    """``/centre/catalogue/proposals``."""

    @pages.get("/catalogue/proposals")
    def proposals() -> AnyResponse:
        officer, desk = signed_in(parts, Duty.CATALOGUE), desk_of(parts)
        rows = [(one, moment(one.proposed_at)) for one in desk.proposals.waiting()]
        return page(parts, "proposals.html", officer, rows=rows)

    @pages.get("/catalogue/proposals/<int:number>")
    def proposal(number: int) -> AnyResponse:
        return _proposal(parts, signed_in(parts, Duty.CATALOGUE), number)

    @pages.post("/catalogue/proposals/<int:number>")
    def decide(number: int) -> AnyResponse:
        officer, desk = with_form(parts, Duty.CATALOGUE), desk_of(parts)
        _found(parts, officer, number)
        known, why = desk.proposals, request.form.get("why", "")
        deeds: dict[str, Callable[[], object]] = {
            "approve": lambda: _approve(parts, officer, number),
            "refuse": lambda: known.refuse(number, officer.name, why),
            "withdraw": lambda: known.withdraw(number, officer.name),
            "take_back": lambda: known.take_back(number, officer.name),
        }
        deed = deeds.get(request.form.get("do", ""))
        if deed is None:
            turn_away(parts, officer, "not_found", 404)
        try:
            deed()
        except NotPossible as refused:
            return make_response(_proposal(parts, officer, number, problem=say(refused.why)), 409)
        except OSError as error:
            _log.error("an approved record could not be written", cause=str(error))
            return make_response(_proposal(parts, officer, number, problem=say("proposal_not_written")), 503)
        return redirected("proposal", number=number)


def _approve(parts: CentreParts, officer: Officer, number: int) -> None:
    """What has come to be in the way since it was proposed stands in the way of telling it."""
    desk = desk_of(parts)
    found = desk.proposals.get(number)
    if found is not None and any(one.grave for one in desk.remarks(found.record, found.base)):
        raise NotPossible("proposal_has_mistakes")
    desk.proposals.approve(number, officer.name)


def _found(parts: CentreParts, officer: Officer, number: int) -> Proposal:
    found = desk_of(parts).proposals.get(number)
    if found is None:
        turn_away(parts, officer, "not_found", 404)
    return found


def _proposal(parts: CentreParts, officer: Officer, number: int, problem: str = "") -> Response:
    desk, found = desk_of(parts), _found(parts, officer, number)
    is_open = found.state is State.WAITING
    return page(
        parts,
        "proposal.html",
        officer,
        problem=problem,
        one=found,
        state=say(f"proposal_{found.state.value}"),
        proposed=moment(found.proposed_at),
        decided=moment(found.decided_at) if found.decided_at else "",
        is_mine=found.proposed_by == officer.name,
        changes=shown_changes(changed_lines(found.base, found.record)),
        remarks=shown_remarks(desk.remarks(found.record, found.base)) if is_open else [],
        learns=learns_anew(found.record, found.base),
        sides=told_sides(desk, desk.store.told(found.record)),
    )
