"""How a box was, day by day, and when it counts as silent."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from centre.desk_gauges import DeskGauges
from centre.health_history import KEPT_FOR, HealthHistory
from centre.kiosks import Kiosks
from centre.page.box import health_row
from centre.tables import KioskRow
from kiosk.protocol.keys import Keys
from kiosk.protocol.messages import Condition, State
from stores.database import Database

MONDAY = datetime(2026, 11, 30, 2, 5, tzinfo=UTC)


class Fleet:
    def __init__(self, database: Database) -> None:
        self.now = MONDAY
        self.kiosks = Kiosks(database, lambda: self.now)
        self.health = HealthHistory(database, lambda: self.now)
        with database.writing() as session:
            for id in ("k", "l"):
                public = Keys.generate().public.text
                row = KioskRow(id=id, name=id, public=public, enrolled_at=MONDAY, sequence=0, state="{}", clock_off=0.0)
                session.add(row)

    def heard(self, **state: object) -> None:
        self.kiosks.heard(self.kiosks.get("k"), State.model_validate(state))


@pytest.fixture
def fleet(migrated_centre: Path, tmp_path: Path) -> Iterator[Fleet]:
    shutil.copy(migrated_centre, tmp_path / "motcua.db")
    database = Database(f"sqlite:///{tmp_path / 'motcua.db'}")
    yield Fleet(database)
    database.close()


def test_a_day_shows_its_worst_and_a_day_without_a_word_shows_that(fleet: Fleet) -> None:
    works, missing, trouble = Condition.WORKS, Condition.MISSING, Condition.TROUBLE
    fleet.heard(waiting=3, disk_free=900, printer=works, microphone=missing, boot="a" * 8, bundle=4)
    fleet.heard(waiting=1, disk_free=800, printer=trouble, microphone=works, boot="a" * 8, bundle=4)
    fleet.now += timedelta(hours=3)
    fleet.heard(waiting=0, disk_free=850, printer=works, microphone=works, boot="b" * 8, bundle=5)
    fleet.now += timedelta(days=2)
    fleet.heard(boot="c" * 8, bundle=5)
    today, silent, monday, *earlier = fleet.health.days("k")
    assert (today.hours, today.starts, silent.hours) == (1, 1, 0)
    assert (monday.hours, monday.waiting, monday.disk_free, monday.starts) == (2, 3, 800, 1)
    assert (monday.printer, monday.microphone, monday.bundles) == (trouble, missing, (4, 5))
    assert {day.hours for day in earlier} == {0}
    assert health_row(silent).heard.words == "0"
    assert health_row(monday).printer.words == "Bị lỗi"


def test_hours_that_are_old_are_deleted_of_silent_boxes_too(fleet: Fleet) -> None:
    fleet.heard()
    fleet.now += KEPT_FOR + timedelta(hours=2)
    assert fleet.health.forget_old() == 1
    assert fleet.health.forget_old() == 0


def test_a_box_that_says_nothing_for_a_day_is_counted_silent_and_one_shut_out_is_not(fleet: Fleet) -> None:
    registry = CollectorRegistry()
    gauges = DeskGauges(registry)

    def count(state: str) -> float | None:
        gauges.show_kiosks(fleet.kiosks.standing())
        return registry.get_sample_value("motcua_kiosks", {"state": state})

    fleet.now += timedelta(hours=23)
    fleet.heard()
    assert (count("heard"), count("silent")) == (2, 0)
    fleet.now += timedelta(hours=2)
    assert (count("heard"), count("silent")) == (1, 1), "one that never came is silent, too"
    fleet.kiosks.block("l")
    assert (count("silent"), count("blocked")) == (0, 1)
    fleet.heard(bundle=3, refused=4)
    gauges.show_kiosks(fleet.kiosks.standing())
    assert registry.get_sample_value("motcua_kiosks_refusing") == 1
