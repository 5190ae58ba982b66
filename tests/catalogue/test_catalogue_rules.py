"""Rules of many procedures: who pays nothing, until when, and what a province has set."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from installations import open_catalogue
from places import NLU_DATA

from catalogue.record import Procedure, Way
from catalogue.rules import Reading, Rules, RulesFolder

PROCEDURE = Procedure.model_validate(
    {
        "code": "1.000001",
        "official_name": "Đăng ký nuôi ong mật",
        "short_name": "Nuôi ong",
        "agency": "Bộ Mẫu",
        "field": "Mẫu",
        "levels": ["commune"],
        "submissions": [
            {"way": "direct", "fees": [{"who_decides": "province"}, {"amount": 2000, "case": "bản sao"}]},
            {"way": "online", "fees": [{"who_decides": "province"}], "times": [{"value": 5, "unit": "day"}]},
        ],
        "checked_on": "2026-11-01",
    }
)

EXEMPTIONS = """\
exemptions:
  - codes: ["1.000001"]
    way: online
    who: có VNeID mức 2
    valid_from: 2026-08-15
    valid_until: 2027-02-28
"""

PROVINCE = """\
province: "31"
name: Tỉnh Mẫu
checked_on: 2026-11-29
resolutions: [{about: lệ phí nuôi ong, number: "7/2026/NQ-HĐND", reading: read}]
fees:
  - {codes: ["1.000001"], way: online, amount: 0, basis: Nghị quyết 7/2026/NQ-HĐND}
times:
  - {codes: ["1.000001"], way: online, value: 3, unit: day, who_decides: province, basis: Nghị quyết 7/2026/NQ-HĐND}
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "provinces").mkdir()
    (tmp_path / "exemptions.yml").write_text(EXEMPTIONS, encoding="utf-8")
    (tmp_path / "provinces" / "31.yml").write_text(PROVINCE, encoding="utf-8")
    return tmp_path


def rules_of(data: Path) -> Rules:
    return RulesFolder(data, rescan_seconds=0).rules()


@pytest.mark.parametrize(
    ("day", "exempt"),
    [("2026-08-14", 0), ("2026-08-15", 1), ("2027-02-28", 1), ("2027-03-01", 0)],
)
def test_an_exemption_begins_and_ends_by_its_days(data: Path, day: str, exempt: int) -> None:
    procedure = rules_of(data).apply(PROCEDURE)
    assert len(procedure.exempt_on(date.fromisoformat(day))) == exempt


def test_a_province_fills_only_what_was_left_to_it(data: Path) -> None:
    procedure = rules_of(data).apply(PROCEDURE, "31")
    direct, online = procedure.submissions
    assert [fee.amount for fee in direct.fees] == [None, 2000]
    assert [fee.amount for fee in online.fees] == [0]
    assert [time.value for time in online.times] == [5, 3]
    assert rules_of(data).apply(PROCEDURE, "01").submissions == PROCEDURE.submissions


def test_a_mistake_in_a_rules_file_keeps_its_last_good_version(data: Path) -> None:
    folder = RulesFolder(data, rescan_seconds=0)
    before = folder.rules().exemptions
    (data / "exemptions.yml").write_text(EXEMPTIONS.replace("way: online", "way: by air"), encoding="utf-8")
    assert folder.rules().exemptions == before
    (problem,) = folder.problems()
    assert (problem.file, problem.line, problem.held) == ("exemptions.yml", 3, True)


def test_every_province_has_a_file_that_lists_what_it_must_quote() -> None:
    rules = rules_of(NLU_DATA)
    assert len(rules.provinces) == 34
    kinds = {frozenset(one.about for one in file.resolutions) for file in rules.provinces.values()}
    assert len(kinds) == 1


def test_no_amount_of_a_province_is_told_without_a_resolution_that_was_read() -> None:
    for file in rules_of(NLU_DATA).provinces.values():
        read = {one.number for one in file.resolutions if one.reading in (Reading.READ, Reading.REPORTED)}
        for fee in file.fees:
            assert fee.basis is not None
            assert any(number and number in fee.basis for number in read), (file.province, fee.basis)


@pytest.mark.parametrize(
    ("resolution", "note", "told"),
    [
        ("reading: named", "", False),
        ("reading: reported, source: https://a.vn/1", "", False),
        ("reading: reported, source: https://a.vn/1, second_source: https://b.vn/2", "", False),
        ("reading: reported, source: https://a.vn/1, second_source: https://b.vn/2", ", note: Theo báo đưa", True),
    ],
)
def test_an_amount_that_was_not_read_is_told_only_as_two_reports_agree(
    data: Path, resolution: str, note: str, told: bool
) -> None:
    """Everything else is held back, and the file named to the editor."""
    basis = "basis: Nghị quyết 7/2026/NQ-HĐND"
    text = PROVINCE.replace("reading: read", resolution).replace(f"amount: 0, {basis}", f"amount: 0, {basis}{note}")
    (data / "provinces" / "31.yml").write_text(text.split("times:")[0], encoding="utf-8")
    folder = RulesFolder(data, rescan_seconds=0)
    _, online = folder.rules().apply(PROCEDURE, "31").submissions
    assert ([fee.amount for fee in online.fees] == [0]) is told
    assert [problem.file for problem in folder.problems()] == ([] if told else ["31.yml"])


def test_an_installation_tells_what_its_own_province_has_set(tmp_path: Path) -> None:
    def online_fees(home: str | None) -> set[int | None]:
        store = open_catalogue(
            f"sqlite:///{tmp_path / 'catalogue.db'}", NLU_DATA / "procedures", rules=NLU_DATA, home=home
        )
        procedure = store.current("1.013831")
        store.close()
        assert procedure is not None
        return {fee.amount for one in procedure.submissions if one.way is Way.ONLINE for fee in one.fees}

    assert online_fees("31") == {0}
    assert online_fees("01") == {0, None}, "the appraisal of a dossier is paid online, too"
    assert 0 not in online_fees(None)


def test_what_many_provinces_take_online_is_not_told_where_the_own_is_known(tmp_path: Path) -> None:
    def notes(home: str | None) -> set[str | None]:
        store = open_catalogue(
            f"sqlite:///{tmp_path / 'catalogue.db'}", NLU_DATA / "procedures", rules=NLU_DATA, home=home
        )
        procedure = store.current("1.001612")
        store.close()
        assert procedure is not None
        return {fee.note for one in procedure.submissions for fee in one.fees}

    assert "Nhiều nơi nộp qua mạng không thu" not in notes("01")
    assert notes(None) == {"Nhiều nơi nộp qua mạng không thu"}


def test_what_is_paid_besides_several_procedures_stands_once(data: Path) -> None:
    (data / "payments.yml").write_text(
        'besides:\n  - {codes: ["1.000001"], what: Thuế mật, amount: 0, valid_until: 2026-12-31}\n', encoding="utf-8"
    )
    (paid,) = rules_of(data).apply(PROCEDURE).besides
    assert (paid.what, paid.amount) == ("Thuế mật", 0)
    other = PROCEDURE.model_copy(update={"code": "1.000002"})
    assert rules_of(data).apply(other).besides == ()
