"""The consent ledger: what a number decided and the proof of it, consent taken at the counter, lists of opt-outs."""

from __future__ import annotations

import re
from typing import Final

from flask import Blueprint, Response, abort, make_response, request
from werkzeug.wrappers import Response as AnyResponse

from centre.consent_desk import ConsentDesk
from centre.exporting import as_csv
from centre.officers import Duty, Officer
from centre.page.access import CentreParts, page, signed_in, with_form
from centre.page.fleet import moment
from centre.page.words import say
from channels.sms.answering.own_words import wording_version
from channels.sms.citizens.citizen import Citizen
from channels.sms.citizens.consents import NOTICES, Entry, Manner
from channels.sms.notices.opt_outs import read_numbers
from channels.warnings.register import LONGEST_COMMUNE
from channels.warnings.register import Entry as WarnedEntry
from stores.audit import Deed

COLUMNS: Final = ("at", "person", "purpose", "decision", "channel", "manner", "wording", "proof")
"""Of an export, in their order; the person is the keyed hash, never the number."""
COUNTER_WORDS: Final = ("sms_resumed",)
"""What is read to whoever agrees at the counter: the sentence that confirms it by text message."""
_PAPER = re.compile(r"[\w][\w/. -]{0,39}")
"""Number of a signed paper: long enough for one, too short for a story about somebody."""


def add_consents(pages: Blueprint, parts: CentreParts) -> None:
    """``/centre/consents``."""

    @pages.get("/consents")
    def consents() -> AnyResponse:
        return _consents(parts, signed_in(parts, Duty.TICKETS))

    @pages.post("/consents")
    def take_consent() -> AnyResponse:
        officer, desk = with_form(parts, Duty.TICKETS), _desk(parts)
        # In the body of a form: a number stands in no address, where it would be logged.
        citizen = desk.citizen(request.form.get("phone", ""))
        if citizen is None:
            return make_response(_consents(parts, officer, problem=say("consent_no_number")), 400)
        deed = request.form.get("do", "look")
        if deed in {"grant", "refuse", "warn"}:
            paper = request.form.get("paper", "").strip()
            if not _PAPER.fullmatch(paper):
                return make_response(_consents(parts, officer, citizen, problem=say("consent_no_paper")), 400)
            wording = wording_version(*COUNTER_WORDS)
            if deed == "warn":
                return _warn(parts, officer, citizen, paper, wording)
            proof = f"{officer.name}: {paper}"
            take = desk.consents.grant if deed == "grant" else desk.consents.refuse
            take(citizen.person, Manner.COUNTER, wording, proof, channel="counter")
            parts.officers.note(Deed.CONSENT_TAKEN, officer.name, f"{deed} {citizen.person}")
        else:
            parts.officers.note(Deed.LOOKED, officer.name, f"consents of {citizen.person}")
        if deed == "export":
            return _csv(desk.consents.ledger(citizen.person), "consents")
        return _consents(parts, officer, citizen)

    @pages.post("/consents/list")
    def opt_out_list() -> AnyResponse:
        officer, desk = with_form(parts, Duty.OFFICERS), _desk(parts)
        given = request.files.get("list")
        try:
            read = read_numbers((given.read().decode("utf-8-sig") if given is not None else "").splitlines())
        except ValueError:
            return make_response(_consents(parts, officer, problem=say("list_unreadable")), 400)
        if not read.phones:
            return make_response(_consents(parts, officer, problem=say("list_empty")), 400)
        citizens = [citizen for phone in read.phones if (citizen := desk.citizen(phone)) is not None]
        added = desk.consents.refuse_all((one.person for one in citizens), Manner.LIST, f"list of {officer.name}")
        parts.officers.note(Deed.CONSENT_TAKEN, officer.name, f"list of {len(citizens)} numbers, {added} new")
        done = say("list_imported", count=len(citizens), new=added)
        if read.unreadable:
            lines = ", ".join(map(str, read.unreadable[:20]))
            done = f"{done} {say('list_lines', count=len(read.unreadable), lines=lines)}"
        return _consents(parts, officer, done=done)

    @pages.get("/consents.csv")
    def export_consents() -> AnyResponse:
        officer = signed_in(parts, Duty.OFFICERS)
        parts.officers.note(Deed.EXPORTED, officer.name, "consent ledger, csv")
        return _csv(list(_desk(parts).consents.every()), "consent-ledger")


def _warn(parts: CentreParts, officer: Officer, citizen: Citizen, paper: str, wording: str) -> Response:
    """Note that somebody asked to be warned of danger where they live."""
    register, commune = _desk(parts).warned, " ".join(request.form.get("commune", "").split())
    if register is None or not 0 < len(commune) <= LONGEST_COMMUNE:
        return make_response(_consents(parts, officer, citizen, problem=say("warned_no_commune")), 400)
    register.take([WarnedEntry(citizen.phone, commune, paper)], officer.name, wording)
    parts.officers.note(Deed.CONSENT_TAKEN, officer.name, f"warned {citizen.person}")
    return _consents(parts, officer, citizen)


def _desk(parts: CentreParts) -> ConsentDesk:
    if parts.consents is None:
        abort(404)
    return parts.consents


def _consents(
    parts: CentreParts, officer: Officer, citizen: Citizen | None = None, problem: str = "", done: str = ""
) -> Response:
    register = _desk(parts).warned
    entries = _desk(parts).consents.ledger(citizen.person) if citizen is not None else []
    # Who is warned of danger has not agreed to notices by that.
    newest = next((entry for entry in entries if entry.purpose == NOTICES), None)
    warned = register.commune_of(citizen.person) if register is not None and citizen is not None else None
    return page(
        parts,
        "consents.html",
        officer,
        problem=problem,
        done=done,
        phone=citizen.phone if citizen is not None else "",
        found=citizen is not None,
        decision=say(f"consent_is_{newest.decision}" if newest is not None else "consent_is_none"),
        rows=[_shown(entry) for entry in entries],
        takes_warned=register is not None,
        warned=warned or "",
        communes=register.communes() if register is not None else {},
        longest_commune=LONGEST_COMMUNE,
        may_import=Duty.OFFICERS in officer.may,
    )


def _shown(entry: Entry) -> dict[str, str]:
    return {
        "at": moment(entry.at),
        "decision": say(f"consent_{entry.decision}"),
        "purpose": say(f"purpose_{entry.purpose}"),
        "manner": say(f"manner_{entry.manner}"),
        "wording": entry.wording,
        "proof": entry.message,
    }


def _csv(entries: list[Entry], name: str) -> Response:
    rows = [
        {
            "at": one.at.isoformat(),
            "person": one.person,
            "purpose": one.purpose,
            "decision": one.decision.value,
            "channel": one.channel,
            "manner": one.manner,
            "wording": one.wording,
            "proof": one.message,
        }
        for one in entries
    ]
    response = make_response(as_csv(COLUMNS, rows))
    response.headers["Content-Type"] = "text/csv; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
