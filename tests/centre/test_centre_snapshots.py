"""The dossiers of kiosks without a line: what changed comes, what is gone goes, also when a centre was restored."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from actions.dossiers.backend import ProvableDossier
from actions.dossiers.model import Dossier, DossierStatus
from centre.kiosks import Kiosks, NoSuchKiosk
from centre.snapshots import AT_ONCE, GONE_FOR, Snapshots, number_anew
from centre.tables import KioskRow
from installation.tables import migrate
from kiosk.dossiers.offline_dossiers import KeptDossiers
from kiosk.protocol.keys import Keys
from kiosk.protocol.messages import SnapshotPart
from runtime.clock import VIETNAM
from stores.database import Database

START = datetime(2026, 11, 24, 9, 0, tzinfo=VIETNAM)
KEYS = Keys.generate()


class BackEnd:
    """Dossiers by the last digits of their codes."""

    def __init__(self) -> None:
        self.known: dict[int, DossierStatus] = {}

    def for_kiosks(self) -> Iterator[ProvableDossier]:
        for number, status in self.known.items():
            dossier = Dossier(
                code=code(number),
                procedure_code="1.001193",
                procedure_name="Thủ tục đăng ký khai sinh",
                status=status,
                received_on=None,
                appointment_on=None,
                finished_on=None,
                supplement=None,
                office=None,
                updated_at=START,
            )
            yield ProvableDossier(dossier, ("0123",))


class Office:
    """A centre and one kiosk, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = START
        self.back_end = BackEnd()
        for name in ("centre", "kiosk"):
            migrate(f"sqlite:///{folder / name}.db")
        self.kept = KeptDossiers(Database(f"sqlite:///{folder / 'kiosk.db'}"), KEYS.public)
        self.heard_at: datetime | None = None
        self.agencies: tuple[str, ...] = ()
        self.open_centre()

    def open_centre(self) -> None:
        database = Database(f"sqlite:///{self.folder / 'centre.db'}")
        self.snapshots = Snapshots(database, KEYS.public.sign, self.back_end, lambda: self.now)

    def sync(self) -> int:
        """As exchanges do; how many records travelled."""
        travelled = 0
        while True:
            part = self.snapshots.since(self.kept.version, self.heard_at, self.agencies)
            self.heard_at = self.now
            assert part is not None
            travelled += len(part.records)
            self.kept.take(part)
            if not part.more:
                return travelled

    def told(self, number: int) -> DossierStatus | None:
        found = self.kept.find(code(number), "0123")
        return found.dossier.status if found else None


def code(number: int) -> str:
    return f"H15.50.05-261008-{number:04}"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    made.back_end.known = dict.fromkeys(range(3), DossierStatus.PROCESSING)
    return made


def test_only_what_changed_travels_and_what_is_gone_goes(office: Office) -> None:
    assert office.sync() == 3
    assert office.sync() == 0
    office.now += timedelta(hours=2)
    office.back_end.known[1] = DossierStatus.READY
    del office.back_end.known[2]
    assert office.sync() == 2
    assert [office.told(number) for number in range(3)] == [DossierStatus.PROCESSING, DossierStatus.READY, None]


def test_nobody_waits_for_fresh_data_that_another_kiosk_has_asked_for(office: Office) -> None:
    office.sync()
    office.now += timedelta(hours=2)
    office.back_end.known[1] = DossierStatus.READY
    told: list[SnapshotPart | None] = []

    class Slow(BackEnd):
        def for_kiosks(self) -> Iterator[ProvableDossier]:
            told.append(office.snapshots.since(office.kept.version, office.heard_at))
            yield from office.back_end.for_kiosks()

    office.snapshots._source = Slow()
    assert office.sync() == 1
    assert [part.records for part in told if part] == [{}]


def test_many_dossiers_come_in_parts(office: Office) -> None:
    office.back_end.known = dict.fromkeys(range(2 * AT_ONCE + 5), DossierStatus.PROCESSING)
    assert office.sync() == 2 * AT_ONCE + 5
    assert office.told(2 * AT_ONCE) is DossierStatus.PROCESSING


@pytest.mark.parametrize(
    "kiosk_comes_first", [True, False], ids=["the kiosk asks at once", "the kiosk asks days later"]
)
def test_a_kiosk_follows_a_centre_that_was_restored_from_an_old_copy(office: Office, kiosk_comes_first: bool) -> None:
    office.sync()
    office.snapshots._database.close()
    shutil.copy(office.folder / "centre.db", office.folder / "copy.db")
    office.now += timedelta(days=2)
    office.back_end.known |= {1: DossierStatus.READY, 7: DossierStatus.PROCESSING}
    office.sync()
    office.snapshots._database.close()
    shutil.copy(office.folder / "copy.db", office.folder / "centre.db")
    office.open_centre()
    office.now += timedelta(minutes=1)
    office.back_end.known |= {0: DossierStatus.READY}
    if not kiosk_comes_first:
        # Hours of changes, each a version, before the kiosk is heard again.
        for _ in range(5):
            office.now += timedelta(hours=2)
            office.back_end.known[9] = (
                DossierStatus.READY if 9 not in office.back_end.known else DossierStatus.PROCESSING
            )
            office.snapshots.refresh()
    office.sync()
    assert [office.told(number) for number in (0, 1, 7)] == [
        DossierStatus.READY,
        DossierStatus.READY,
        DossierStatus.PROCESSING,
    ]


def test_a_kiosk_that_was_silent_for_months_keeps_nothing_that_is_gone(office: Office) -> None:
    office.sync()
    office.now += timedelta(days=1)
    del office.back_end.known[2]
    office.snapshots.refresh()
    office.now += GONE_FOR + timedelta(days=1)
    office.back_end.known[5] = DossierStatus.PROCESSING
    office.snapshots.refresh()
    assert office.told(2) is DossierStatus.PROCESSING
    office.sync()
    assert [office.told(number) for number in (0, 2, 5)] == [
        DossierStatus.PROCESSING,
        None,
        DossierStatus.PROCESSING,
    ]


def test_a_kiosk_keeps_only_its_communes_dossiers(office: Office) -> None:
    office.agencies = ("H15.50.06",)
    assert office.sync() == 0
    assert office.told(1) is None
    office.agencies = ("H16", "H15.50")
    number_anew_at(office)
    assert office.sync() == 3
    assert office.told(1) is DossierStatus.PROCESSING


def test_what_it_may_keep_no_longer_goes(office: Office) -> None:
    office.back_end.known = dict.fromkeys(range(2 * AT_ONCE + 5), DossierStatus.PROCESSING)
    office.sync()
    office.agencies = ("H15.50.06",)
    number_anew_at(office)
    assert office.sync() == 2 * AT_ONCE + 5
    assert office.told(1) is None
    assert office.sync() == 0


def test_groups_of_a_code_are_compared_whole(office: Office) -> None:
    office.agencies = ("H15.5",)
    assert office.sync() == 0


def number_anew_at(office: Office) -> None:
    office.now += timedelta(minutes=1)
    with Database(f"sqlite:///{office.folder / 'centre.db'}").writing() as session:
        number_anew(session, office.now)


def test_a_centre_says_which_agencies_a_kiosk_keeps(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path / 'centre.db'}")
    database = Database(f"sqlite:///{tmp_path / 'centre.db'}")
    with database.writing() as session:
        public = Keys.generate().public.text
        session.add(
            KioskRow(id="k", name="máy", public=public, enrolled_at=START, sequence=0, state="{}", clock_off=0.0)
        )
    kiosks = Kiosks(database, lambda: START)
    kiosks.keep_only("máy", ["H15.50.05.21", "G01"])
    assert kiosks.get("k").agencies == ("H15.50.05.21", "G01")
    with pytest.raises(ValueError, match="no beginning"):
        kiosks.keep_only("máy", ["15.50"])
    with pytest.raises(NoSuchKiosk):
        kiosks.keep_only("khác", [])
    kiosks.keep_only("máy", [])
    assert kiosks.get("k").agencies == ()
