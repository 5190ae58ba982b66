"""Records officers approved stand over the hand-written ones, each from its day on, and can be taken back."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from small_record import RECORD

from catalogue.approved import set_records
from catalogue.handwritten import HandwrittenFolder
from catalogue.proposals import NotPossible, Proposals, State
from catalogue.record import Fee, Origin, Procedure, Submission, Way
from installation.tables import migrate
from runtime.clock import VIETNAM
from stores.audit import Audit
from stores.database import Database
from stores.sealing import Seal

CODE = "1.000001"
START = datetime(2026, 11, 24, 9, 0, tzinfo=VIETNAM)


@dataclass
class Desk:
    """The desk of a small catalogue, and a day that can be moved."""

    proposals: Proposals
    written: HandwrittenFolder
    folder: Path
    now: datetime = START

    def told(self, province: str | None = None) -> Procedure:
        contents = self.written.contents().by_place
        return contents.get((CODE, province)) or contents[CODE, None]

    def corrected(self, **changes: object) -> Procedure:
        return Procedure.model_validate({**self.told().to_json(), "checked_on": date(2026, 11, 24), **changes})

    def approved(self, record: Procedure) -> int:
        base = self.written.contents().by_place.get((CODE, record.province)) or self.told()
        number = self.proposals.propose(record, base, "đọc lại nguồn", "lan")
        self.proposals.approve(number, "mai")
        return number


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("catalogue") / "motcua.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def desk(tmp_path: Path, migrated: Path) -> Iterator[Desk]:
    shutil.copy(migrated, tmp_path / "motcua.db")
    (tmp_path / "procedures").mkdir()
    (tmp_path / "procedures" / f"{CODE}.yml").write_text(RECORD, encoding="utf-8")
    database = Database(f"sqlite:///{tmp_path / 'motcua.db'}")
    moment = [START]

    def clock() -> datetime:
        return made.now

    folder = tmp_path / "approved"
    written = HandwrittenFolder(
        tmp_path / "procedures", 0, tmp_path / "kept", approved=[folder], today=lambda: clock().date()
    )

    def known(code: str, province: str | None) -> Procedure | None:
        contents = written.contents().by_place
        return contents.get((code, province)) or contents.get((code, None))

    audit = Audit(database, Seal(b"a secret of the tests"), clock, tmp_path / "checkpoints")
    made = Desk(Proposals(database, clock, audit, folder, known), written, folder, moment[0])
    yield made
    database.close()


def test_what_one_officer_proposes_another_approves_and_then_it_is_told(desk: Desk) -> None:
    record = desk.corrected(short_name="Nuôi ong lấy mật")
    number = desk.proposals.propose(record, desk.told(), "tên dễ hiểu hơn", "lan")
    assert desk.told().short_name == "Nuôi ong"
    with pytest.raises(NotPossible, match="proposal_is_yours"):
        desk.proposals.approve(number, "lan")
    before = desk.written.signature()
    desk.proposals.approve(number, "mai")
    assert desk.told().short_name == "Nuôi ong lấy mật"
    assert desk.written.signature() != before
    with pytest.raises(NotPossible, match="proposal_is_decided"):
        desk.proposals.approve(number, "hoa")


def test_what_is_approved_for_a_day_is_told_from_that_day_on(desk: Desk) -> None:
    desk.approved(desk.corrected(short_name="Tên mới", valid_from=date(2026, 12, 1)))
    assert desk.told().short_name == "Nuôi ong"
    desk.now = START + timedelta(days=6)
    assert desk.told().short_name == "Nuôi ong"
    before = desk.written.signature()
    desk.now = START + timedelta(days=7)
    assert desk.written.signature() != before
    assert desk.told().short_name == "Tên mới"


def test_a_version_taken_back_gives_way_to_the_one_before(desk: Desk) -> None:
    first = desk.approved(desk.corrected(short_name="Lần một"))
    second = desk.approved(desk.corrected(short_name="Lần hai"))
    assert desk.told().short_name == "Lần hai"
    desk.proposals.take_back(second, "mai")
    assert desk.told().short_name == "Lần một"
    desk.proposals.take_back(first, "mai")
    assert desk.told().short_name == "Nuôi ong"
    assert list(desk.folder.glob("*.yml")) == []
    with pytest.raises(NotPossible, match="proposal_is_not_told"):
        desk.proposals.take_back(first, "mai")
    assert [one.state for one in desk.proposals.history(CODE)] == [State.TAKEN_BACK, State.TAKEN_BACK]


def test_a_province_has_a_record_of_its_own(desk: Desk) -> None:
    desk.approved(desk.corrected(short_name="Nuôi ong Sơn La", province="14"))
    assert desk.told().short_name == "Nuôi ong"
    assert desk.told("14").short_name == "Nuôi ong Sơn La"
    desk.approved(desk.corrected(short_name="Nuôi ong cả nước"))
    assert desk.told("14").short_name == "Nuôi ong Sơn La"


def test_an_old_proposal_does_not_undo_what_was_corrected_meanwhile(desk: Desk) -> None:
    fee = Submission(way=Way.DIRECT, fees=(Fee(amount=8000),))
    late = desk.proposals.propose(desk.corrected(short_name="Tên mới"), desk.told(), "tên", "lan")
    desk.approved(desk.corrected(submissions=[fee.model_dump(mode="json")]))
    with pytest.raises(NotPossible, match="proposal_is_outdated"):
        desk.proposals.approve(late, "mai")
    assert desk.told().submissions == (fee,)
    assert [one.id for one in desk.proposals.waiting()] == [late]


def test_a_proposal_needs_a_reason_and_a_change(desk: Desk) -> None:
    with pytest.raises(NotPossible, match="proposal_without_reason"):
        desk.proposals.propose(desk.corrected(short_name="x"), desk.told(), "  ", "lan")
    with pytest.raises(NotPossible, match="proposal_changes_nothing"):
        desk.proposals.propose(desk.told(), desk.told(), "không rõ", "lan")
    number = desk.proposals.propose(desk.corrected(short_name="x"), desk.told(), "thử", "lan")
    with pytest.raises(NotPossible, match="proposal_without_reason"):
        desk.proposals.refuse(number, "mai", "")
    with pytest.raises(NotPossible, match="proposal_is_not_yours"):
        desk.proposals.withdraw(number, "mai")
    desk.proposals.refuse(number, "mai", "sai tên")
    found = desk.proposals.get(number)
    assert found is not None
    assert (found.state, found.answer, found.decided_by) == (State.REFUSED, "sai tên", "mai")
    assert desk.told().short_name == "Nuôi ong"


def test_a_full_disk_leaves_the_proposal_waiting(desk: Desk, tmp_path: Path) -> None:
    number = desk.proposals.propose(desk.corrected(short_name="x"), desk.told(), "thử", "lan")
    desk.folder.write_text("no folder", encoding="utf-8")
    with pytest.raises(OSError, match="approved"):
        desk.proposals.approve(number, "mai")
    assert [one.id for one in desk.proposals.waiting()] == [number]
    desk.folder.unlink()
    desk.proposals.approve(number, "mai")
    assert desk.told().short_name == "x"


def test_an_imported_record_that_was_corrected_is_a_written_one(desk: Desk) -> None:
    imported = desk.corrected(origin=Origin.IMPORTED, short_name="Nhập về")
    desk.approved(imported)
    assert desk.told().origin is Origin.HANDWRITTEN


def test_of_a_broken_approved_file_the_last_good_version_answers(desk: Desk) -> None:
    desk.approved(desk.corrected(short_name="Tên mới"))
    assert desk.told().short_name == "Tên mới"
    (path,) = desk.folder.glob("*.yml")
    path.write_text("short_nme: x", encoding="utf-8")
    assert desk.told().short_name == "Tên mới"
    assert desk.written.contents().problems[0].held


def test_files_of_other_codes_are_left_alone(tmp_path: Path) -> None:
    record = Procedure.model_validate({"code": CODE, "official_name": "A", "short_name": "A", "agency": "B",
                                       "field": "C", "levels": ["commune"], "checked_on": "2026-11-01"})  # fmt: skip
    other, local = record.model_copy(update={"code": "1.000002"}), record.model_copy(update={"province": "14"})
    set_records(tmp_path, "1.000002", None, [other])
    set_records(tmp_path, CODE, "14", [local])
    set_records(tmp_path, CODE, None, [record, record.model_copy(update={"valid_from": date(2027, 1, 1)})])
    assert len(list(tmp_path.glob("*.yml"))) == 4
    set_records(tmp_path, CODE, None, [])
    assert sorted(path.name for path in tmp_path.glob("*.yml")) == ["1.000001.14.yml", "1.000002.yml"]
