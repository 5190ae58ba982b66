"""Campaigns: one approved sentence to many who agreed to notices; looked at, tried, sent at a pace, paused, stopped."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

from flask import Blueprint, Response, abort, make_response, request
from werkzeug.wrappers import Response as AnyResponse

from centre.officers import Duty, Officer
from centre.page.access import CentreParts, page, redirected, signed_in, turn_away, with_form
from centre.page.fleet import moment
from centre.page.words import language, say
from channels.sms.campaigns.audience import PHONE, Mistake, WrongList, read_audience
from channels.sms.campaigns.campaigns import Campaign, Campaigns, NotPossible, State
from channels.sms.campaigns.rules import rules, sentence
from runtime.clock import VIETNAM
from stores.audit import Deed

SHOWN_MISTAKES: Final = 20


def add_campaigns(pages: Blueprint, parts: CentreParts) -> None:
    """``/centre/campaigns``."""

    @pages.get("/campaigns")
    def campaigns() -> AnyResponse:
        return _list(parts, signed_in(parts, Duty.OFFICERS))

    @pages.post("/campaigns")
    def make_campaign() -> AnyResponse:
        officer, known = with_form(parts, Duty.OFFICERS), _campaigns(parts)
        name, template = " ".join(request.form.get("name", "").split())[:100], request.form.get("template", "")
        marks = rules().templates.get(template)
        if not name or marks is None:
            return make_response(_list(parts, officer, say("campaign_no_name")), 400)
        if parts.sms_brand and template not in rules().ids:
            return make_response(_list(parts, officer, say("campaign_not_registered", brand=parts.sms_brand)), 400)
        given = request.files.get("list")
        try:
            read = read_audience(given.read() if given is not None else b"", marks, column_names(marks), rules())
        except WrongList as wrong:
            return make_response(_list(parts, officer, say(wrong.why, **wrong.values)), 400)
        if read.mistakes:
            return make_response(_list(parts, officer, mistakes=read.mistakes), 400)
        try:
            number = known.draft(name, template, read.recipients, officer.name, parts.segments)
        except NotPossible as refused:
            return make_response(_list(parts, officer, say(refused.why)), 400)
        registered = f" {rules().ids[template]}" if template in rules().ids else ""
        parts.officers.note(Deed.CAMPAIGN, officer.name, f"campaign {number} made: {template}{registered}")
        return redirected("campaign", number=number)

    @pages.post("/campaigns/stop")
    def stop_campaigns() -> AnyResponse:
        officer = with_form(parts, Duty.OFFICERS)
        parts.officers.note(Deed.CAMPAIGN, officer.name, f"all stopped: {_campaigns(parts).stop_all()}")
        return redirected("campaigns")

    @pages.get("/campaigns/<int:number>")
    def campaign(number: int) -> AnyResponse:
        return _campaign(parts, signed_in(parts, Duty.OFFICERS), number)

    @pages.post("/campaigns/<int:number>")
    def work_on_campaign(number: int) -> AnyResponse:
        officer, known, form = with_form(parts, Duty.OFFICERS), _campaigns(parts), request.form
        deed = form.get("do", "")
        if deed == "try":
            tried = known.try_on(number, form.get("phone", ""), secrets.token_hex(8))
            done = {"done": say("campaign_tried")} if tried else {"problem": say("consent_no_number")}
            return make_response(_campaign(parts, officer, number, **done), 200 if tried else 400)
        try:
            begins, pace = _begins(form.get("begins", "")), _pace(form.get("per_hour", ""))
        except ValueError:
            return make_response(_campaign(parts, officer, number, problem=say("campaign_no_day")), 400)
        deeds: dict[str, Callable[[], object]] = {
            "start": lambda: known.start(number, begins, pace),
            "pause": lambda: known.pause(number),
            "stop": lambda: known.stop(number),
        }
        if deed not in deeds:
            turn_away(parts, officer, "not_found", 404)
        try:
            deeds[deed]()
        except NotPossible as refused:
            problem = say(refused.why, most=rules().most_per_hour)
            return make_response(_campaign(parts, officer, number, problem=problem), 409)
        parts.officers.note(Deed.CAMPAIGN, officer.name, f"campaign {number}: {deed}")
        return redirected("campaign", number=number)


def _campaigns(parts: CentreParts) -> Campaigns:
    if parts.campaigns is None:
        abort(404)
    return parts.campaigns


def _list(parts: CentreParts, officer: Officer, problem: str = "", mistakes: Sequence[Mistake] = ()) -> Response:
    templates = [
        {
            "name": name,
            "id": rules().ids.get(name, ""),
            "words": sentence(name, {mark: f"[{say(f'column_named_{mark}')}]" for mark in marks}),
            "columns": ", ".join(say(f"column_named_{column}") for column in (PHONE, *marks)),
        }
        for name, marks in rules().templates.items()
    ]
    return page(
        parts,
        "campaigns.html",
        officer,
        problem=problem,
        mistakes=[told(one, rules().longest_value) for one in mistakes[:SHOWN_MISTAKES]],
        count=len(mistakes),
        templates=templates,
        cap=rules().person_a_day,
        rows=[(one, _state(parts, one), moment(one.made_at)) for one in _campaigns(parts).newest()],
        given=request.form,
    )


def _campaign(parts: CentreParts, officer: Officer, number: int, problem: str = "", done: str = "") -> Response:
    known = _campaigns(parts)
    one = known.get(number)
    if one is None:
        turn_away(parts, officer, "not_found", 404)
    counts = known.counts(number)
    cost = parts.figures.cost(one.segments) if parts.figures is not None else 0
    return page(
        parts,
        "campaign.html",
        officer,
        problem=problem,
        done=done,
        one=one,
        state=_state(parts, one),
        begins=moment(one.begins_at) if one.begins_at is not None else "",
        cost=say("dong", amount=f"{round(cost):,}".replace(",", ".")) if cost else "",
        people=sum(counts.values()),
        counts=[(say(f"recipient_{state}"), count) for state, count in counts.items()],
        report=[(say(f"sent_{state}"), count) for state, count in sorted(known.report(number).items())],
        samples=known.samples(number),
        most=rules().most_per_hour,
        brand=parts.sms_brand,
        registered=rules().ids.get(one.template, ""),
        language=language(),
    )


def _state(parts: CentreParts, one: Campaign) -> str:
    waits = one.state is State.RUNNING and one.begins_at is not None and one.begins_at > parts.clock()
    return say("campaign_is_scheduled" if waits else f"campaign_is_{one.state}")


def told(mistake: Mistake, longest: int) -> str:
    """A line of a list that cannot be used, in words."""
    why = say(mistake.why, most=longest) if mistake.why == "value_long" else say(mistake.why)
    return say("campaign_mistake", line=mistake.line, column=say(f"column_named_{mistake.column}"), why=why)


def column_names(marks: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """How the heading of each column of a list may be written."""
    return {column: (say(f"column_named_{column}"),) for column in (PHONE, *marks)}


def _begins(given: str) -> datetime | None:
    return datetime.fromisoformat(given).replace(tzinfo=VIETNAM) if given else None


def _pace(given: str) -> int | None:
    return int(given) if given else None
