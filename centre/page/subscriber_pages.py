"""Who is told by signed webhooks when a report changes: entered, tried out, let rest, removed."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, request
from werkzeug.wrappers import Response as AnyResponse

from centre.officers import Duty, Officer
from centre.open311.subscribers import NO_ANSWER, BadAddress, Subscriber, Subscribers
from centre.page.access import CentreParts, page, redirected, signed_in, turn_away, with_form
from centre.page.fleet import moment
from centre.page.words import say
from stores.audit import Deed


def add_subscribers(pages: Blueprint, parts: CentreParts) -> None:
    """``/centre/subscribers``."""

    @pages.get("/subscribers")
    def subscribers() -> AnyResponse:
        return _list(parts, signed_in(parts, Duty.OFFICERS))

    @pages.post("/subscribers")
    def change_subscriber() -> AnyResponse:
        officer, known, form = with_form(parts, Duty.OFFICERS), _subscribers(parts), request.form
        if form.get("do") == "add":
            name = " ".join(form.get("name", "").replace("\0", "").split())[:100]
            try:
                if not name:
                    raise BadAddress
                number, key = known.add(name, form.get("url", ""), officer.name)
            except BadAddress:
                return make_response(_list(parts, officer, problem=say("subscriber_bad")), 400)
            parts.officers.note(Deed.SUBSCRIBER, officer.name, f"subscriber {number}: add")
            return _list(parts, officer, key=key)
        number, do = _number(form.get("number", "")), form.get("do", "")
        if do == "try":
            status = known.try_out(number)
            if status is not None:
                taken = 200 <= status < 300
                told = say("subscriber_tried" if taken else "subscriber_not_taken", status=_status(status))
                return _list(parts, officer, **{"done" if taken else "problem": told})
        elif do in {"rest", "go_on"}:
            known.rest(number, rests=do == "rest")
        elif do == "remove":
            known.remove(number)
        else:
            turn_away(parts, officer, "not_found", 404)
        parts.officers.note(Deed.SUBSCRIBER, officer.name, f"subscriber {number}: {do}")
        return redirected("subscribers")


def _subscribers(parts: CentreParts) -> Subscribers:
    if parts.subscribers is None:
        abort(404)
    return parts.subscribers


def _list(parts: CentreParts, officer: Officer, problem: str = "", done: str = "", key: str = "") -> Response:
    rows = [(one, _state(one), moment(one.sent_at) if one.sent_at else "-") for one in _subscribers(parts).all()]
    return page(parts, "subscribers.html", officer, problem=problem, done=done, key=key, rows=rows, given=request.form)


def _state(one: Subscriber) -> str:
    if one.rests:
        return say("subscriber_rests", status=_status(one.status))
    if one.waiting and one.status is not None and not 200 <= one.status < 300:
        return say("subscriber_waits", count=one.waiting, status=_status(one.status))
    return say("subscriber_works")


def _status(status: int | None) -> str:
    return say("subscriber_no_answer") if status in {None, NO_ANSWER} else str(status)


def _number(given: str) -> int:
    return int(given) if given.isdecimal() and len(given) < 10 else 0
