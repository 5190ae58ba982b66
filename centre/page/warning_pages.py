"""Warnings of danger: chosen, looked at, given by text and call, watched, cancelled; and who is warned where."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask import Blueprint, Response, abort, make_response, request
from werkzeug.wrappers import Response as AnyResponse

from centre.officers import Duty, Officer
from centre.page.access import CentreParts, page, redirected, signed_in, turn_away, with_form
from centre.page.campaign_pages import SHOWN_MISTAKES, column_names, told
from centre.page.fleet import moment
from centre.page.words import say
from centre.warning_desk import WarningDesk
from channels.sms.answering.own_words import wording_version
from channels.sms.campaigns.audience import PHONE, WrongList, read_audience
from channels.sms.campaigns.campaigns import NotPossible
from channels.warnings.given import Reach
from channels.warnings.register import Entry
from channels.warnings.rules import warning_rules, warning_sentence
from contract.turn import Channel
from runtime.clock import VIETNAM
from stores.audit import Deed

REGISTER_COLUMNS: Final = ("commune", "paper")
REACHES: Final = tuple(name for name in Reach.__slots__)


def add_warnings(pages: Blueprint, parts: CentreParts) -> None:
    """``/centre/warnings``."""

    @pages.get("/warnings")
    def warnings() -> AnyResponse:
        return _list(parts, signed_in(parts, Duty.WARNINGS))

    @pages.post("/warnings")
    def make_warning() -> AnyResponse:
        officer, desk, form = with_form(parts, Duty.WARNINGS), _desk(parts), request.form
        rules, template = warning_rules(), form.get("template", "")
        marks = rules.templates.get(template)
        if marks is None:
            return make_response(_list(parts, officer, say("warning_no_sentence")), 400)
        values = {mark: " ".join(form.get(mark, "").split()) for mark in marks}
        wrong = next(((mark, why) for mark, value in values.items() if (why := rules.wrong_with(value))), None)
        if wrong is not None:
            problem = f"{say(f'column_named_{wrong[0]}')}: {say(wrong[1], most=rules.longest_value)}"
            return make_response(_list(parts, officer, problem), 400)
        try:
            ends = datetime.fromisoformat(form.get("ends", "")).replace(tzinfo=VIETNAM)
            by_call = desk.can_call and form.get("by_call") == "yes"
            number = desk.given.draft(template, values, form.getlist("commune"), ends, officer.name, by_call=by_call)
        except NotPossible as refused:
            return make_response(_list(parts, officer, _why(refused)), 400)
        except ValueError:
            return make_response(_list(parts, officer, _no_end()), 400)
        parts.officers.note(Deed.WARNING, officer.name, f"warning {number} made: {template}")
        return redirected("warning", number=number)

    @pages.post("/warnings/stop")
    def stop_warnings() -> AnyResponse:
        officer = with_form(parts, Duty.WARNINGS)
        parts.officers.note(Deed.WARNING, officer.name, f"all cancelled: {_desk(parts).given.cancel_all()}")
        return redirected("warnings")

    @pages.post("/warnings/register")
    def take_register() -> AnyResponse:
        officer, desk = with_form(parts, Duty.WARNINGS), _desk(parts)
        given = request.files.get("list")
        content = given.read() if given is not None else b""
        try:
            read = read_audience(content, REGISTER_COLUMNS, column_names(REGISTER_COLUMNS), warning_rules())
        except WrongList as wrong:
            return make_response(_list(parts, officer, say(wrong.why, **wrong.values)), 400)
        if read.mistakes:
            mistakes = [told(one, warning_rules().longest_value) for one in read.mistakes[:SHOWN_MISTAKES]]
            return make_response(_list(parts, officer, mistakes=mistakes, count=len(read.mistakes)), 400)
        entries = [Entry(one.phone, one.values["commune"], one.values["paper"]) for one in read.recipients]
        taken = desk.register.take(entries, officer.name, wording_version("sms_resumed"))
        parts.officers.note(Deed.WARNING, officer.name, f"register: {taken} numbers")
        return _list(parts, officer, done=say("register_taken", count=taken))

    @pages.get("/warnings/<int:number>")
    def warning(number: int) -> AnyResponse:
        return _warning(parts, signed_in(parts, Duty.WARNINGS), number)

    @pages.post("/warnings/<int:number>")
    def work_on_warning(number: int) -> AnyResponse:
        officer, desk = with_form(parts, Duty.WARNINGS), _desk(parts)
        deed = request.form.get("do", "")
        try:
            if deed == "give":
                if request.form.get("seen") != "yes":
                    return make_response(_warning(parts, officer, number, say("warning_not_seen")), 400)
                people = desk.given.give(number, officer.name)
                parts.officers.note(Deed.WARNING, officer.name, f"warning {number} given to {people}")
            elif deed == "cancel":
                desk.given.cancel(number)
                parts.officers.note(Deed.WARNING, officer.name, f"warning {number} cancelled")
            else:
                turn_away(parts, officer, "not_found", 404)
        except NotPossible as refused:
            return make_response(_warning(parts, officer, number, _why(refused)), 409)
        return redirected("warning", number=number)


def _desk(parts: CentreParts) -> WarningDesk:
    if parts.warnings is None:
        abort(404)
    return parts.warnings


def _no_end() -> str:
    return say("warning_no_end", hours=round(warning_rules().longest.total_seconds() / 3600))


def _why(refused: NotPossible) -> str:
    return _no_end() if refused.why == "warning_no_end" else say(refused.why)


def _list(
    parts: CentreParts,
    officer: Officer,
    problem: str = "",
    mistakes: list[str] | None = None,
    count: int = 0,
    done: str = "",
) -> Response:
    desk, rules = _desk(parts), warning_rules()
    templates = [
        (name, warning_sentence(name, {mark: f"[{say(f'column_named_{mark}')}]" for mark in marks}))
        for name, marks in rules.templates.items()
    ]
    marks = list(dict.fromkeys(mark for marks in rules.templates.values() for mark in marks))
    rows = [
        (one, say(f"warning_named_{one.template}"), say(f"warning_is_{one.state}"), moment(one.made_at))
        for one in desk.given.newest()
    ]
    return page(
        parts,
        "warnings.html",
        officer,
        problem=problem,
        done=done,
        mistakes=mistakes or [],
        count=count,
        templates=templates,
        marks=[(mark, say(f"column_named_{mark}")) for mark in marks],
        longest_value=rules.longest_value,
        communes=desk.register.communes(),
        can_call=desk.can_call,
        rows=rows,
        columns=", ".join(say(f"column_named_{column}") for column in (PHONE, *REGISTER_COLUMNS)),
        given=request.form,
        chosen=request.form.getlist("commune"),
    )


def _warning(parts: CentreParts, officer: Officer, number: int, problem: str = "") -> Response:
    desk = _desk(parts)
    one = desk.given.get(number)
    if one is None:
        turn_away(parts, officer, "not_found", 404)
    texts, report = desk.given.texts(number), desk.given.report(number)
    people = report.whole.people or desk.given.would_reach(number)
    segments = people * sum(parts.segments(text) for text in texts)
    cost = parts.figures.cost(segments) if parts.figures is not None else 0
    return page(
        parts,
        "warning.html",
        officer,
        problem=problem,
        one=one,
        named=say(f"warning_named_{one.template}"),
        state=say(f"warning_is_{one.state}"),
        ends=moment(one.ends_at),
        made=moment(one.made_at),
        given_at=moment(one.given_at) if one.given_at is not None else "",
        texts=texts,
        said=warning_sentence(one.template, one.values, Channel.PHONE) if one.by_call else "",
        people=people,
        segments=segments,
        cost=say("dong", amount=f"{round(cost):,}".replace(",", ".")) if cost else "",
        reaches=[(name, say(f"reach_{name}")) for name in REACHES],
        rows=list(report.communes.items()),
        whole=report.whole,
    )
