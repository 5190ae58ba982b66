"""From the catalogue desk to the people: the model that learns new ways of asking; kiosks, with who has what."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, Response, make_response, request
from werkzeug.wrappers import Response as AnyResponse

from assistant.trial import RUNNING, Trial
from centre.officers import Duty, Officer
from centre.page.access import CentreParts, page, redirected, signed_in, turn_away, with_form
from centre.page.catalogue_pages import desk_of
from centre.page.fleet import fleet_row, moment
from centre.page.words import say
from centre.publishing_job import Job, JobState
from runtime import logs
from runtime.clock import VIETNAM

_log = logs.get(__name__)


def add_publication(pages: Blueprint, parts: CentreParts) -> None:
    """``/centre/catalogue/publication``."""

    @pages.get("/catalogue/publication")
    def publication() -> AnyResponse:
        return _publication(parts, signed_in(parts, Duty.CATALOGUE))

    @pages.post("/catalogue/publication")
    def publish() -> AnyResponse:
        officer, desk = with_form(parts, Duty.CATALOGUE), desk_of(parts)
        match request.form.get("do"):
            case "train":
                desk.trials.wish(officer.name, parts.clock().timestamp())
            case "kiosks":
                try:
                    desk.to_kiosks.start(officer.name)
                except OSError as error:
                    _log.error("no bundle can be published", cause=str(error))
                    return make_response(_publication(parts, officer, problem=say("kiosks_not_published")), 503)
            case _:
                turn_away(parts, officer, "not_found", 404)
        return redirected("publication")


def _publication(parts: CentreParts, officer: Officer, problem: str = "") -> Response:
    desk = desk_of(parts)
    trial, head = desk.trials.last(), parts.shelf.head()
    offered = head[0] if head is not None else 0
    job = desk.to_kiosks.last()
    rows = [fleet_row(kiosk, offered, parts.clock()) for kiosk in parts.kiosks.all() if kiosk.blocked_at is None]
    return page(
        parts,
        "publication.html",
        officer,
        problem=problem,
        trial=trial,
        state=_told(trial) if trial is not None else say("trial_none"),
        figures=_figures(trial) if trial is not None else [],
        is_running=trial is not None and trial.state in RUNNING,
        is_due=desk.taught_at() > (trial.at if trial is not None else 0.0),
        offered=offered,
        job=_job_told(job) if job is not None else "",
        job_failed=job is not None and job.state in {JobState.FAILED, JobState.BROKEN_OFF},
        is_publishing=job is not None and job.state is JobState.RUNNING,
        kiosks=sorted(rows, key=lambda row: row.name),
    )


def _job_told(job: Job) -> str:
    return say(f"publishing_{job.state}", officer=job.officer, at=moment(job.at), files=job.files, number=job.number)


def _told(trial: Trial) -> str:
    at = moment(datetime.fromtimestamp(trial.at, VIETNAM))
    return say(f"trial_{trial.state.value}", at=at, officer=trial.officer or say("trial_start"))


def _figures(trial: Trial) -> list[dict[str, object]]:
    """Both models side by side; what only one was measured by tells nothing."""
    names = [what for what in trial.now if what in trial.before]
    fell = set(trial.fallen)
    return [
        {
            "name": say(f"measured_{what.replace(' ', '_')}"),
            "before": f"{trial.before[what].right}/{trial.before[what].total}",
            "now": f"{trial.now[what].right}/{trial.now[what].total}",
            "fell": what in fell,
        }
        for what in names
    ]
