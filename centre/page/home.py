"""The first page of an officer: what waits, and how far the installation is set up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response as AnyResponse

from centre.officers import Duty, Officer
from centre.page.access import CentreParts, page, signed_in
from centre.page.figures_pages import told_alerts
from centre.page.fleet import Mood
from centre.page.inbox import list_wanted
from centre.page.words import say
from centre.set_up import Check

WARNED_DAYS: Final = 7
"""The span warnings on the first page look at."""
LINKS: Final = (
    ("centre.home", None, "home"),
    ("centre.tickets", Duty.TICKETS, "tickets"),
    ("centre.one_stop", Duty.TICKETS, "one_stop"),
    ("centre.exchange", Duty.TICKETS, "exchange"),
    ("centre.consents", Duty.TICKETS, "consents"),
    ("centre.campaigns", Duty.OFFICERS, "campaigns"),
    ("centre.warnings", Duty.WARNINGS, "warnings"),
    ("centre.figures", None, "figures"),
    ("centre.catalogue", Duty.CATALOGUE, "catalogue"),
    ("centre.fleet", Duty.KIOSKS, "kiosks"),
    ("centre.recordings", Duty.OFFICERS, "recordings"),
    ("centre.service", Duty.OFFICERS, "service"),
    ("centre.subscribers", Duty.OFFICERS, "subscribers"),
    ("centre.officers", Duty.OFFICERS, "officers"),
)
"""The pages of the menu: endpoint, whose duty it is (None: everybody's), and name in the wording."""


@dataclass(frozen=True, slots=True)
class ShownCheck:
    """One line of the checklist in an officer's words."""

    mood: Mood
    name: str
    words: str


def links(officer: Officer) -> list[tuple[str, str]]:
    """The menu of an officer: endpoints and names."""
    return [(endpoint, say(name)) for endpoint, duty, name in LINKS if duty is None or duty in officer.may]


def add_home(pages: Blueprint, parts: CentreParts) -> None:
    """``/`` and ``/centre``."""

    @pages.record
    def lead_on(state: object) -> None:
        # The installation has no other front door: whoever types its bare address is looking for this one.
        app = state.app  # type: ignore[attr-defined]
        app.add_url_rule("/", "front_door", lambda: redirect(url_for("centre.home")))

    @pages.get("")
    def home() -> AnyResponse:
        officer = signed_in(parts)
        tiles = []
        if Duty.TICKETS in officer.may:
            lists = {name: list_wanted(name, officer.name) for name in ("open", "overdue", "mine")}
            for name, count in parts.tickets.counts(lists).items():
                tiles.append((url_for("centre.tickets", state=name), count, say(f"list_{name}")))
            if parts.disagreements is not None and (count := parts.disagreements.count()):
                tiles.append((url_for("centre.disagreements"), count, say("disagreements")))
        if Duty.CATALOGUE in officer.may and parts.catalogue is not None:
            tiles.append((url_for("centre.proposals"), parts.catalogue.proposals.count_waiting(), say("proposals")))
        if Duty.KIOSKS in officer.may:
            tiles.append((url_for("centre.fleet"), len(parts.kiosks.all()), say("kiosks")))
            if silent := parts.kiosks.standing().silent:
                tiles.append((url_for("centre.fleet"), silent, say("silent_kiosks")))
        # How the house is set up is for those who can change it.
        checks = parts.checks() if Duty.OFFICERS in officer.may else ()
        warnings = told_alerts(parts, WARNED_DAYS) if Duty.TICKETS in officer.may else []
        return page(
            parts, "home.html", officer, tiles=tiles, warnings=warnings, checks=[shown(check) for check in checks]
        )


def shown(check: Check) -> ShownCheck:
    """A line of the checklist in an officer's words."""
    words = say(f"check_{check.about}_{'done' if check.done else 'open'}", **dict(check.figures))
    mood = Mood.GOOD if check.done else Mood.BAD if check.grave else Mood.WATCH
    return ShownCheck(mood, say(f"check_{check.about}"), words)
