"""The inbox: what citizens asked officers to do, and one ticket with everything an officer may do with it."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from typing import Final

from flask import Blueprint, Response, make_response, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from centre.officers import Duty, Officer
from centre.page.access import AT_ONCE, CentreParts, page, page_number, redirected, signed_in, turn_away, with_form
from centre.page.exchange_pages import cases_of_ticket
from centre.page.fleet import moment
from centre.page.inbox import CHANNELS, LISTS, Asked, communes_of, dial, list_wanted, row, told
from centre.page.maps import map_of_report
from centre.page.words import say, to_citizen
from centre.views import LONGEST as VIEW_NAME_LONGEST
from centre.views import MOST as MOST_VIEWS
from centre.views import TooMany, Views
from contract.aspects import Aspect
from contract.tried import Step
from stores.rights import NoSuchWish
from tickets.desk import LONGEST, HeldByAnother, NoWayBack
from tickets.duplicates import Duplicate
from tickets.numbers import grouped, is_number
from tickets.store import LOOKED_THROUGH, NoSuchTicket
from tickets.ticket import Outcome, Ticket, TicketKind, TicketState

TEMPLATES: Final = ("received", "come_by", "papers_missing", "call_us", "no_answer")
"""Ready sentences, by their names in the wording room ``replies``."""
SIDES: Final = (Aspect.OVERVIEW, Aspect.PAPERS, Aspect.FEE, Aspect.TIME, Aspect.WHERE, Aspect.STEPS)
"""Sides of a procedure that are put into a reply."""

SHOWN: Final = "shown"
"""Among what is counted for the inbox, the list that is looked at; no list has this name."""

RATED: Final = frozenset({Outcome.SOLVED, Outcome.NOT_OURS})
"""Ends after which the citizen is asked how it was: something was done, or said, about the matter."""


def add_tickets(pages: Blueprint, parts: CentreParts) -> None:
    """``/centre/tickets``."""

    @pages.get("/tickets")
    def tickets() -> AnyResponse:
        return _inbox(parts, signed_in(parts, Duty.TICKETS), Asked.of(request.args))

    @pages.post("/views")
    def change_views() -> AnyResponse:
        officer, asked = with_form(parts, Duty.TICKETS), Asked.of(request.form)
        if parts.views is None:
            turn_away(parts, officer, "not_found", 404)
        if (dropped := request.form.get("drop", "")).isdecimal() and len(dropped) < 10:
            parts.views.drop(officer.name, int(dropped))
        elif problem := _save_view(parts.views, officer, asked):
            return make_response(_inbox(parts, officer, asked, problem), 400)
        return redirected("tickets", **asked.address)

    @pages.get("/tickets/<number>")
    def ticket(number: str) -> AnyResponse:
        return _ticket(parts, signed_in(parts, Duty.TICKETS), number, insert=_inserted(parts, number))

    @pages.post("/tickets/<number>")
    def work_on_ticket(number: str) -> AnyResponse:
        officer = with_form(parts, Duty.TICKETS)
        if not is_number(number):
            turn_away(parts, officer, "not_found", 404)
        deed = _DEEDS.get(request.form.get("do", ""))
        if deed is None:
            turn_away(parts, officer, "not_found", 404)
        words = request.form.get("words", "")
        try:
            problem = deed(parts, officer, number)
        except NoSuchTicket:
            turn_away(parts, officer, "not_found", 404)
        except HeldByAnother as held:
            problem = say("held_by", officer=held.officer)
        except NoWayBack:
            problem = say("no_way_back")
        if problem is None and parts.rights is not None:
            parts.rights.worked_on(parts.tickets.get(number), officer.name)
        if problem is not None:
            # What was written stays in the form.
            return make_response(_ticket(parts, officer, number, insert=words, problem=problem), 409)
        return redirected("ticket", number=number)

    @pages.post("/segments")
    def segments() -> AnyResponse:
        with_form(parts, Duty.TICKETS)
        words = request.form.get("words", "").strip()
        return make_response(say("segments", count=parts.segments(words)) if words else "")


def _inbox(parts: CentreParts, officer: Officer, asked: Asked, problem: str | None = None) -> Response:
    wanted, now = asked.wanted(officer.name), parts.clock()
    # Words have to be unsealed to be looked through: once, not again for their number.
    every = parts.tickets.find(wanted, limit=LOOKED_THROUGH) if wanted.words else None
    # Everything that was ever done is many, and tells nobody what to do.
    lists = {name: list_wanted(name, officer.name) for name in LISTS if name != TicketState.DONE}
    counts = parts.tickets.counts(lists if every is not None else {**lists, SHOWN: wanted})
    number, count = page_number(len(every) if every is not None else counts[SHOWN])
    first = (number - 1) * AT_ONCE
    # What waits longest is next; of what is done, the last is looked for.
    found = (
        every[first : first + AT_ONCE]
        if every is not None
        else parts.tickets.find(
            wanted, limit=AT_ONCE, offset=first, newest_first=asked.list == TicketState.DONE, with_words=False
        )
    )
    values: dict[str, object] = {
        "rows": [row(ticket, now) for ticket in found],
        # One address is made and the others are like it: a row of fifty would cost a look at every rule otherwise.
        "base": url_for("centre.tickets"),
        "lists": [
            (name, say(f"list_{name or 'to_do'}"), f"({counts[name]})" if name in counts else "") for name in LISTS
        ],
        "asked": asked,
        "number": number,
        "pages_count": count,
    }
    # The list alone when something changed while it is looked at; nothing else is drawn anew.
    if request.headers.get("HX-Request"):
        return page(parts, "tickets_list.html", officer, **values)
    return page(
        parts,
        "tickets.html",
        officer,
        **values,
        kinds=[(kind.value, say(f"kind_{kind.value}")) for kind in TicketKind],
        communes=communes_of(parts.province, asked.commune),
        channels=[(channel, say(f"channel_{channel}")) for channel in CHANNELS],
        views=parts.views.of(officer.name) if parts.views is not None else None,
        view_name_longest=VIEW_NAME_LONGEST,
        problem=problem,
    )


def _save_view(views: Views, officer: Officer, asked: Asked) -> str | None:
    """Keep what the inbox is narrowed to; a sentence when it could not be."""
    wanted = asked.wanted(officer.name)
    if wanted.number or wanted.phone:
        return say("view_of_one")
    try:
        views.save(officer.name, " ".join(request.form.get("name", "").replace("\0", "").split()), asked.address)
    except TooMany:
        return say("view_too_many", most=MOST_VIEWS)
    except ValueError:
        return say("view_unnamed", longest=VIEW_NAME_LONGEST)
    return None


def _ticket(
    parts: CentreParts, officer: Officer, number: str, *, insert: str = "", problem: str | None = None
) -> Response:
    try:
        # Leaves a trace of who looked, each time.
        found = parts.tickets.open(number if is_number(number) else "", officer.name)
    except NoSuchTicket:
        turn_away(parts, officer, "not_found", 404)
    draft, now = found.draft, parts.clock()
    lines = [
        {
            "at": moment(line.at),
            "author": line.author.value,
            "who": line.officer or say("citizen"),
            "words": line.words,
        }
        for line in parts.desk.lines(number)
    ]
    return page(
        parts,
        "ticket.html",
        officer,
        ticket=found,
        draft=draft,
        lines=lines,
        tried=[_tried(parts, step) for step in draft.tried],
        history=told(parts.tickets.history(number)),
        # Who reports a problem is nobody's business: there is a reply box, no number.
        dial=dial(draft.contact) if draft.kind is TicketKind.CALL_BACK else "",
        **_report(parts, number),
        **cases_of_ticket(parts, number),
        takes_texts=parts.desk.reaches(number),
        is_live=found.live_until is not None and found.live_until > now,
        held=found.officer is not None and found.officer != officer.name and found.state is not TicketState.DONE,
        colleagues=[one.name for one in parts.officers.all() if Duty.TICKETS in one.may and one.name != found.officer],
        outcomes=[(outcome.value, say(f"outcome_{outcome.value}")) for outcome in Outcome],
        templates=[(name, to_citizen(draft.language, f"template_{name}")) for name in TEMPLATES],
        sides=[(side.value, say(f"side_{side.value}")) for side in SIDES] if draft.procedure else [],
        insert=insert,
        problem=problem,
        # A form sent twice is one message.
        key=secrets.token_hex(12),
        longest=LONGEST,
        outcome=say(f"outcome_{found.outcome.value}") if found.outcome else "",
        rating=say(f"rating_{int(found.rating)}") if found.rating else "",
        **{name: value for name, value in row(found, now).items() if name not in {"procedure", "language", "officer"}},
    )


def _tried(parts: CentreParts, step: Step) -> dict[str, str]:
    """One turn of the assistant before somebody asked for a person."""
    name = parts.procedure_name(step.procedure) if step.procedure is not None else None
    if step.failed:
        how = say("tried_failed")
    elif step.asked_back:
        how = say("tried_asked_back")
    else:
        how = say("tried_told", name=name) if name is not None else say("tried_answered")
    return {"said": step.said or say("tried_by_button"), "how": how, "answered": step.answered}


def _report(parts: CentreParts, number: str) -> dict[str, object]:
    """What a report with a place has beside its words, and others that may be about the same."""
    report = parts.reports.of(number) if parts.reports is not None else None
    alike = parts.duplicates.of(number) if parts.duplicates is not None else []
    return {
        "report": report,
        "drawn": map_of_report(report),
        "tiles": parts.tiles,
        "attributes": parts.reports.attributes_of(number) if report is not None and parts.reports is not None else {},
        "photos": [name for name in report.media if not name.startswith("http")] if report is not None else [],
        "alike": [(one.number, grouped(one.number), moment(one.at), _why_alike(one)) for one in alike],
    }


def _why_alike(one: Duplicate) -> str:
    words = say("alike_words", share=one.likeness)
    return words if one.metres is None else f"{say('alike_metres', count=one.metres)}, {words}"


def _inserted(parts: CentreParts, number: str) -> str:
    """The sentence or answer an officer chose to begin a reply with."""
    name, side = request.args.get("template", ""), request.args.get("side", "")
    if not (name in TEMPLATES or side in {one.value for one in SIDES}) or not is_number(number):
        return ""
    try:
        draft = parts.tickets.get(number).draft
    except NoSuchTicket:
        return ""
    if name in TEMPLATES:
        return to_citizen(draft.language, f"template_{name}")
    return parts.answer_about(draft.procedure, Aspect(side), draft.language) or "" if draft.procedure else ""


def _written() -> tuple[str, str]:
    """The words of the form, and what makes it one form: sent twice it is the same, changed it is another."""
    words = request.form.get("words", "").replace("\0", "").strip()
    return words, f"{request.form.get('key', '')[:64]}:{hashlib.sha256(words.encode()).hexdigest()[:16]}"


def _take(parts: CentreParts, officer: Officer, number: str) -> str | None:
    parts.desk.claim(number, officer.name)
    return None


def _release(parts: CentreParts, officer: Officer, number: str) -> str | None:
    parts.desk.release(number, officer.name)
    return None


def _assign(parts: CentreParts, officer: Officer, number: str) -> str | None:
    to = request.form.get("to", "")
    if to not in {one.name for one in parts.officers.all() if Duty.TICKETS in one.may}:
        return say("no_such_colleague")
    parts.desk.assign(number, officer.name, to)
    return None


def _note(parts: CentreParts, officer: Officer, number: str) -> str | None:
    words, key = _written()
    if problem := _unfit(words):
        return problem
    parts.desk.note(number, officer.name, key, words)
    return None


def _reply(parts: CentreParts, officer: Officer, number: str) -> str | None:
    words, key = _written()
    if problem := _unfit(words):
        return problem
    found = parts.tickets.get(number)
    text = to_citizen(found.draft.language, "from_officer", number=grouped(number), words=words)
    parts.desk.reply(number, officer.name, key, words, text, live="live" in request.form)
    return None


def _called(parts: CentreParts, officer: Officer, number: str) -> str | None:
    words, key = _written()
    if problem := _unfit(words):
        return problem
    parts.desk.called(number, officer.name, key, words)
    return None


def _hand_back(parts: CentreParts, officer: Officer, number: str) -> str | None:
    found = parts.tickets.get(number)
    parts.desk.hand_back(number, officer.name, to_citizen(found.draft.language, "handed_back"))
    return None


def _pass_on(parts: CentreParts, officer: Officer, number: str) -> str | None:
    agency, reason = " ".join(request.form.get("agency", "").split())[:120], _written()[0]
    if not agency or not reason:
        return say("pass_on_incomplete")
    found = parts.tickets.get(number)
    text = to_citizen(found.draft.language, "passed_on", number=grouped(number), agency=agency)
    parts.desk.pass_on(number, officer.name, agency, reason, text if _may_tell(parts, found) else None)
    return None


def _close(parts: CentreParts, officer: Officer, number: str) -> str | None:
    outcome = request.form.get("outcome", "")
    if outcome not in set(Outcome):
        return say("no_outcome")
    found = parts.tickets.get(number)
    text = to_citizen(found.draft.language, f"closed_{outcome}", number=grouped(number))
    if outcome in RATED:
        text = f"{text} {to_citizen(found.draft.language, 'ask_rating')}"
    parts.desk.close(number, officer.name, Outcome(outcome), text if _may_tell(parts, found) else None)
    return None


def _put_off(parts: CentreParts, officer: Officer, number: str) -> str | None:
    try:
        if parts.rights is not None:
            parts.rights.put_off(parts.tickets.get(number), officer.name)
    except NoSuchWish:
        return say("right_put_off_already")
    return None


def _may_tell(parts: CentreParts, ticket: Ticket) -> bool:
    return "tell" in request.form and parts.desk.reaches(ticket.number)


def _unfit(words: str) -> str | None:
    if not words:
        return say("nothing_written")
    return say("too_long", count=LONGEST) if len(words) > LONGEST else None


_DEEDS: Final[dict[str, Callable[[CentreParts, Officer, str], str | None]]] = {
    "take": _take,
    "release": _release,
    "assign": _assign,
    "note": _note,
    "reply": _reply,
    "called": _called,
    "hand_back": _hand_back,
    "pass_on": _pass_on,
    "close": _close,
    "put_off": _put_off,
}
"""What a button of a ticket does; each gives a sentence when it could not."""
