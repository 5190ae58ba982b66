from __future__ import annotations

from pathlib import Path

import pytest
from catalogue_samples import (
    CURATED,
    PORTAL,
    REJECTED,
    RURAL,
    SUPERSEDED,
    changed,
    write_document,
    write_lines,
)
from installations import open_catalogue

from catalogue.imported import CatalogueUnavailable, one_version
from catalogue.notices import SUPERSEDED_PERHAPS
from catalogue.record import Origin
from catalogue.store import CatalogueStore

HANDWRITTEN = """\
code: "9.000001"
official_name: Đăng ký nuôi ong lấy mật
short_name: Xin nuôi ong
agency: Bộ Nông nghiệp và Môi trường
field: Chăn nuôi
levels: [commune]
checked_on: 2026-01-01
asked_as: {plain: [tôi muốn nuôi ong]}
"""


def write(folder: Path, text: str = HANDWRITTEN, name: str = "9.000001.yml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_an_empty_catalogue_knows_nothing(store: CatalogueStore) -> None:
    assert store.get("9.000001") is None
    assert store.current("9.000001") is None
    assert store.light() == ()
    assert list(store.all()) == []


def test_a_handwritten_record_wins_over_a_newer_imported_one(
    store: CatalogueStore, handwritten: Path, tmp_path: Path
) -> None:
    write(handwritten)
    store.import_paths([write_lines(tmp_path / "a.jsonl", PORTAL)])
    found = store.get("9.000001")
    assert found is not None
    assert found.origin is Origin.HANDWRITTEN
    assert [procedure.origin for procedure in store.all()] == [Origin.HANDWRITTEN]
    assert [light.short_name for light in store.light()] == ["Xin nuôi ong"]


def test_an_imported_record_gives_way_to_the_written_one_that_replaces_it(
    store: CatalogueStore, handwritten: Path, tmp_path: Path
) -> None:
    newer = HANDWRITTEN.replace("9.000001", "9.000009") + 'replaces: ["9.000001"]\n'
    write(handwritten, newer, "9.000009.yml")
    store.import_paths([write_lines(tmp_path / "a.jsonl", PORTAL)])
    current = store.current("9.000001")
    assert current is not None
    assert current.code == "9.000009"
    assert {light.code: light.is_superseded for light in store.light()} == {"9.000001": True, "9.000009": False}


def test_light_rows_say_what_the_whole_records_say(store: CatalogueStore, handwritten: Path, tmp_path: Path) -> None:
    write(handwritten, HANDWRITTEN.replace("9.000001", "9.000005"), "9.000005.yml")
    store.import_paths([write_lines(tmp_path / "a.jsonl", PORTAL, CURATED, RURAL, SUPERSEDED)])
    for light, whole in zip(store.light(), store.all(), strict=True):
        for name in (
            "code",
            "official_name",
            "short_name",
            "agency",
            "field",
            "levels",
            "subjects",
            "asked_as",
        ):
            assert getattr(light, name) == getattr(whole, name), name
        assert light.replaced_by == whole.replaced_by
        assert light.is_superseded == whole.is_superseded
        assert (light.checked_on, light.origin) == (whole.checked_on, whole.origin)


def test_records_of_all_origins_come_by_code(store: CatalogueStore, handwritten: Path, tmp_path: Path) -> None:
    write(handwritten, HANDWRITTEN.replace("9.000001", "9.000005"), "9.000005.yml")
    store.import_paths([write_lines(tmp_path / "a.jsonl", changed(PORTAL, code="9.000009"), PORTAL)])
    assert [procedure.code for procedure in store.all()] == ["9.000001", "9.000005", "9.000009"]
    assert [light.code for light in store.light()] == ["9.000001", "9.000005", "9.000009"]


@pytest.mark.parametrize("order", [(PORTAL, RURAL), (RURAL, PORTAL)])
def test_the_fuller_record_is_told_with_the_names_of_the_list(
    store: CatalogueStore, tmp_path: Path, order: tuple[dict[str, object], ...]
) -> None:
    for index, record in enumerate(order):
        store.import_paths([write_lines(tmp_path / f"{index}.jsonl", record)])
    found = store.get("9.000001")
    assert found is not None
    assert found.field == "Chăn nuôi"
    assert len(found.steps) == 3
    assert found.short_name == "Giấy nuôi ong"
    assert found.asked_as.plain == ("xin nuôi ong", "làm giấy ong")
    assert found.where == "Ủy ban nhân dân cấp xã hoặc trung tâm phục vụ hành chính công bất kỳ"


def test_a_newer_list_is_told_over_an_older_full_record(store: CatalogueStore, tmp_path: Path) -> None:
    newer = changed(RURAL, snapshot="2026-10-01", result="Giấy mới")
    store.import_paths([write_lines(tmp_path / "a.jsonl", PORTAL, newer)])
    found = store.get("9.000001")
    assert found is not None
    assert found.result == "Giấy mới"


def test_a_replaced_code_leads_to_what_holds_today(store: CatalogueStore, tmp_path: Path) -> None:
    store.import_paths([write_lines(tmp_path / "a.jsonl", PORTAL, CURATED, SUPERSEDED)])
    old, current = store.get("9.000001"), store.current("9.000001")
    assert old is not None
    assert current is not None
    assert (old.code, old.replaced_by) == ("9.000001", ("9.000002",))
    assert current.code == "9.000002"


def test_a_code_nobody_kept_still_leads_to_its_successor(store: CatalogueStore, tmp_path: Path) -> None:
    store.import_paths([write_lines(tmp_path / "a.jsonl", CURATED, SUPERSEDED)])
    current = store.current("9.000001")
    assert current is not None
    assert current.code == "9.000002"


def test_a_replaced_procedure_without_known_successor_is_given_as_it_is(store: CatalogueStore, tmp_path: Path) -> None:
    store.import_paths([write_lines(tmp_path / "a.jsonl", PORTAL, SUPERSEDED)])
    current = store.current("9.000001")
    assert current is not None
    assert (current.code, current.is_superseded) == ("9.000001", True)


def test_codes_that_replace_each_other_come_to_an_end(store: CatalogueStore, tmp_path: Path) -> None:
    back = changed(SUPERSEDED, old=["9.000002"], new=["9.000001"], what="back again")
    store.import_paths([write_lines(tmp_path / "a.jsonl", PORTAL, CURATED, SUPERSEDED, back)])
    assert store.current("9.000001") is not None


def test_hearsay_makes_a_record_doubtful_and_replaces_nothing(store: CatalogueStore, tmp_path: Path) -> None:
    hearsay = changed(SUPERSEDED, certainty="LOW: one source")
    store.import_paths([write_lines(tmp_path / "a.jsonl", PORTAL, hearsay)])
    found = store.get("9.000001")
    assert found is not None
    assert found.flags == (SUPERSEDED_PERHAPS,)
    assert not found.is_superseded


def test_a_flag_of_the_list_holds_the_fees_of_the_record_back(store: CatalogueStore, tmp_path: Path) -> None:
    flagged = changed(RURAL, flags=["fee_zero_but_note_says_fee_may_apply"])
    store.import_paths([write_lines(tmp_path / "a.jsonl", PORTAL, flagged)])
    found = store.get("9.000001")
    assert found is not None
    assert {fee.certain for submission in found.submissions for fee in submission.fees} == {False}


def test_a_flagged_handwritten_fee_is_held_back_and_named(store: CatalogueStore, handwritten: Path) -> None:
    write(
        handwritten,
        HANDWRITTEN + "submissions: [{way: direct, fees: [{amount: 0}]}]\nflags: [fee_implausibly_small]\n",
    )
    found = store.get("9.000001")
    assert found is not None
    assert not found.submissions[0].fees[0].certain
    assert [procedure.code for procedure in store.overruled()] == ["9.000001"]


def test_the_version_changes_with_every_change(store: CatalogueStore, handwritten: Path, tmp_path: Path) -> None:
    seen = [store.version()]
    store.import_paths([write_lines(tmp_path / "a.jsonl", PORTAL)])
    seen.append(store.version())
    path = write(handwritten)
    seen.append(store.version())
    write(handwritten, HANDWRITTEN.replace("Xin nuôi ong", "Nuôi ong mật"))
    seen.append(store.version())
    path.unlink()
    seen.append(store.version())
    store.import_paths([write_document(tmp_path / "rejected.json", [REJECTED])])
    seen.append(store.version())
    assert len(set(seen)) == len(seen) - 1, "only the removed file brings an earlier state back"
    assert seen[4] == seen[1]
    assert store.version() == store.version()


def test_another_process_s_import_is_seen(store: CatalogueStore, tmp_path: Path) -> None:
    assert store.light() == ()
    other = open_catalogue(f"sqlite:///{tmp_path / 'catalogue.db'}")
    other.import_paths([write_lines(tmp_path / "a.jsonl", PORTAL)])
    other.close()
    assert [light.code for light in store.light()] == ["9.000001"]
    assert store.get("9.000001") is not None


def test_a_changed_file_is_noticed_within_the_rescan_time(tmp_path: Path, handwritten: Path) -> None:
    patient = open_catalogue(f"sqlite:///{tmp_path / 'other.db'}", handwritten, rescan_seconds=3600)
    assert patient.light() == ()
    write(handwritten)
    assert patient.light() == ()
    patient.close()


def test_handwritten_procedures_are_answered_while_the_database_is_away(tmp_path: Path, handwritten: Path) -> None:
    write(handwritten)
    path = tmp_path / "lost.db"
    lost = open_catalogue(f"sqlite:///{path}", handwritten, rescan_seconds=0)
    lost.import_paths([write_lines(tmp_path / "a.jsonl", CURATED)])
    assert len(lost.light()) == 2
    for file in tmp_path.glob("lost.db*"):
        file.write_bytes(b"this is no database" * 100)
    lost.close()
    assert lost.get("9.000001") is not None
    assert len(lost.light()) == 2
    assert lost.version() == lost.version()
    with pytest.raises(CatalogueUnavailable):
        lost.get("9.000002")


def test_a_turn_is_answered_from_one_catalogue(store: CatalogueStore, tmp_path: Path) -> None:
    with one_version():
        before = store.version()
        store.import_paths([write_lines(tmp_path / "a.jsonl", CURATED)])
        assert store.version() == before
    assert store.version() != before


def test_a_province_s_own_record_stands_over_the_national_one(
    store: CatalogueStore, handwritten: Path, tmp_path: Path
) -> None:
    write(handwritten, HANDWRITTEN + 'province: "22"\n', "9.000001-22.yml")
    store.import_paths([write_lines(tmp_path / "a.jsonl", PORTAL)])
    national, local, elsewhere = (store.get("9.000001", place) for place in (None, "22", "04"))
    assert national is not None
    assert local is not None
    assert elsewhere is not None
    assert (national.province, local.province, elsewhere.province) == (None, "22", None)
    assert [light.short_name for light in store.light("22")] == ["Xin nuôi ong"]
    assert [light.short_name for light in store.light()] == ["Đăng ký nuôi ong lấy mật"]
    assert [procedure.province for procedure in store.all("22")] == ["22"]


def test_a_file_with_a_mistake_is_left_out_and_named(store: CatalogueStore, handwritten: Path) -> None:
    write(handwritten)
    write(handwritten, "code: 9", "broken.yml")
    assert [light.code for light in store.light()] == ["9.000001"]
    assert {problem.file for problem in store.problems()} == {"broken.yml"}
