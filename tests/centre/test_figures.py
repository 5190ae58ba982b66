"""What the centre counts, what it costs, and that no spreadsheet runs any of it."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from officer_post import Sent
from prometheus_client import CollectorRegistry
from sqlalchemy import func, select

from actions.dossiers.look_up_log import LookUps
from centre.alerts import Thresholds, alerts, thresholds
from centre.desk_gauges import DeskGauges
from centre.exporting import as_csv, harmless
from centre.figures import (
    COLUMNS,
    Budget,
    Day,
    Figures,
    RouteDay,
    asked_most,
    calls,
    commune_table,
    look_ups,
    route_table,
    table,
    total,
)
from centre.figures import Desk as Standing
from centre.page.access import CentreParts
from centre.page.blueprint import blueprint
from centre.tables import DayRow
from channels.sms.queue.tables import incoming, outgoing
from contract.wording import wording_of
from language import data
from runtime.clock import VIETNAM
from stores.database import Database
from stores.sealing import Seal
from tickets.asked import AskedTickets
from tickets.desk import Desk
from tickets.reports import KindOpen
from tickets.store import TicketStore
from tickets.ticket import Draft, Outcome, Rating, TicketKind

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=VIETNAM)
PASSWORD = "một mật khẩu đủ dài"


class Counted:
    """An installation with a clock, and rows as the channels leave them."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = NOW
        seal = Seal(b"a secret of the tests")
        self.tickets = TicketStore(database, seal, lambda: self.now, lambda _kind, at: at + timedelta(hours=4))
        self.desk = Desk(database, seal, lambda: self.now, Sent())
        self.turns: dict[date, dict[str, int]] = {}
        self.figures = self.another()
        self._rows = 0

    def another(self) -> Figures:
        """Those of another process."""
        return Figures(
            self.database, self.tickets, lambda: self.now, 300.0, 3_000.0, lambda day: self.turns.get(day, {})
        )

    def came(self, at: datetime, state: str = "answered") -> None:
        self._rows += 1
        moment = at.timestamp()
        fixed = {"route": "gsm", "person": "", "sealed": "", "media": 0, "attempts": 1, "cause": ""}
        values = {"key": f"k{self._rows}", "received_at": moment, "stored_at": moment, "next_try_at": moment}
        with self.database.writing() as session:
            session.execute(incoming.insert().values(**fixed, **values, state=state))

    def went(
        self, at: datetime, state: str = "delivered", route: str = "gsm", segments: int = 2, person: str = ""
    ) -> None:
        self._rows += 1
        moment = at.timestamp()
        fixed = {"kind": "answer", "priority": 0, "person": person, "sealed": "", "refused_by": "", "code": ""}
        counts = {"attempts": 1, "attempts_in_all": 1, "maybe_twice": 0, "segments": segments}
        handed = moment if state in {"handed", "delivered"} else None
        times = {"next_try_at": moment, "created_at": moment, "expires_at": moment, "handed_at": handed}
        with self.database.writing() as session:
            session.execute(
                outgoing.insert().values(
                    reference=f"r{self._rows}", route=route, state=state, **fixed, **counts, **times
                )
            )


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("figures") / "motcua.db"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.close()
    return path


@pytest.fixture
def counted(tmp_path: Path, migrated: Path) -> Iterator[Counted]:
    shutil.copy(migrated, tmp_path / "motcua.db")
    database = Database(f"sqlite:///{tmp_path / 'motcua.db'}")
    yield Counted(database)
    database.close()


def test_messages_are_counted_on_their_own_day_in_vietnam_by_route(counted: Counted) -> None:
    yesterday = NOW - timedelta(days=1)
    # Half past midnight in Vietnam is the day before in Greenwich.
    counted.came(NOW.replace(hour=0, minute=30))
    counted.came(yesterday, "ignored")
    counted.came(yesterday, "failed")
    counted.went(NOW)
    counted.went(NOW, "handed", "kannel", 3)
    counted.went(NOW, "failed")
    counted.went(NOW, "cancelled")
    before, today = counted.figures.days(2)
    assert (before.received, before.ignored, before.not_answered) == (2, 1, 1)
    assert today.received == 1
    assert today.routes == {"gsm": RouteDay(1, 2, 1, 1), "kannel": RouteDay(1, 3, 0, 0)}
    assert today.segments == 5


def test_a_day_that_can_still_change_is_counted_again_and_an_old_one_is_not(counted: Counted) -> None:
    old = NOW - timedelta(days=10)
    assert [day.received for day in counted.figures.days(11)] == [0] * 11
    counted.came(NOW)
    counted.came(old)
    # Within a minute nothing is counted again, whoever looks.
    assert [day.received for day in counted.figures.days(11)] == [0] * 11
    counted.now += timedelta(minutes=2)
    assert [day.received for day in counted.figures.days(11)] == [*[0] * 10, 1]


def test_the_worker_counts_days_so_that_no_page_has_to(counted: Counted) -> None:
    old, late, today = NOW - timedelta(days=10), NOW - timedelta(days=2), NOW
    for at in (old, late, today):
        counted.went(at)
    assert counted.figures.keep_counted(60.0) == 90
    counted.went(old)
    counted.went(late)
    # Another process has nothing counted yet, and does not count what the worker has counted.
    page = counted.another()
    assert [day.segments for day in page.days(90) if day.segments] == [2, 2, 2]
    counted.now += timedelta(minutes=16)
    # Today, and the four days receipts may still change; what is settled is left alone.
    assert counted.figures.keep_counted(60.0) == 5
    assert [day.segments for day in counted.another().days(90) if day.segments] == [2, 4, 2]
    counted.now += timedelta(days=5)
    # Once more when nothing can change any more, and then never again.
    assert counted.figures.keep_counted(60.0) == 10
    counted.went(late)
    counted.now += timedelta(days=1)
    counted.figures.keep_counted(60.0)
    assert [day.segments for day in counted.another().days(90) if day.segments] == [2, 4, 2]


def test_while_the_worker_is_away_the_page_counts_what_may_have_changed(counted: Counted) -> None:
    counted.figures.keep_counted(60.0)
    counted.went(NOW - timedelta(days=1))
    counted.now += timedelta(minutes=30)
    assert counted.another().days(2)[0].segments == 2


def test_the_worker_goes_on_where_it_ran_out_of_time(counted: Counted) -> None:
    done = [counted.figures.keep_counted(0.0) for _ in range(3)]
    assert done == [1, 1, 1]
    counted.figures.keep_counted(60.0)
    counted.now += timedelta(days=200)
    counted.figures.keep_counted(60.0)
    with counted.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(DayRow)) == 180


def test_the_months_cost_counts_what_was_handed_over_and_is_held_against_the_budget(counted: Counted) -> None:
    counted.went(NOW, segments=8)
    counted.went(NOW, "waiting", segments=50)
    counted.went(NOW - timedelta(days=40), segments=90)
    assert counted.figures.budget() == Budget(8, 2_400.0, 3_000.0)
    assert counted.figures.budget().share == pytest.approx(0.8)
    assert Budget(8, 0.0, 0.0).share == 0.0


def test_how_officers_keep_their_promises(counted: Counted) -> None:
    numbers = [
        counted.tickets.add(Draft(f"k{each}", TicketKind.REPORT, "sms", "+84900000123")).number for each in range(3)
    ]
    assert counted.figures.desk(7).in_time is None
    counted.now += timedelta(hours=1)
    counted.desk.called(numbers[0], "lan", "a", "đã gọi")
    counted.now += timedelta(hours=5)
    counted.desk.called(numbers[1], "lan", "b", "đã gọi")
    desk = counted.figures.desk(7)
    assert (desk.open, desk.taken, desk.overdue) == (1, 2, 1)
    assert (desk.in_time, desk.median_minutes) == (0.5, 210.0)
    assert desk.oldest_hours == pytest.approx(6.0)
    counted.desk.close(numbers[2], "lan", Outcome.SOLVED)
    # What was counted with the answers is shown for a minute.
    counted.now += timedelta(minutes=2)
    assert counted.figures.days(1)[0].closed == 1


def test_how_conversations_went_is_kept_when_the_counts_are_away(counted: Counted) -> None:
    today = NOW.date()
    counted.turns[today] = {
        "sms answered": 7,
        "sms refused": 3,
        "kiosk answered": 2,
        "sms talks": 4,
        "asked 1.001193": 5,
    }
    counted.figures.keep_counted(60.0)
    counted.turns.clear()
    counted.now += timedelta(minutes=2)
    counted.figures.keep_counted(60.0)
    (day,) = counted.another().days(1)
    assert total([day], "sms") == {"answered": 7, "refused": 3, "talks": 4}
    assert total([day])["answered"] == 9
    assert asked_most([day]) == [("1.001193", 5)]
    assert table([day])[0]["refused"] == 3


def test_ratings_count_on_the_day_they_were_given(counted: Counted) -> None:
    number = counted.tickets.add(Draft("k", TicketKind.REPORT, "kiosk")).number
    counted.desk.close(number, "lan", Outcome.SOLVED)
    asked = AskedTickets(
        counted.database,
        Seal(b"a secret of the tests"),
        counted.tickets,
        counted.desk,
        lambda: wording_of(data.folder()).room("replies"),
        lambda: counted.now,
    )
    counted.now += timedelta(days=1)
    assert asked.rate(number, Rating.BAD)
    earlier, today = counted.another().days(2)
    assert (earlier.ratings, today.ratings) == ({}, {1: 1})


def test_months_are_told_to_everybody_without_small_counts(counted: Counted) -> None:
    for each in range(12):
        counted.came(NOW - timedelta(days=30, minutes=each))
    counted.tickets.add(Draft("k", TicketKind.REPORT, "kiosk", created_at=NOW - timedelta(days=30)))
    counted.figures.keep_counted(60.0)
    october = next(one for one in counted.another().months() if one["month"] == "2026-10")
    assert october == {"month": "2026-10", "messages": 12, "conversations": None, "tickets": None, "ratings": None}
    assert "2026-11" not in {one["month"] for one in counted.figures.months()}


def test_warnings_come_at_their_thresholds_and_not_by_chance() -> None:
    limits = Thresholds(2, 48, 0.1, 0.3, 0.3, 0.8, 0.1, 0.1, 30)
    well = Standing(open=1, taken=0, passed=0, overdue=1, oldest_hours=5.0, in_time=1.0, median_minutes=10.0)
    quiet = Day(NOW.date(), 0, 0, 0, {}, 0, 0, {"sms refused": 20}, {1: 5})
    assert alerts([quiet], well, Budget(0, 0, 0), limits) == []
    loud = Day(
        NOW.date(), 0, 0, 0, {"gsm": RouteDay(90, 90, 80, 10)}, 0, 0, {"sms refused": 20, "sms answered": 20}, {1: 30}
    )
    late = replace(well, overdue=2, oldest_hours=50.0)
    found = {one.key: one.count for one in alerts([loud], late, Budget(9, 900.0, 1_000.0), limits)}
    assert found == {
        "alert_overdue": 2,
        "alert_oldest": 50,
        "alert_failed": 10,
        "alert_refused": 50,
        "alert_ratings": 100,
        "alert_budget": 90,
    }
    none = Thresholds(0, 0, 0, 0, 0, 0, 0, 0, 30)
    assert alerts([loud], late, Budget(9, 900.0, 1_000.0), none) == []
    assert thresholds().least_messages > 0


@pytest.mark.parametrize("text", ["=1+1", "+84900000123", "-2", "@SUM(A1)", "\t=1", "\r=1", " =cmd|'/c calc'!A1"])
def test_no_text_becomes_a_formula(text: str) -> None:
    (_, (cell, number)) = csv.reader(
        StringIO(as_csv(("a", "b"), [{"a": text, "b": -3}]).removeprefix("\ufeff"), newline="")
    )
    assert cell == "'" + text
    assert number == "-3"


def test_plain_text_stays_as_it_is() -> None:
    assert [harmless(value) for value in ("Cầu hỏng", "a=b", "", 3, None)] == ["Cầu hỏng", "a=b", "", 3, None]


def test_the_same_figures_as_a_page_a_table_and_json(client: FlaskClient, parts: CentreParts, counted: Counted) -> None:
    counted.went(NOW, segments=9)
    counted.came(NOW)
    app = Flask("figures")
    unanswered = [("<b>làm thẻ</b> cho con", 4)]
    app.register_blueprint(blueprint(replace(parts, figures=counted.figures, unanswered=lambda: unanswered)))
    browser = app.test_client()
    assert browser.get("/centre/figures.csv").status_code == 303
    browser.post("/centre/sign-in", data={"name": "lan", "password": PASSWORD})
    page = browser.get("/centre/figures?days=30").text
    assert "2.700 đồng trên 3.000" in page
    assert "Đã dùng 90 % tiền tin nhắn" in page
    assert "&lt;b&gt;làm thẻ" in page
    as_json = browser.get("/centre/figures.json?days=7").json
    assert as_json == table(counted.figures.days(7))
    response = browser.get("/centre/figures.csv?days=7")
    rows = list(csv.DictReader(StringIO(response.text.removeprefix("\ufeff"))))
    assert [row["segments"] for row in rows] == ["0"] * 6 + ["9"]
    assert tuple(rows[0]) == COLUMNS
    assert "attachment" in response.headers["Content-Disposition"]
    for odd in ("0", "-1", "99999", "x"):
        assert len(json.loads(browser.get(f"/centre/figures.json?days={odd}").data)) == 7


def test_prometheus_sees_what_the_page_shows(counted: Counted) -> None:
    counted.tickets.add(Draft("k", TicketKind.REPORT, "sms"))
    counted.now += timedelta(hours=5)
    counted.went(counted.now, segments=5)
    registry = CollectorRegistry()
    DeskGauges(registry).show(counted.figures.desk(1), counted.figures.budget())
    assert registry.get_sample_value("motcua_tickets", {"state": "open"}) == 1
    assert registry.get_sample_value("motcua_tickets_overdue") == 1
    assert registry.get_sample_value("motcua_tickets_oldest_seconds") == 5 * 3600
    assert registry.get_sample_value("motcua_sms_month_segments") == 5
    assert registry.get_sample_value("motcua_sms_budget_share") == 0.5


def test_look_ups_are_counted_by_how_they_ended_and_a_source_that_is_away_warns(counted: Counted) -> None:
    log = LookUps(counted.database, Seal(b"a secret of the tests"), lambda: counted.now)
    for outcome in ("Proof", "Unavailable"):
        for _ in range(20):
            log.add("H15.50.05.21-261119-0003", "sms:1", "sms", (), outcome)
    days = counted.figures.days(1)
    assert look_ups(days) == {"Proof": 20, "Unavailable": 20}
    found = alerts(days, counted.figures.desk(1), counted.figures.budget(), thresholds())
    assert [(one.key, one.count) for one in found] == [("alert_away", 50)]


def test_segments_count_for_the_commune_of_the_recipients_last_ticket(counted: Counted) -> None:
    counted.tickets.add(Draft("a", TicketKind.REPORT, "sms", "+84900000123", "x", "xóm 3", commune="00640"))
    person = Seal(b"a secret of the tests").hash("sms", "+84900000123")
    counted.went(NOW)
    counted.went(NOW, person=person, segments=3)
    counted.went(NOW, "failed", person=person)
    (day,) = counted.figures.days(1)
    assert day.communes == {"00640": 3}
    rows = commune_table([day], counted.figures.cost)
    assert [(row["commune"], row["segments"], row["cost"]) for row in rows] == [("", 2, 600), ("00640", 3, 900)]
    (route,) = route_table([day], counted.figures.cost)
    assert (route["segments"], route["cost"], route["failed"]) == (5, 1500, 1)


def test_calls_are_counted_apart_from_turns(counted: Counted) -> None:
    counted.turns[NOW.date()] = {"phone answered": 3, "call ended_done": 2, "call answers": 40, "call slow": 30}
    days = counted.figures.days(1)
    assert calls(days) == {"ended_done": 2, "answers": 40, "slow": 30}
    assert total(days) == {"answered": 3}
    found = alerts(days, counted.figures.desk(1), counted.figures.budget(), thresholds())
    assert [one.key for one in found] == ["alert_slow_calls"]


@pytest.mark.parametrize("what", ["channels", "routes", "communes"])
def test_every_table_can_be_taken_away_in_both_forms(
    client: FlaskClient, parts: CentreParts, counted: Counted, what: str
) -> None:
    counted.went(NOW)
    counted.turns[NOW.date()] = {"sms answered": 3, "sms talks": 2}
    app = Flask("exports")
    app.register_blueprint(blueprint(replace(parts, figures=counted.figures)))
    browser = app.test_client()
    browser.post("/centre/sign-in", data={"name": "lan", "password": PASSWORD})
    (row,) = browser.get(f"/centre/figures.json?of={what}").json
    (as_text,) = csv.DictReader(StringIO(browser.get(f"/centre/figures.csv?of={what}").text.removeprefix("\ufeff")))
    assert {name: str(value) for name, value in row.items()} == as_text


def test_prometheus_sees_look_ups_and_reports_by_kind(counted: Counted) -> None:
    LookUps(counted.database, Seal(b"a secret of the tests"), lambda: counted.now).add("c", "x", "sms", (), "Locked")
    registry = CollectorRegistry()
    gauges = DeskGauges(registry)
    gauges.show_day(counted.figures.days(1)[0])
    gauges.show_reports([KindOpen("road", 3, 1, 9)])
    gauges.show_reports([])
    assert registry.get_sample_value("motcua_look_ups_today", {"outcome": "Locked"}) == 1
    # What another process of the gateway showed yesterday must not stand beside it.
    assert registry.get_sample_value("motcua_look_ups_today", {"outcome": "Unavailable"}) == 0
    # A kind of which none is open any more does not stay where it was.
    assert registry.get_sample_value("motcua_reports_open", {"kind": "road"}) == 0
    counted.now += timedelta(days=1)
    gauges.show_day(counted.figures.days(1)[0])
    assert registry.get_sample_value("motcua_look_ups_today", {"outcome": "Locked"}) == 0, "yesterday's"
