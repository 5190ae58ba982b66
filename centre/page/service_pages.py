"""What is out of service: the switch for everything, a channel or a procedure, with a sentence for citizens."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response as AnyResponse

from centre.officers import Duty, Officer
from centre.page.access import CentreParts, page, redirected, signed_in, with_form
from centre.page.fleet import moment
from centre.page.words import say
from contract.turn import Channel
from runtime.clock import VIETNAM
from stores.out_of_service import EVERYTHING, LONGEST, Off, WrongScope, channel_scope, procedure_scope


def add_service(pages: Blueprint, parts: CentreParts) -> None:
    """``/centre/service``."""

    @pages.get("/service")
    def service() -> AnyResponse:
        return _service(parts, signed_in(parts, Duty.OFFICERS))

    @pages.post("/service")
    def switch() -> AnyResponse:
        officer, form = with_form(parts, Duty.OFFICERS), request.form
        if form.get("do") == "on":
            parts.out_of_service.put_back(form.get("scope", ""), officer.name)
            return redirected("service")
        scope = form.get("scope", "")
        if scope == "procedure":
            code = form.get("code", "").strip()
            if parts.procedure_name(code) is None:
                return make_response(_service(parts, officer, problem=say("no_such_procedure")), 400)
            scope = procedure_scope(code)
        try:
            parts.out_of_service.take_off(scope, officer.name, form.get("words", ""), _until(form.get("until", "")))
        except WrongScope:
            return make_response(_service(parts, officer, problem=say("service_choose")), 400)
        except ValueError:
            return make_response(_service(parts, officer, problem=say("service_wrong", most=LONGEST)), 400)
        return redirected("service")


def _service(parts: CentreParts, officer: Officer, problem: str | None = None) -> AnyResponse:
    scopes = [(EVERYTHING, say("service_everything"))]
    scopes += [(channel_scope(one), say("service_channel", channel=say(f"channel_{one}"))) for one in Channel]
    return page(
        parts,
        "service.html",
        officer,
        problem=problem,
        rows=[_row(parts, off, dict(scopes)) for off in parts.out_of_service.all()],
        scopes=[*scopes, ("procedure", say("service_procedure"))],
        longest=LONGEST,
        given=request.form,
    )


def _row(parts: CentreParts, off: Off, names: dict[str, str]) -> dict[str, str]:
    code = off.scope.partition(":")[2]
    return {
        "scope": off.scope,
        "name": names.get(off.scope) or f"{parts.procedure_name(code) or ''} ({code})".strip(),
        "words": off.words or say("service_usual"),
        "since": moment(off.since),
        "until": moment(off.until) if off.until is not None else say("service_open_end"),
        "officer": off.officer,
    }


def _until(given: str) -> datetime | None:
    return datetime.fromisoformat(given).replace(tzinfo=VIETNAM) if given else None
