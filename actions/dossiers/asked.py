"""What was shown can be asked about: answers about the dossier whose state was told last.

Pure functions over the view that was shown. What the dossier itself does not tell is None here, and is answered from
its procedure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from actions.dossiers.model import DossierStatus, DossierView
from contract.aspects import Aspect
from contract.questions import Question, QuestionKind
from language.phrasings import phrasing
from tickets.hours import office_hours

_VIEW = TypeAdapter(DossierView)
Say = Callable[..., str]
"""A sentence of the room ``dossiers`` with its marks filled in."""


class About(StrEnum):
    """What is asked about a dossier."""

    LATE = "late"
    COMPLAIN = "complain"
    MISSING = "missing"
    SLIP = "slip"
    WHO = "who"
    WHERE = "where"
    WHEN = "when"
    FEE = "fee"
    POST = "post"
    BRING = "bring"
    HOURS = "hours"
    FOLLOW = "follow"
    STATE = "state"


def kept(code: str, view: DossierView) -> dict[str, Any]:
    """What the slot ``shown_dossier`` keeps of a dossier; the tracker store seals it."""
    return {"code": code, "procedure": view.procedure_code, "view": _VIEW.dump_python(view, mode="json")}


def shown(slot: Mapping[str, Any] | None) -> DossierView | None:
    """The dossier in the slot; None when none was shown in this conversation."""
    return _VIEW.validate_python(slot["view"]) if slot else None


_OF_ASPECT: Mapping[Aspect, About] = {
    Aspect.WHERE: About.WHERE,
    Aspect.TIME: About.WHEN,
    Aspect.FEE: About.FEE,
    Aspect.PAPERS: About.MISSING,
}
_OF_KIND: Mapping[QuestionKind, About] = {
    QuestionKind.WHO_MAY: About.WHO,
    QuestionKind.POST: About.POST,
    QuestionKind.WEEKEND: About.HOURS,
    QuestionKind.DEADLINE: About.WHEN,
}


SIDE_OF: Mapping[About, Aspect] = {
    **{about: aspect for aspect, about in _OF_ASPECT.items()},
    About.BRING: Aspect.PAPERS,
}
"""The side of a procedure that the same question asks for."""


def what_is_asked(folded: str, question: Question | None, aspect: Aspect | None) -> About | None:
    """What a folded message asks about the dossier; None for what only its procedure tells."""

    def says(name: str) -> bool:
        return phrasing(name).search(folded) is not None

    if says("dossier_back"):
        return About.STATE
    if says("dossier_follow"):
        return About.FOLLOW
    if says("dossier_complain") or says("dossier_stopped"):
        # Why it was stopped stands in no file here; who decided can say, and must.
        return About.COMPLAIN
    if says("dossier_slip"):
        return About.SLIP
    if says("dossier_may_take") and says("dossier_who"):
        return About.WHO
    if says("dossier_money_due"):
        return About.FEE
    if says("opening_hours"):
        return About.HOURS
    if says("to_ones_home"):
        return About.POST
    if says("dossier_collects") and says("dossier_brings"):
        return About.BRING
    if says("dossier_missing"):
        return About.MISSING
    if says("dossier_late"):
        return About.LATE
    if question is not None:
        if question.kind is QuestionKind.COLLECT:
            if says("dossier_who"):
                return About.WHO
            return About.WHEN if says("asks_when") else About.WHERE
        if question.kind in _OF_KIND:
            return _OF_KIND[question.kind]
    if question is not None and question.kind is QuestionKind.MAY and says("dossier_who"):
        return About.WHO
    if aspect is None or aspect is Aspect.OVERVIEW:
        return About.WHEN if says("asks_when") and says("dossier_collects") else About.STATE
    return _OF_ASPECT.get(aspect)


def about(say: Say, view: DossierView, asked: About) -> list[str]:
    """The lines of an answer; the first settles what was asked. Empty for the state, which is told as a whole."""
    office = view.collect_at or say("office_unknown")
    match asked:
        case About.LATE:
            return _late(say, view, office)
        case About.COMPLAIN:
            return [say("asked_complain", office=office), say("asked_complain_next")]
        case About.MISSING:
            return _missing(say, view, office)
        case About.SLIP:
            return [say("asked_slip", office=office)]
        case About.WHO:
            return [say("asked_who"), say("asked_who_other", office=office)]
        case About.WHERE:
            return _where(say, view, office)
        case About.WHEN:
            return _when(say, view, office)
        case About.FEE:
            if view.fee_due and not view.status.is_final:
                return [say("fee_due", amount=f"{view.fee_due:,}".replace(",", "."))]
            due = view.status is DossierStatus.PAYMENT_DUE
            return [say("asked_fee_due", office=office) if due else say("asked_fee_none", office=office)]
        case About.POST:
            return [say("asked_post", office=office)]
        case About.BRING:
            # Of one that is done, where and with what in one sentence.
            ready = view.status is DossierStatus.READY
            return [say("status_9_next", office=office)] if ready else [say("asked_bring"), *_when(say, view, office)]
        case About.HOURS:
            spans = ", ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in office_hours().spans)
            return [say("asked_hours", hours=spans), say("asked_hours_ask", office=office)]
        case About.STATE | About.FOLLOW:
            # News are promised by the action, which knows whether they can be sent.
            return []


def overdue(say: Say, view: DossierView) -> str:
    """That an agency is late, in working days; without a number on the first days off after the promised day."""
    day = _day(view.appointment_on)
    if view.overdue_working_days is None:
        return say("overdue", days=view.overdue_days, date=day)
    if not view.overdue_working_days:
        return say("overdue_days_off", days=view.overdue_days, date=day)
    return say("overdue_working", days=view.overdue_days, working=view.overdue_working_days, date=day)


def _late(say: Say, view: DossierView, office: str) -> list[str]:
    if view.overdue_days:
        return [
            overdue(say, view),
            say("asked_late_why", office=office),
        ]
    if view.status.awaits_citizen:
        return [say("asked_late_waits"), *_missing(say, view, office)]
    if view.appointment_on is not None and view.status.clock_runs:
        return [say("asked_late_not", date=_day(view.appointment_on))]
    return [f"{say(f'status_{view.status:d}')}.", say(f"status_{view.status:d}_next", office=office)]


def _missing(say: Say, view: DossierView, office: str) -> list[str]:
    if view.status is DossierStatus.PAYMENT_DUE:
        return [say("asked_fee_due", office=office)]
    if view.supplement and view.status.awaits_citizen:
        told = say("supplement", supplement=view.supplement)
        return [told if told.endswith((".", "!", "?")) else f"{told}.", say("status_5_next", office=office)]
    if view.status is DossierStatus.SUPPLEMENT_NEEDED:
        return [say("asked_missing_unsaid", office=office)]
    return [say("asked_missing_none")]


def _where(say: Say, view: DossierView, office: str) -> list[str]:
    if view.status is DossierStatus.READY:
        return [say("status_9_next", office=office)]
    if view.status is DossierStatus.SUPPLEMENT_NEEDED:
        return [say("status_5_next", office=office), say("collect", office=office)]
    if view.status.result_to_come:
        return [say("collect", office=office), *_when(say, view, office)[:1]]
    return [say("asked_where_ask", office=office)]


def _when(say: Say, view: DossierView, office: str) -> list[str]:
    if view.status is DossierStatus.READY:
        return [say("asked_ready", office=office)]
    if view.overdue_days:
        return [
            overdue(say, view),
            say("overdue_next_step", office=office),
        ]
    if not view.status.result_to_come:
        return [f"{say(f'status_{view.status:d}')}.", say(f"status_{view.status:d}_next", office=office)]
    if view.appointment_on is None and view.expected_on is not None:
        return [say("appointment_expected", date=_day(view.expected_on)), say("asked_where_ask", office=office)]
    if view.appointment_on is None:
        return [say("appointment_unknown"), say("asked_where_ask", office=office)]
    if view.status.awaits_citizen:
        return [say("appointment_may_move", date=_day(view.appointment_on))]
    return [say("appointment", date=_day(view.appointment_on)), say("status_4_next", office=office)]


def _day(moment: date | None) -> str:
    return f"{moment:%d/%m/%Y}" if moment else ""
