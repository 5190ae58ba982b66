"""Two sources say different things of a dossier: one is told, both are kept for an officer until they agree."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from actions.backends.routing import Route, Routed
from actions.backends.single_flight import AskedOnce
from actions.dossiers.backend import ProvableDossier, UnusableRecord
from actions.dossiers.disagreements import KEPT_FOR, Disagreements
from actions.dossiers.model import Dossier, DossierStatus
from runtime.clock import VIETNAM
from stores.database import Database
from stores.sealing import Seal

CODE = "H15.50.05.21-261120-9124"
START = datetime(2026, 11, 16, 9, 0, tzinfo=VIETNAM)
RECORD = ProvableDossier(
    Dossier(
        code=CODE,
        procedure_code="1.001193",
        procedure_name="Đăng ký khai sinh",
        status=DossierStatus.PROCESSING,
        received_on=None,
        appointment_on=None,
        finished_on=None,
        supplement=None,
        office=None,
        updated_at=START,
    ),
    ("0124",),
)


def says(status: DossierStatus, hours_ago: int = 0, endings: tuple[str, ...] = ("0124",)) -> ProvableDossier:
    dossier = replace(RECORD.dossier, status=status, updated_at=START - timedelta(hours=hours_ago))
    return replace(RECORD, dossier=dossier, endings=endings)


class Source:
    """Answers at once."""

    def __init__(self, found: ProvableDossier | None) -> None:
        self.found = found

    def begin(self, code: str) -> Future[ProvableDossier | None]:
        future: Future[ProvableDossier | None] = Future()
        future.set_result(self.found)
        return future


class Town:
    def __init__(self, database: Database) -> None:
        self.now = START
        self.kept = Disagreements(database, Seal(b"a secret for tests only"), lambda: self.now)
        self.province, self.national = Source(None), Source(None)
        sources = {"province": cast(AskedOnce, self.province), "national": cast(AskedOnce, self.national)}
        self.routed = Routed(sources, [Route(("",), (("province", "national"),))], (), self.kept)

    def told(self, province: ProvableDossier | None, national: ProvableDossier | None) -> DossierStatus:
        self.province.found, self.national.found = province, national
        found = self.routed.find(CODE)
        assert found is not None
        return found.dossier.status

    def shown(self) -> list[set[tuple[str, DossierStatus, bool]]]:
        return [{(said.source, said.status, said.is_told) for said in one.said} for one in self.kept.newest(10)]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    database = Database(f"sqlite:///{tmp_path}/d.db")
    database.migrate()
    yield Town(database)
    database.close()


def test_the_newest_final_state_is_told_and_both_are_kept(town: Town) -> None:
    assert town.told(says(DossierStatus.PROCESSING), says(DossierStatus.READY, 5)) is DossierStatus.READY
    assert town.shown() == [
        {("province", DossierStatus.PROCESSING, False), ("national", DossierStatus.READY, True)},
    ]
    [one] = town.kept.newest(10)
    assert (one.code, one.since) == (CODE, START)


def test_without_a_final_state_the_newest_is_told(town: Town) -> None:
    assert town.told(says(DossierStatus.RECEIVED, 3), says(DossierStatus.PROCESSING, 1)) is DossierStatus.PROCESSING
    assert town.kept.count() == 1


def test_the_row_is_one_and_goes_when_they_agree(town: Town) -> None:
    for _ in range(3):
        town.now += timedelta(hours=1)
        town.told(says(DossierStatus.PROCESSING), says(DossierStatus.READY))
    [one] = town.kept.newest(10)
    assert (one.since, one.seen_at) == (START + timedelta(hours=1), START + timedelta(hours=3))
    town.told(says(DossierStatus.READY), says(DossierStatus.READY, 2))
    assert town.kept.newest(10) == []


def test_of_different_people_nothing_is_told_and_an_officer_sees_it(town: Town) -> None:
    with pytest.raises(UnusableRecord):
        town.told(says(DossierStatus.READY), says(DossierStatus.READY, endings=("9999",)))
    assert town.shown() == [{("province", DossierStatus.READY, False), ("national", DossierStatus.READY, False)}]


def test_one_that_does_not_know_it_does_not_disagree(town: Town) -> None:
    town.told(says(DossierStatus.PROCESSING), says(DossierStatus.READY))
    town.told(says(DossierStatus.PROCESSING), None)
    assert town.kept.count() == 1, "nothing was compared, so nothing is settled"


def test_what_nobody_meets_again_goes(town: Town) -> None:
    town.told(says(DossierStatus.PROCESSING), says(DossierStatus.READY))
    assert town.kept.erase_before(START + KEPT_FOR - KEPT_FOR) == 0
    assert town.kept.erase_before(START + timedelta(days=1)) == 1


def test_a_database_that_is_away_costs_no_answer(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    from sqlalchemy.exc import OperationalError

    def away(*_: object) -> None:
        raise OperationalError("", None, Exception())

    monkeypatch.setattr(Database, "writing", away)
    monkeypatch.setattr(Database, "reading", away)
    assert town.told(says(DossierStatus.PROCESSING), says(DossierStatus.READY)) is DossierStatus.READY
    assert town.told(says(DossierStatus.READY), says(DossierStatus.READY)) is DossierStatus.READY
