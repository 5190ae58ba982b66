"""Cases exchanged with other agencies: where each lies, one with its papers and history, sending, files in and out."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from flask import Blueprint, Response, make_response, request
from werkzeug.wrappers import Response as AnyResponse

from centre.exchange.desk import ExchangeDesk, NotTakenIn
from centre.officers import Duty, Officer
from centre.page.access import AT_ONCE, CentreParts, page, page_number, redirected, signed_in, turn_away, with_form
from centre.page.fleet import moment
from centre.page.words import say, tell, to_citizen
from runtime.clock import VIETNAM
from runtime.working_time import working_time
from stores.audit import Deed
from stores.sealing import SealBroken
from tickets.desk import HeldByAnother, NoWayBack
from tickets.exchange.book import NewCase, NotNow, NotSetUp, Ready, Upload
from tickets.exchange.case import NEEDS_NOTE, Side, Step
from tickets.exchange.cases import NoSuchCase
from tickets.exchange.messages import AGENCY, LONGEST_WORDS, clean
from tickets.exchange.papers import TAKES, BadPaper
from tickets.exchange.records import Case, Event
from tickets.named_numbers import names_phone
from tickets.numbers import grouped, is_number
from tickets.scanning import NotScanned
from tickets.store import NoSuchTicket

_ID: Final = re.compile(r"[0-9a-f]{32}")
LISTS: Final = ("out", "in", "over")
_TROUBLES: Final = frozenset(
    {"no_connection", "no_answer", "certificate", "unsigned", "too_old", "partner_off", "not_set_up"}
    | {"paper_infected", "papers_missing", "out_of_order", "paper_unreadable"}
)
_BAD: Final = {
    "out_of_order": "order",
    "papers_missing": "papers",
    "no_due": "no_due",
    "wrong_hash": "papers",
    "not_yours": "wrong_agency",
    "too_many_papers": "too_many",
    "too_many": "too_many",
}
"""Sentences by what was wrong with a file, where the name is another."""


def add_exchange(pages: Blueprint, parts: CentreParts) -> None:
    """``/centre/exchange``."""

    @pages.get("/exchange")
    def exchange() -> AnyResponse:
        officer = signed_in(parts, Duty.TICKETS)
        desk = parts.exchange
        if desk is None or not desk.book.own:
            return page(parts, "exchange.html", officer, is_set_up=False)
        chosen = request.args.get("list", "")
        chosen = chosen if chosen in LISTS else "in"
        side = {"out": Side.SENDER, "in": Side.RECEIVER}.get(chosen)
        is_open = chosen != "over"
        number, last = page_number(desk.book.count(side=side, open_only=is_open))
        found = desk.book.cases(side=side, open_only=is_open, limit=AT_ONCE, offset=(number - 1) * AT_ONCE)
        counts = {"out": desk.book.count(side=Side.SENDER), "in": desk.book.count(side=Side.RECEIVER)}
        return page(
            parts,
            "exchange.html",
            officer,
            is_set_up=True,
            chosen=chosen,
            lists=[(name, tell(f"list_{name}"), f"({counts[name]})" if name in counts else "") for name in LISTS],
            rows=[shown(parts, desk, case) for case in found],
            number=number,
            pages_count=last,
        )

    @pages.get("/exchange/new")
    def new_case() -> AnyResponse:
        officer = signed_in(parts, Duty.TICKETS)
        return _new(parts, _desk(parts, officer), officer)

    @pages.post("/exchange/new")
    def send_case() -> AnyResponse:
        officer = with_form(parts, Duty.TICKETS)
        desk = _desk(parts, officer)
        try:
            return redirected("case", id=_send(parts, desk, officer))
        except _Wrong as wrong:
            return make_response(_new(parts, desk, officer, problem=str(wrong)), 409)

    @pages.get("/exchange/import")
    def import_case() -> AnyResponse:
        officer = signed_in(parts, Duty.TICKETS)
        _desk(parts, officer)
        return page(parts, "exchange_import.html", officer)

    @pages.post("/exchange/import")
    def take_in_case() -> AnyResponse:
        officer = with_form(parts, Duty.TICKETS)
        desk = _desk(parts, officer)
        given = request.files.get("file")
        days = request.form.get("working_days", "").strip()
        try:
            if given is None or not (content := given.read()):
                raise _Wrong(tell("bad_no_file"))
            taken = desk.take_in(content, officer.name, _days(days) if days else None)
        except NotTakenIn as error:
            problem = _sentence(error.why)
        except _Wrong as wrong:
            problem = str(wrong)
        except NotScanned:
            problem = tell("bad_scanner")
        except OSError:
            problem = tell("bad_disk")
        else:
            return redirected("case", id=taken.case, new=taken.new)
        return make_response(page(parts, "exchange_import.html", officer, problem=problem), 409)

    @pages.get("/exchange/<id>")
    def case(id: str) -> AnyResponse:
        officer = signed_in(parts, Duty.TICKETS)
        new = request.args.get("new", "")
        done = tell("imported", count=int(new)) if new.isascii() and new.isdigit() and len(new) < 5 else ""
        return _case(parts, _desk(parts, officer), officer, id, done=done)

    @pages.post("/exchange/<id>")
    def work_on_case(id: str) -> AnyResponse:
        officer = with_form(parts, Duty.TICKETS)
        desk = _desk(parts, officer)
        if not _ID.fullmatch(id):
            turn_away(parts, officer, "not_found", 404)
        try:
            _work(desk, officer, id)
        except NoSuchCase:
            turn_away(parts, officer, "not_found", 404)
        except _Wrong as wrong:
            return make_response(_case(parts, desk, officer, id, problem=str(wrong)), 409)
        return redirected("case", id=id)

    @pages.get("/exchange/<id>/<file>")
    def case_file(id: str, file: str) -> AnyResponse:
        officer = signed_in(parts, Duty.TICKETS)
        desk = _desk(parts, officer)
        makers: dict[str, tuple[Callable[[str], bytes], str]] = {
            "package.zip": (desk.package, "application/zip"),
            "case.pdf": (desk.sheet, "application/pdf"),
            "case.edxml": (desk.edxml, "application/xml"),
        }
        try:
            if not _ID.fullmatch(id) or desk.book.case(id).erased_at is not None:
                raise NoSuchCase(id)
            if file in makers:
                make, kind = makers[file]
                parts.officers.note(Deed.EXPORTED, officer.name, f"exchanged case {id}, {file}")
                return _download(make(id), kind, f"{id[:8]}-{file}")
            paper = next(one for one in desk.book.papers(id) if one.sha256 == file)
            parts.officers.note(Deed.LOOKED, officer.name, f"paper of exchanged case {id}")
            return _download(desk.book.content(paper), paper.type, paper.name)
        except (NoSuchCase, StopIteration):
            turn_away(parts, officer, "not_found", 404)
        except (OSError, SealBroken):
            return make_response(_case(parts, desk, officer, id, problem=tell("paper_unreadable")), 409)


def shown(parts: CentreParts, desk: ExchangeDesk, case: Case) -> dict[str, object]:
    """A case as a row of a table tells it."""
    calendar, today = working_time(), parts.clock().astimezone(VIETNAM).date()
    partner = desk.book.partners.get(case.partner)
    name = partner.name if partner is not None else case.partner
    due = case.standing.due(calendar)
    late = case.standing.is_overdue(calendar, today)
    day = f"{due:%d/%m/%Y}" if due is not None else tell("due_days", count=case.standing.working_days)
    if case.standing.awaiting_since is not None:
        day = tell("state_awaiting")
    return {
        "id": case.id,
        "shown": case.id[:8].upper(),
        "subject": case.subject or tell("erased_subject"),
        "partner": name,
        "side": tell("out" if case.side is Side.SENDER else "in"),
        "state": desk.state(case),
        "code": case.standing.outside.value if case.standing.outside is not None else "",
        "holder": "" if case.standing.ended_at else tell("here") if case.is_ours else name,
        "due": "" if case.standing.ended_at else tell("late", day=day) if late else day,
        "mood": "bad" if late else "",
        "changed": moment(case.changed_at),
        "due_on": due,
        "is_late": late,
    }


def cases_of_ticket(parts: CentreParts, ticket: str) -> dict[str, object]:
    """The cases a ticket was sent on as, with their outside states."""
    desk = parts.exchange
    if desk is None or not desk.book.own:
        return {"exchange_open": False, "cases": []}
    return {"exchange_open": True, "cases": [shown(parts, desk, case) for case in desk.book.of_ticket(ticket)]}


class _Wrong(Exception):
    """A form that cannot be done; the message is for the officer."""


def _desk(parts: CentreParts, officer: Officer) -> ExchangeDesk:
    if parts.exchange is None or not parts.exchange.book.own:
        turn_away(parts, officer, "not_found", 404)
    return parts.exchange


def _new(parts: CentreParts, desk: ExchangeDesk, officer: Officer, problem: str = "") -> Response:
    number = request.values.get("ticket", "")
    ticket = None
    if is_number(number):
        try:
            # Leaves a trace of who looked, as the ticket's own page does.
            ticket = parts.tickets.open(number, officer.name)
        except NoSuchTicket:
            turn_away(parts, officer, "not_found", 404)
    draft = ticket.draft if ticket is not None else None
    asked = "\n".join(part for part in (draft.words, draft.place) if part) if draft is not None else ""
    given = request.form
    return page(
        parts,
        "exchange_new.html",
        officer,
        problem=problem,
        partners=[one for one in desk.book.partners.all() if one.is_on],
        ticket=number if ticket is not None else "",
        ticket_shown=grouped(number) if ticket is not None else "",
        may_tell=ticket is not None and parts.desk.reaches(number),
        chosen=given.get("partner", ""),
        subject=given.get("subject", ""),
        words=given.get("words", asked),
        working_days=given.get("working_days", "5"),
        procedure=given.get("procedure", (draft.procedure or "") if draft is not None else ""),
        dossier=given.get("dossier", ""),
        longest=LONGEST_WORDS,
        takes=TAKES,
        key=given.get("key") or secrets.token_hex(12),
    )


def _send(parts: CentreParts, desk: ExchangeDesk, officer: Officer) -> str:
    form = request.form
    partner = desk.book.partners.get(form.get("partner", "")) if re.match(AGENCY, form.get("partner", "")) else None
    if partner is None or not partner.is_on:
        raise _Wrong(tell("no_such_partner"))
    subject, words = clean(form.get("subject", "").replace("\n", " "))[:200], clean(form.get("words", ""))
    if not subject:
        raise _Wrong(tell("subject_missing"))
    if len(words) > LONGEST_WORDS:
        raise _Wrong(say("too_long", count=LONGEST_WORDS))
    if names_phone(subject) or names_phone(words):
        raise _Wrong(tell("phone_in_words"))
    number = form.get("ticket", "")
    ticket = number if is_number(number) else None
    new = NewCase(
        partner=partner.code,
        subject=subject,
        words=words,
        working_days=_days(form.get("working_days", "")),
        procedure=clean(form.get("procedure", ""))[:40] or None,
        dossier=clean(form.get("dossier", ""))[:60] or None,
        ticket=ticket,
    )
    papers = _papers(desk)
    key = f"{officer.name}:{form.get('key', '')[:64]}"
    try:
        text = None
        if ticket is not None and "tell" in form and parts.desk.reaches(ticket):
            language = parts.tickets.get(ticket).draft.language
            text = to_citizen(language, "passed_on", number=grouped(ticket), agency=partner.name)
        return desk.book.send(
            new,
            papers,
            officer.name,
            key,
            # The ticket is passed on and the case begun together, or neither.
            (lambda session: parts.desk.pass_within(session, ticket, officer.name, partner.name, subject, text))
            if ticket is not None
            else None,
        )
    except HeldByAnother as held:
        raise _Wrong(say("held_by", officer=held.officer)) from None
    except NoWayBack:
        raise _Wrong(say("no_way_back")) from None
    except NoSuchTicket:
        raise _Wrong(say("not_found")) from None
    except (NotNow, NotSetUp):
        raise _Wrong(tell("no_such_partner")) from None
    except OSError:
        raise _Wrong(tell("bad_disk")) from None


def _work(desk: ExchangeDesk, officer: Officer, id: str) -> None:
    do = request.form.get("do", "")
    if do == "again":
        desk.outbox.now(id)
        return
    try:
        if do == "erase":
            if "sure" in request.form:
                desk.book.erase(id, officer.name)
            return
        if do not in set(Step):
            raise _Wrong(tell("not_now"))
        step, words = Step(do), clean(request.form.get("words", ""))
        if step in NEEDS_NOTE and not words:
            raise _Wrong(tell("note_missing"))
        if len(words) > LONGEST_WORDS:
            raise _Wrong(say("too_long", count=LONGEST_WORDS))
        if names_phone(words):
            raise _Wrong(tell("phone_in_words"))
        desk.book.act(id, step, officer.name, words, _papers(desk), request.form.get("key", "")[:64])
    except NotNow:
        raise _Wrong(tell("not_now")) from None
    except OSError:
        raise _Wrong(tell("bad_disk")) from None


def _papers(desk: ExchangeDesk) -> list[Ready]:
    given = [Upload(one.filename or "", one.read()) for one in request.files.getlist("papers")]
    try:
        return desk.book.ready([one for one in given if one.content])
    except BadPaper as error:
        raise _Wrong(tell("bad_too_many") if error.why == "too_many" else tell("bad_paper")) from None
    except NotScanned:
        raise _Wrong(tell("bad_scanner")) from None


def _days(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 4 and 1 <= int(text) <= 250):
        raise _Wrong(tell("days_wrong"))
    return int(text)


def _sentence(why: str) -> str:
    if why.startswith("edxml_"):
        return tell("bad_paper" if why == "edxml_attachment" else "bad_edxml")
    if why.startswith("paper_"):
        return tell("bad_paper")
    return tell(f"bad_{_BAD.get(why, why)}")


def _case(
    parts: CentreParts, desk: ExchangeDesk, officer: Officer, id: str, problem: str = "", done: str = ""
) -> Response:
    try:
        # Each look is noted, as with tickets.
        found = desk.book.look(id if _ID.fullmatch(id) else "", officer.name)
    except NoSuchCase:
        turn_away(parts, officer, "not_found", 404)
    row = shown(parts, desk, found)
    events = desk.book.events(id)
    partner = desk.book.partners.get(found.partner)
    receipt = next((one for one in events if one.state is not None and one.state.value == "01"), None)
    who = {found.side: tell("here"), found.side.other: str(row["partner"])}
    return page(
        parts,
        "exchange_case.html",
        officer,
        problem=problem,
        done=done,
        case=found,
        row=row,
        ticket_shown=grouped(found.ticket) if found.ticket else "",
        receipt=moment(receipt.at) if receipt is not None and (receipt.is_signed or receipt.officer == "") else "",
        papers=[
            (one.sha256, one.name, tell("paper_of", who=who[one.side], size=-(-one.size // 1024)))
            for one in desk.book.papers(id)
        ],
        history=[_event(desk, one, found, who, has_line=partner is not None and partner.has_line) for one in events],
        waits=any(one.done_at is None and one.side is found.side for one in events),
        has_line=partner is not None and partner.has_line,
        steps=[(step.value, tell(f"do_{step.value}")) for step in _steps(found)],
        may_erase=found.side is Side.SENDER and found.erased_at is None,
        erased=_erased(found),
        words=request.form.get("words", ""),
        longest=LONGEST_WORDS,
        takes=TAKES,
        key=secrets.token_hex(12),
    )


def _steps(case: Case) -> list[Step]:
    # To arrive is nobody's deed.
    may = case.standing.may(case.side) if case.erased_at is None else ()
    return [step for step in may if step is not Step.ARRIVE]


def _erased(case: Case) -> list[str]:
    if case.erased_at is None:
        return []
    here = tell("erased_here", moment=moment(case.erased_at))
    if case.side is Side.RECEIVER:
        return [here]
    there = case.erased_there_at
    return [here, tell("erased_there", moment=moment(there)) if there is not None else tell("erased_waits")]


def _event(desk: ExchangeDesk, event: Event, case: Case, who: dict[Side, str], *, has_line: bool) -> dict[str, object]:
    waits = event.side is case.side and event.done_at is None
    trouble = ""
    if waits and not has_line:
        trouble = tell("by_file")
    elif waits and event.tries:
        known = event.trouble in _TROUBLES
        why = tell(f"trouble_{event.trouble}") if known else tell("trouble_other", code=event.trouble)
        trouble = tell("tried", count=event.tries, why=why)
    elif waits:
        trouble = tell("on_its_way")
    proof = ""
    if event.side is not case.side:
        proof = tell("signed") if event.is_signed else tell("entered")
    return {
        "at": moment(event.at),
        "who": f"{who[event.side]}, {event.officer}" if event.officer else who[event.side],
        "did": desk.told(event),
        "words": event.words,
        "trouble": trouble,
        "proof": proof,
    }


def _download(content: bytes, kind: str, name: str) -> Response:
    response = make_response(content)
    response.headers["Content-Type"] = kind
    # Never shown in the page's own place: whoever made the file is not us.
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return response
