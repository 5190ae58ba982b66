"""A breach of personal data is written down bit by bit, and its 72 hours run from when it was found."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

from command_of_records import Command, command, here  # noqa: F401 - fixtures

from installation.doctor.finding import Level
from installation.doctor.records import breaches as look
from installation.root import Installation
from stores.breaches import Breaches, Part, Told

# ruff: noqa: F811 - fixtures are imported, and named again as arguments

COMMAND = "breach"


def test_the_clock_runs_from_when_it_was_found_and_stops_when_the_authority_was_told(
    command: Command, here: Installation
) -> None:
    found_at = here.now() - timedelta(hours=10)
    begun = command("found", "a backup was lost", "--at", found_at.isoformat())
    assert begun.exit_code == 0, begun.output
    assert "62 hours left" in begun.output
    number = str(Breaches(here.audit).all()[0].number)
    assert look_at(here) == (Level.WARNING, "62 hours are left")
    assert command("told", number, "authority").exit_code == 0
    assert look_at(here)[0] is Level.OK
    assert "told" in command("list").output


def look_at(here: Installation) -> tuple[Level, str]:
    (finding,) = look(here)
    return finding.level, finding.said.partition(": ")[2]


def test_a_day_before_the_end_it_is_urgent_and_behind_it_too_late(here: Installation) -> None:
    record = Breaches(here.audit)
    record.begin("t", "lost", here.now() - timedelta(hours=50))
    assert look_at(here) == (Level.WRONG, "22 hours are left")
    record.tell(record.all()[0].number, "t", Told.CONTROLLER, here.now())
    assert look_at(here)[0] is Level.WRONG
    record.tell(record.all()[0].number, "t", Told.AUTHORITY, here.now())
    record.begin("t", "lost again", here.now() - timedelta(hours=80))
    assert look_at(here) == (Level.WRONG, "8 hours too late")


def test_what_the_form_asks_for_comes_together_and_names_nobody(command: Command, here: Installation) -> None:
    command("found", "số 0912345678 của bà Nguyễn Thị Hoa bị lộ")
    number = str(Breaches(here.audit).all()[0].number)
    for part in Part:
        if part is not Part.WHAT:
            assert command("note", number, part.value, f"of {part.value}").exit_code == 0
    command("note", number, "persons", "rather 500")
    told = json.loads(command("report", number).output)
    assert told["lacking"] == []
    assert told["persons"] == ["of persons", "rather 500"]
    assert "0912345678" not in told["what"][0]
    assert "Hoa" not in told["what"][0]
    assert datetime.fromisoformat(told["deadline"]) - datetime.fromisoformat(told["found_at"]) == timedelta(hours=72)
    here.audit.checkpoint()
    assert here.audit.verify().is_whole


def test_what_cannot_be_is_refused_in_a_sentence(command: Command, here: Installation) -> None:
    assert "there is no breach 9" in command("note", "9", "data", "x").output
    late = command("found", "x", "--at", (here.now() + timedelta(days=1)).isoformat())
    assert late.exit_code == 2
    assert "still to come" in late.output
    assert command("found", "x", "--at", "gestern").exit_code == 2
    assert command("list").output.strip() == "no breach is on record"
